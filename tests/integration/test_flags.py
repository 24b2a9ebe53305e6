"""Flags on a real database: raised as time passes, once with several workers, handled by proctors."""

from __future__ import annotations

import csv
import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_seed import seed_demo
from proctor import exam_rules
from proctor.domain import events, flags, sessions
from proctor.domain.events import Report
from proctor.domain.exam_clock import utc_now
from proctor.domain.passwords import Passwords
from proctor.errors import NotFound, Unavailable
from proctor.records import EndedBy, Event, Flag, LoginId, Proctor, ProctorId, Session, SessionId, Source
from proctor.store import Store, open_store
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller

QUICK = {"no_face": {"steps": [{"after_s": 0.1, "severity": "medium"}, {"after_s": 0.3, "severity": "high"}]}}
START = utc_now()


class Told:
    """Remembers what the consoles would be told."""

    def __init__(self) -> None:
        self.flags: list[Flag] = []
        self.sessions: list[Session] = []

    def flags_changed(self, session: Session, flags: Any) -> None:
        self.flags += flags
        self.sessions.append(session)

    def session_changed(self, session: Session) -> None: ...

    def event_added(self, event: Event, session: Session) -> None: ...

    def action_due(self, action: Event) -> None: ...

    def handed_over(self, event: Event, session: Session, to: ProctorId) -> None: ...

    def snapshot_wanted(self, session_id: SessionId, flag_id: str | None = None) -> None: ...

    def snapshot_taken(self, session_id: SessionId, image: str, taken_at: datetime) -> None: ...

    def claim_released(self, session_id: SessionId) -> None: ...

    def signed_out(self, login_id: LoginId) -> None: ...


