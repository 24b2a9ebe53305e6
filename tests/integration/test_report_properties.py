"""Whatever way events come in, in any order, any parts and with repeats: a session's reports say the same."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from proctor.conditions import ENDS
from proctor.domain.exam_clock import in_milliseconds, utc_now
from proctor.domain.reports import lanes
from proctor.records import Event, EventId, SessionId, Source
from proctor.store import open_store
from proctor.web.services import EXTENSION
from tests.integration.conftest import build_app
from tests.support.actors import Caller
from tests.support.factories import NOW, make_session
from tests.support.sessions_api import SessionsApi

MADE_AT = in_milliseconds(utc_now())
BEGAN = MADE_AT - timedelta(hours=1)
TYPES = sorted(ENDS) + sorted(set().union(*ENDS.values())) + ["copy", "face_missing", "tab_visibility", "something"]
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
# A few milliseconds only, so that many events fall into the same one.
EVENT = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "event_type": st.sampled_from(TYPES),
        "timestamp": st.integers(0, 20).map(lambda ms: (BEGAN + timedelta(milliseconds=ms * 333)).isoformat()),
    },
    optional={
        "seq": st.integers(0, 3),
        "message": TEXTS,
        "payload": st.fixed_dictionaries({"visible": st.booleans(), "text": TEXTS}),
    },
)
EVENTS = st.lists(EVENT, min_size=1, max_size=25, unique_by=lambda event: event["id"])


@pytest.fixture(scope="module")
def api(mongodb_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionsApi]:
    """Give a server whose clock stands still."""
    folder, database = tmp_path_factory.mktemp("properties"), f"test_{uuid.uuid4().hex[:12]}"
    app = build_app(mongodb_url, database, api_access="open", data_dir=folder)
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], clock=lambda: MADE_AT)
    yield SessionsApi(app, Caller(app), folder)
    app.extensions[EXTENSION].store.close()
    store = open_store(mongodb_url, database)
    store.database.client.drop_database(database)
    store.close()


def reports_after(api: SessionsApi, calls: list[list[dict[str, Any]]]) -> tuple[object, object, str]:
    """Report ``calls`` one after the other on a fresh session, always the same; return its three reports."""
    store = api.services.store
    session = make_session(id=SessionId(str(uuid.UUID(int=7))), created_at=BEGAN, weights={"no_face": 3, "copy": 1})
    for collection in (store.events, store.sessions, store.conditions, store.flags):
        collection._documents.delete_many({})
    store.sessions._recent.clear()
    store.sessions.add(session)
    for call in calls:
        answer = api.post(f"/sessions/{session.id}/events", call if len(call) > 1 else call[0])
        assert answer.status_code == 200, answer.text
    numbers = api.get(f"/sessions/{session.id}/report").json
    head, *rows = csv.reader(io.StringIO(api.bytes_of(f"/sessions/{session.id}/report.csv").decode(), newline=""))
    received = head.index("received_at")
    table = [row[:received] + row[received + 1 :] for row in rows]
    return numbers, table, re.sub(r"Made .* by", "", api.get(f"/reports/report_{session.id}.html").text)


def shuffled(events: list[dict[str, Any]], chance: Random) -> list[list[dict[str, Any]]]:
    """Return ``events`` in another order, some more than once, split into calls."""
    sent = events + chance.choices(events, k=chance.randint(0, len(events)))
    chance.shuffle(sent)
    calls = []
    while sent:
        size = chance.randint(1, len(sent))
        calls.append(sent[:size])
        sent = sent[size:]
    return calls


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, chance=st.randoms(use_true_random=False))
def test_any_order_parts_and_repeats_give_the_same_reports(
    api: SessionsApi, events: list[dict[str, Any]], chance: Random
) -> None:
    once = reports_after(api, [events])

    again = reports_after(api, shuffled(events, chance))

    assert again == once


def event_at(event_type: str, offset_s: float) -> Event:
    at = NOW + timedelta(seconds=offset_s)
    return Event(EventId(str(uuid.uuid4())), SessionId("s"), event_type, Source.SYSTEM, at, at)


@settings(max_examples=300)
@given(
    told=st.lists(st.tuples(st.sampled_from(TYPES), st.floats(-90_000, 90_000))),
    length_s=st.floats(-10, 90_000),
    known_s=st.none() | st.floats(-90_000, 90_000),
)
@example(told=[("no_face", 5.0)], length_s=0.0, known_s=None)
@example(told=[("no_face", 50.0), ("face_detected", 60.0)], length_s=10.0, known_s=-5.0)
def test_what_is_drawn_stays_within_the_picture(
    told: list[tuple[str, float]], length_s: float, known_s: float | None
) -> None:
    end: datetime = NOW + timedelta(seconds=length_s)
    known_until = None if known_s is None else NOW + timedelta(seconds=known_s)

    drawn = lanes([event_at(*one) for one in told], NOW, end, known_until)

    for lane in drawn:
        assert lane.bars, lane.event_type
        for bar in lane.bars:
            assert 0 <= bar.start <= 1
            assert bar.length >= 0
            assert bar.start + bar.length <= 1 + 1e-9
            assert bar.seconds >= 0
    begun = {event_type for event_type, _ in told if event_type in ENDS}
    assert {lane.event_type for lane in drawn} == begun
