"""Logging without what opens a session."""

import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.web import logs

ID = "5e55104e-1234-4000-8000-000000000001"


@given(st.text(), st.uuids().map(str), st.text())
def test_a_whole_id_never_reaches_the_log(before: str, session_id: str, after: str) -> None:
    for spelled in (session_id, session_id.upper()):
        assert spelled not in logs.without_ids(f"{before}{spelled}{after}")


def test_what_is_left_of_an_id_is_enough_to_follow_it() -> None:
    assert logs.without_ids(f"GET /proctor/session/{ID} 200") == "GET /proctor/session/5e55104e… 200"


def test_the_link_of_an_invitation_does_not_reach_the_log() -> None:
    line = logs.without_ids("POST /proctor/invitation/0auKYQH27qFP9L1-Zzbo-U7DUfIMyKu3paVLqmh7Jks 303 1.2 ms")

    assert line == "POST /proctor/invitation/… 303 1.2 ms"


def test_text_without_an_id_stays_as_it_is() -> None:
    assert logs.without_ids("POST /api/session/join 404 1.2 ms") == "POST /api/session/join 404 1.2 ms"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Give what our logger writes, and put the logger back afterwards."""
    root = logging.getLogger("proctor")
    before = root.handlers[:], root.level, root.propagate
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure("INFO")
    yield stream
    root.handlers[:], root.propagate = before[0], before[2]
    root.setLevel(before[1])


def test_ids_are_shortened_in_arguments_and_tracebacks_too(written: io.StringIO) -> None:
    log = logging.getLogger("proctor.test")

    log.info("session %s", ID)
    log.error("failed", exc_info=KeyError(ID))

    assert ID not in written.getvalue()
    assert written.getvalue().count("5e55104e…") == 2


def test_less_than_the_level_is_not_written(written: io.StringIO) -> None:
    logging.getLogger("proctor.test").debug("quiet")

    assert written.getvalue() == ""


def test_requests_that_come_all_the_time_share_a_line() -> None:
    time = [0.0]
    tally = logs.Tally(lambda: time[0])

    lines = [tally.add(0.001)]
    for _ in range(3):
        time[0] += 4
        lines.append(tally.add(0.002))

    assert lines == [
        "1 since the last such line, the slowest 1.0 ms",
        None,
        None,
        "3 since the last such line, the slowest 2.0 ms",
    ]