class Hall:
    """One session, what happens in it by the second, and workers that judge it."""

    def __init__(self, store: Store) -> None:
        self.store, self.told = store, Told()
        seed_demo(store, Passwords())
        self.session = self.join("Ann")

    def join(self, name: str) -> Session:
        exam = sessions.exam_of_code("DEMO", store=self.store)
        return sessions.create(exam, name, weights={"no_face": 3}, store=self.store, live=self.told, now=START)

    def report(self, *kinds: tuple[str, float], received: float | None = None, by: Store | None = None) -> None:
        reports = [
            Report(kind, str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{at}")), timestamp=moment(at)) for kind, at in kinds
        ]
        now = moment(max(at for _, at in kinds) if received is None else received)
        events.ingest(self.session, reports, Source.CANDIDATE, store=by or self.store, live=self.told, now=now)

    def judge(self, now: float, store: Store | None = None) -> None:
        flags.judge_due(store=store or self.store, live=self.told, now=moment(now))

    def flags(self) -> list[Flag]:
        return self.store.flags.of_session(self.session.id)

    def stored_session(self) -> Session:
        session = self.store.sessions.get(self.session.id)
        assert session
        return session


def moment(at: float) -> datetime:
    return START + timedelta(seconds=at)


@pytest.fixture
def hall(store: Store) -> Hall:
    return Hall(store)


def test_time_alone_raises_worsens_and_the_end_clears(hall: Hall) -> None:
    hall.report(("no_face", 0))
    for now in (0, 9.9, 10, 20, 30, 40):
        hall.judge(now)
    hall.report(("face_detected", 50))
    hall.judge(50)

    told = [(flag.severity, flag.cleared_at, flag.raised_at) for flag in hall.told.flags]
    assert told == [
        ("medium", None, moment(10)),
        ("high", None, moment(10)),
        ("high", moment(50), moment(10)),
    ]
    assert [flag.lasted_ms for flag in hall.flags()] == [50_000]


def test_a_condition_that_is_known_no_more_stops_nothing(hall: Hall) -> None:
    hall.report(("no_face", 0))
    hall.store.database["conditions"].insert_many(
        {"_id": f"{session_id}/{name}", "session_id": session_id, "condition": name, "due_at": START, "version": 1}
        for session_id, name in ((hall.session.id, "of old"), ("nobody", "no_face"))
    )
    hall.judge(12)

    assert [flag.severity for flag in hall.flags()] == ["medium"]
    assert flags.judge_due(store=hall.store, live=hall.told, now=moment(13)) == 0


def test_nothing_is_read_while_nothing_is_due(hall: Hall) -> None:
    hall.report(("no_face", 0))
    hall.judge(0)

    assert [flags.judge_due(store=hall.store, live=hall.told, now=moment(now)) for now in (5, 9.9, 10, 29, 30, 99)] == [
        *(0, 0, 1, 0, 1, 0)
    ]


def test_several_workers_tell_of_each_change_once(hall: Hall, mongodb_url: str, database: str) -> None:
    workers = [open_store(mongodb_url, database) for _ in range(4)]
    names = [f"{number}" for number in range(12)]
    for name in names:
        events.ingest(
            hall.join(name), [Report("no_face")], Source.CANDIDATE, store=hall.store, live=hall.told, now=START
        )
    hall.store.event_writer.wake_conditions()

    with ThreadPoolExecutor(len(workers)) as pool:
        for now in (0, 10, 10.1, 30, 30.1):
            list(pool.map(lambda store, at=now: hall.judge(at, store), workers))
    for worker in workers:
        worker.close()

    assert len(hall.told.flags) == 2 * len(names)
    assert len({(flag.id, flag.severity) for flag in hall.told.flags}) == 2 * len(names)


def test_a_restarted_worker_judges_what_the_killed_one_left(hall: Hall, mongodb_url: str, database: str) -> None:
    hall.report(("no_face", 0))
    hall.store.database["conditions"].delete_many({})  # killed between storing an event and noting that it matters

    started = open_store(mongodb_url, database)
    started.event_writer.recount()
    hall.judge(12, started)
    started.close()

    assert [flag.severity for flag in hall.flags()] == ["medium"]


@pytest.mark.parametrize("by_another", [False, True])
def test_a_flag_that_was_stored_and_not_counted_is_counted_by_the_next_turn(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, mongodb_url: str, by_another: bool
) -> None:
    def break_off(*_args: object) -> None:
        raise Unavailable("Not now.")

    hall.report(("no_face", 0))
    hall.judge(1)
    monkeypatch.setattr(hall.store.sessions, "set_flags", break_off)
    with pytest.raises(Unavailable):
        hall.judge(10)
    monkeypatch.undo()
    assert len(hall.flags()) == 1
    assert hall.stored_session().flags.open_count == 0

    after = open_store(mongodb_url, hall.store.database.name)
    hall.judge(11, after if by_another else None)
    after.close()

    counted = hall.stored_session().flags
    assert (counted.open_count, counted.worst) == (1, "medium")
    assert [session.flags.open_count for session in hall.told.sessions][-1:] == [1]
    assert flags.judge_due(store=hall.store, live=hall.told, now=moment(12)) == 0


def test_a_session_that_is_deleted_while_it_is_judged_stops_nothing(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_overtaken(flag: Flag) -> bool:
        hall.store.sessions.delete(hall.session.id)
        return add(flag)

    add = hall.store.flags.add
    hall.report(("phone_detected", 0))
    monkeypatch.setattr(hall.store.flags, "add", be_overtaken)
    hall.judge(1)

    assert flags.judge_due(store=hall.store, live=hall.told, now=moment(2)) == 0


def test_any_order_gives_the_same_flags_and_repeats_change_nothing(hall: Hall) -> None:
    chance = random.Random(7)
    kinds = [("no_face", 0), ("face_detected", 12), ("no_face", 40), ("face_detected", 45), ("no_face", 60.0)]
    kinds += [("face_detected", 95), ("tab_hidden", 2), ("tab_visible", 18), ("phone_detected", 33.0)]
    shuffled = [*kinds, *kinds]
    chance.shuffle(shuffled)
    for place, kind in enumerate(shuffled):
        hall.report(kind, received=100 + place)
        if chance.random() < 0.5:
            hall.judge(100 + place)
    hall.judge(500)
    hall.judge(500)

    standing = [flag for flag in hall.flags() if flag.state != "withdrawn"]
    assert sorted((flag.rule_id, str(flag.severity), flag.lasted_ms) for flag in standing) == [
        ("no_face", "high", 35_000),
        ("no_face", "medium", 12_000),
        ("phone_detected", "high", None),
        ("tab_hidden", "high", 16_000),
    ]


HAPPENINGS = ("no_face", "face_detected", "tab_hidden", "tab_visible", "camera_frozen", "camera_unfrozen")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 90)), min_size=1, max_size=8, unique=True),
    seed=st.integers(0, 2**32),
)
def test_any_order_repeats_and_restarts_leave_the_same_flags_in_the_database(
    hall: Hall, kinds: list[tuple[str, float]], seed: int
) -> None:
    chance, kinds = random.Random(seed), sorted(kinds, key=lambda kind: kind[1])
    hall.session = hall.join("in time")
    hall.report(*kinds, received=90)
    hall.judge(500)
    expected = standing(hall)

    hall.session = hall.join("in any order")
    for place, kind in enumerate(chance.sample([*kinds, *kinds], 2 * len(kinds))):
        hall.report(kind, received=100 + 7 * place)
        if chance.random() < 0.4:
            hall.judge(100 + 7 * place)
        if chance.random() < 0.2:
            hall.store.event_writer.recount()  # as every worker does when it starts
    hall.judge(9_000)

    # What still lasts was first heard of at another time; all else is as it happened.
    assert standing(hall) == expected


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 90)), min_size=1, max_size=10, unique=True),
    seed=st.integers(0, 2**32),
)
def test_whichever_worker_takes_and_judges_the_events_the_flags_are_the_same(
    hall: Hall, mongodb_url: str, kinds: list[tuple[str, float]], seed: int
) -> None:
    chance, workers = random.Random(seed), [hall.store, open_store(mongodb_url, hall.store.database.name)]
    hall.session = hall.join("one worker")
    hall.report(*sorted(kinds, key=lambda kind: kind[1]), received=90)
    hall.judge(500)
    expected = standing(hall)

    hall.session = hall.join("two workers")
    for place, kind in enumerate(chance.sample([*kinds, *kinds], 2 * len(kinds))):
        hall.report(kind, received=100 + 7 * place, by=chance.choice(workers))
        for worker in chance.choices(workers, k=chance.choice((0, 0, 1, 2, 3))):
            hall.judge(100 + 7 * place, worker)
    for worker in (*workers, workers[0]):
        hall.judge(9_000, worker)
    workers[1].close()

    assert standing(hall) == expected


