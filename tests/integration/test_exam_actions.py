"""Actions on a whole exam: once for each session, however often they are asked for."""

from __future__ import annotations

import uuid
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask

from proctor.domain import exams, lifecycle, sessions
from proctor.domain.flags import judge_due
from proctor.errors import Unavailable
from proctor.records import Event, ProctorRole, Session
from proctor.store.sessions import Sessions
from proctor.web.services import EXTENSION, Services
from tests.support.actors import Caller
from tests.support.people import add_person


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


def join(exam_app: Caller, name: str) -> str:
    answer = exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": name})
    return str(answer.json["session_id"])


def begun(exam_app: Caller, services: Services, name: str) -> str:
    session_id = join(exam_app, name)
    sessions.change(
        session_id, lambda session: lifecycle.begin(lifecycle.join(session), services.clock()), store=services.store
    )
    return session_id


def act(proctor: Caller, action: str, exam_code: str = "DEMO", **body: Any) -> Any:
    body.setdefault("action_id", str(uuid.uuid4()))
    return proctor.post(f"/api/proctor/exams/{exam_code}/{action}", body)


def statuses(services: Services, *session_ids: str) -> list[str]:
    found = [services.store.sessions.get(session_id) for session_id in session_ids]
    return [str(session.status) for session in found if session]


def kinds(services: Services, session_id: str) -> list[str]:
    session = services.store.sessions.get(session_id)
    assert session
    return [action.event_type for action in session.pending_actions]


def test_an_exam_is_paused_and_goes_on_for_everyone_who_is_in_it(
    exam_app: Caller, proctor: Caller, services: Services
) -> None:
    running = [begun(exam_app, services, name) for name in ("Ann", "Ben")]
    waiting = join(exam_app, "Cem")

    assert act(proctor, "pause", message="A fire drill.").json == {"sessions": 2, "skipped": 1, "failed": 0}
    assert statuses(services, *running, waiting) == ["paused", "paused", "created"]
    assert act(proctor, "resume").json == {"sessions": 2, "skipped": 1, "failed": 0}
    assert statuses(services, *running) == ["in_progress", "in_progress"]


def test_an_exam_is_reached_whatever_is_in_its_code(exam_app: Caller, proctor: Caller, services: Services) -> None:
    exams.add("MATH 1/2", exams.Draft("Mathematics"), store=services.store, now=services.clock())
    exam_app.post("/api/session/join", {"exam_code": "MATH 1/2", "candidate_identifier": "Ann"})

    assert act(proctor, "extend", "MATH%201%2F2", minutes=5).json == {"sessions": 0, "skipped": 1, "failed": 0}


def test_asked_again_with_the_same_id_it_is_done_once(exam_app: Caller, proctor: Caller, services: Services) -> None:
    session_id, action_id = begun(exam_app, services, "Ann"), str(uuid.uuid4())
    before = services.store.sessions.get(session_id)

    answers = [act(proctor, "extend", action_id=action_id, minutes=10).json for _ in range(2)]

    after = services.store.sessions.get(session_id)
    assert answers == [{"sessions": 1, "skipped": 0, "failed": 0}] * 2
    assert before
    assert before.deadline
    assert after
    assert after.deadline
    assert (after.deadline - before.deadline).total_seconds() == 600
    assert kinds(services, session_id) == ["extend"]


def test_a_repeat_completes_what_broke_off(exam_app: Caller, proctor: Caller, services: Services) -> None:
    session_ids, action_id = [begun(exam_app, services, name) for name in ("Ann", "Ben")], str(uuid.uuid4())
    change = Sessions.change

    def broken(store: Sessions, changed: Session, action: Event | None = None) -> Session | None:
        if changed.candidate_identifier == "Ben":
            raise Unavailable("The database cannot be reached right now.")
        return change(store, changed, action)

    with patch.object(Sessions, "change", broken):
        first = act(proctor, "pause", action_id=action_id)
    assert first.json == {"sessions": 1, "skipped": 0, "failed": 1}
    assert statuses(services, *session_ids) == ["paused", "in_progress"]

    assert act(proctor, "pause", action_id=action_id).json == {"sessions": 2, "skipped": 0, "failed": 0}
    assert statuses(services, *session_ids) == ["paused", "paused"]
    assert [kinds(services, session_id) for session_id in session_ids] == [["pause"], ["pause"]]


def test_a_broadcast_reaches_whoever_has_not_come_yet_as_well_and_nobody_who_has_gone(
    exam_app: Caller, proctor: Caller, services: Services
) -> None:
    here, coming, gone = begun(exam_app, services, "Ann"), join(exam_app, "Ben"), join(exam_app, "Cem")
    exam_app.post(f"/api/proctor/sessions/{gone}/terminate", {})

    assert act(proctor, "broadcast", message="Question 7: read 40.").json == {"sessions": 2, "skipped": 0, "failed": 0}
    assert [kinds(services, session_id) for session_id in (here, coming, gone)] == [["broadcast"], ["broadcast"], []]


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("broadcast", {}, 422),
        ("broadcast", {"message": "  "}, 422),
        ("extend", {}, 422),
        ("extend", {"minutes": 0}, 422),
        ("pause", {"action_id": "no uuid"}, 422),
        ("pause", {"session_ids": []}, 422),
        ("terminate", {}, 404),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    exam_app: Caller, proctor: Caller, services: Services, action: str, body: dict[str, Any], status: int
) -> None:
    session_id = begun(exam_app, services, "Ann")

    assert act(proctor, action, **body).status_code == status
    assert kinds(services, session_id) == []


def test_nobody_acts_on_an_exam_that_they_do_not_see_or_that_does_not_exist(app: Flask, proctor: Caller) -> None:
    elsewhere = add_person(app, ProctorRole.PROCTOR, {"OTHER"})

    assert act(elsewhere, "pause").status_code == 404
    assert act(proctor, "pause", "NO-SUCH-EXAM").status_code == 404


def test_a_reviewer_and_a_stranger_act_on_no_exam(app: Flask, exam_app: Caller, services: Services) -> None:
    session_id = begun(exam_app, services, "Ann")

    assert act(add_person(app, ProctorRole.REVIEWER), "pause").status_code == 403
    assert act(Caller(app), "pause").status_code == 401
    assert statuses(services, session_id) == ["in_progress"]


def test_the_halls_flags_are_those_that_are_open_in_live_sessions_the_proctor_sees(
    app: Flask, exam_app: Caller, proctor: Caller, services: Services
) -> None:
    session_id = begun(exam_app, services, "Ann")
    for kind in ("phone_detected", "notes_detected"):
        exam_app.post(f"/sessions/{session_id}/events", {"event_type": kind})
    judge_due(**services.context)

    [flag] = proctor.get("/api/proctor/flags").json["flags"]
    assert (flag["session_id"], flag["rule_id"], flag["state"]) == (session_id, "phone_detected", "open")
    assert add_person(app, ProctorRole.PROCTOR, {"OTHER"}).get("/api/proctor/flags").json == {"flags": []}
    proctor.post(f"/api/proctor/sessions/{session_id}/flags/{flag['id']}/acknowledge", {})
    assert proctor.get("/api/proctor/flags").json == {"flags": []}