def standing(hall: Hall) -> list[tuple[str, str, int]]:
    """The session's flags that were not withdrawn."""
    found = [flag for flag in hall.flags() if flag.state != "withdrawn"]
    return sorted((flag.rule_id, str(flag.severity), flag.lasted_ms or 0) for flag in found)


def test_the_end_of_the_session_clears_its_flags(hall: Hall) -> None:
    hall.report(("no_face", 0))
    hall.judge(35)
    sessions.finish(hall.session.id, EndedBy.EXAM_APP, store=hall.store, live=hall.told, now=moment(40))
    hall.judge(41)

    assert [(flag.cleared_at, flag.lasted_ms) for flag in hall.flags()] == [(moment(40), 40_000)]
    assert flags.judge_due(store=hall.store, live=hall.told, now=moment(9_999)) == 0


def test_consoles_learn_the_number_of_open_flags_and_the_score(hall: Hall) -> None:
    hall.report(("no_face", 0), ("phone_detected", 1))
    hall.judge(12)

    summary = hall.told.sessions[-1].flags
    assert (summary.open_count, summary.worst) == (2, "high")
    assert hall.told.sessions[-1].counts == {"no_face": 1, "phone_detected": 1}


def test_other_rules_and_weights_count_at_once_for_sessions_that_there_are(hall: Hall) -> None:
    hall.report(("no_face", 0), ("face_detected", 12))
    hall.judge(12)
    longer = {"no_face": {"steps": [{"after_s": 15, "severity": "low"}]}}

    flags.change_exam_rules("DEMO", longer, {"no_face": 40}, store=hall.store)
    hall.judge(13)

    assert [flag.state for flag in hall.flags()] == ["withdrawn"]
    assert hall.stored_session().weights == {"no_face": 40}
    assert hall.stored_session().flags.open_count == 0
    with pytest.raises(NotFound):
        flags.change_exam_rules("NOPE", {}, None, store=hall.store)


def test_the_command_changes_the_rules_of_an_exam(
    hall: Hall,
    mongodb_url: str,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environ = {"MONGODB_URL": mongodb_url, "PROCTOR_DATABASE": database, "PROCTOR_MODE": "demo"}
    for name, value in {**environ, "SECRET_KEY": "0123456789abcdef" * 4}.items():
        monkeypatch.setenv(name, value)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text('{"rules": {"no_face": {"off": true}}, "weights": {"no_face": 1}}', encoding="utf-8")
    bad.write_text('{"rules": {"nonsense": {"off": true}}}', encoding="utf-8")

    assert exam_rules.main(["DEMO", str(good)]) == 0
    assert hall.stored_session().rules == {"no_face": {"off": True}}
    assert [exam_rules.main(given) for given in ([], ["DEMO", str(bad)], ["NOPE", str(good)], ["DEMO", "x"])] == [2] * 4
    assert "'nonsense' is no rule" in capsys.readouterr().err


# Over the API.


@pytest.fixture
def flag(app: Flask, exam_app: Caller, proctor: Caller, session_id: str) -> dict[str, Any]:
    """Give the flag of a phone that was seen."""
    exam_app.post(f"/sessions/{session_id}/events", {"event_type": "phone_detected", "payload": {"confidence": 0.8}})
    services = app.extensions["proctor"]
    flags.judge_due(**services.context)
    [found] = proctor.get(f"/api/proctor/sessions/{session_id}/flags").json["flags"]
    return dict(found)


def path(flag: dict[str, Any], action: str) -> str:
    return f"/api/proctor/sessions/{flag['session_id']}/flags/{flag['id']}/{action}"


def test_every_lost_point_names_its_rule_and_evidence(proctor: Caller, flag: dict[str, Any]) -> None:
    explained = proctor.get(f"/api/proctor/sessions/{flag['session_id']}/score").json

    [lost] = explained["deductions"]
    assert (explained["score"], lost["rule_id"], lost["points"]) == (85, "phone_detected", 15)
    [proof] = lost["evidence"]
    assert (proof["confidence"], proof["flag_id"]) == (0.8, flag["id"])
    assert proof["event_id"] in flag["evidence"]["event_ids"]


def test_a_dismissed_flag_gives_its_points_back_and_an_acknowledged_one_does_not(
    proctor: Caller, flag: dict[str, Any]
) -> None:
    session = f"/api/proctor/sessions/{flag['session_id']}"
    assert proctor.get(session).json["open_flags"] == {"count": 1, "worst": "high"}

    acknowledged = proctor.post(path(flag, "acknowledge")).json
    assert (acknowledged["state"], acknowledged["handled_by"]) == ("acknowledged", "proctor@test.com")
    assert proctor.get(session).json["score"] == 85
    assert proctor.get(session).json["open_flags"] == {"count": 0, "worst": None}

    dismissed = proctor.post(path(flag, "dismiss"), {"reason": "A calculator"}).json
    assert (dismissed["state"], dismissed["reason"]) == ("dismissed", "A calculator")
    assert proctor.get(session).json["score"] == 100
    assert proctor.get(f"{session}/score").json["deductions"] == []


def test_a_dismissal_needs_a_reason_and_is_on_record_once(proctor: Caller, flag: dict[str, Any]) -> None:
    assert proctor.post(path(flag, "dismiss"), {}).status_code == 422
    body = {"reason": "A calculator", "action_id": str(uuid.uuid4())}

    answers = [proctor.post(path(flag, "dismiss"), body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    recorded = proctor.get(f"/api/proctor/sessions/{flag['session_id']}/events").json["events"]
    [dismissal] = [event for event in recorded if event["event_type"] == "flag_dismissed"]
    assert dismissal["payload"]["by"] == "proctor@test.com"
    assert (dismissal["id"], dismissal["message"]) == (body["action_id"], "A calculator")


def test_a_flag_of_another_session_is_not_found(proctor: Caller, exam_app: Caller, flag: dict[str, Any]) -> None:
    other = exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Bob"}).json["session_id"]

    assert proctor.post(path(flag | {"session_id": other}, "acknowledge")).status_code == 404


def test_a_candidate_neither_sees_nor_handles_flags(app: Flask, flag: dict[str, Any]) -> None:
    candidate = Caller(app)
    candidate.claim(flag["session_id"])

    for found in ("flags", "score"):
        assert candidate.get(f"/api/proctor/sessions/{flag['session_id']}/{found}").status_code == 401
    assert candidate.post(path(flag, "acknowledge")).status_code == 401


def test_a_proctor_of_other_exams_finds_no_flags(app: Flask, flag: dict[str, Any]) -> None:
    services = app.extensions["proctor"]
    hashed = services.passwords.hash("other-password")
    other = Proctor(ProctorId("other"), "other@test.com", hashed, frozenset({"OTHER"}), False, START)
    services.store.proctors.add_if_new(other)
    caller = Caller(app).with_token("other@test.com", "other-password")
    session = f"/api/proctor/sessions/{flag['session_id']}"

    assert {caller.get(f"{session}/{found}").status_code for found in ("flags", "score")} == {404}
    assert caller.post(path(flag, "dismiss"), {"reason": "Mine now"}).status_code == 404
    assert caller.post(f"{session}/accommodations", {"accommodations": {}}).status_code == 404


def test_an_accommodation_withdraws_flags_and_gives_points_back(
    app: Flask, proctor: Caller, flag: dict[str, Any]
) -> None:
    session = f"/api/proctor/sessions/{flag['session_id']}"
    eased = {"accommodations": {"phone_detected": {"off": True}}}

    assert proctor.post(f"{session}/accommodations", eased).json == eased
    flags.judge_due(**app.extensions["proctor"].context)

    assert proctor.get(session).json["score"] == 100
    assert [found["state"] for found in proctor.get(f"{session}/flags").json["flags"]] == ["withdrawn"]
    assert proctor.post(path(flag, "acknowledge")).status_code == 409
    assert proctor.post(f"{session}/accommodations", {"accommodations": {"x": {"off": True}}}).status_code == 422


def test_an_exams_rules_go_with_its_new_sessions(make_app: AppFactory) -> None:
    app = make_app(api_access="open")
    store = app.extensions["proctor"].store
    exam = store.exams.get_by_code("DEMO")
    store.exams.put(replace(exam, rules=QUICK))
    joined = Caller(app).post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Ann"}).json

    assert store.sessions.get(joined["session_id"]).rules == QUICK


def test_reports_have_the_flags(proctor: Caller, flag: dict[str, Any]) -> None:
    session_id = flag["session_id"]
    proctor.post(path(flag, "acknowledge"), {"reason": "Put away"})

    [reported] = proctor.get(f"/api/proctor/sessions/{session_id}/report").json["flags"]
    assert (reported["id"], reported["state"]) == (flag["id"], "acknowledged")

    with proctor.get(f"/sessions/{session_id}/report.csv") as table:
        rows = list(csv.reader(table.text.splitlines()))
    [row] = [row for row in rows if row[0] == "flag"]
    assert row[1:5] == [flag["id"], "phone_detected", "", "proctor@test.com"]

    proctor.get(f"/sessions/{session_id}/report")
    with proctor.get(f"/reports/report_{session_id}.html") as stored:
        page = stored.text
    assert "acknowledged (proctor@test.com): Put away" in page
    assert "<title>Phone in view, high</title>" in page
