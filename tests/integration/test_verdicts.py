"""Verdicts over the API and on a real database: races, denials, and the queue in its order, found by index."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from proctor.domain import verdicts
from proctor.domain.exam_clock import utc_now
from proctor.domain.verdicts import Wish
from proctor.errors import Conflict, InvalidInput
from proctor.records import (
    EndedBy,
    FlagState,
    Proctor,
    ProctorId,
    Session,
    SessionId,
    Severity,
    Status,
    Verdict,
)
from proctor.store import Store, open_store
from proctor.store.counts import Counts
from proctor.store.verdicts import QueueFilter, cursor_after
from tests.support.actors import Caller
from tests.support.factories import make_proctor, make_session
from tests.support.flags import make_flag
from tests.support.silent_live import silent_live

START = utc_now().replace(microsecond=0) - timedelta(days=1)
ANN, BOB = ProctorId("ann"), ProctorId("bob")
WAITING = QueueFilter(verdicts.WAITING)


def ended(store: Store, name: str, hours: float = 1, **given: Any) -> Session:
    """Store a session that ended so many hours after it began."""
    fields = {
        "id": SessionId(str(uuid.uuid5(uuid.NAMESPACE_OID, name))),
        "handle": uuid.uuid5(uuid.NAMESPACE_URL, name).hex[:24],
        "candidate_identifier": name,
        "status": Status.FINISHED,
        "created_at": START,
        "started_at": START,
        "ended_at": START + timedelta(hours=hours),
        "ended_by": EndedBy.CANDIDATE,
        "weights": {"no_face": 3},
    }
    session = make_session(**fields | given)
    store.sessions.add(session)
    return session


def decide(store: Store, session: Session, wish: Wish, by: ProctorId = ANN) -> Session:
    return verdicts.decide(session.id, wish, by, f"{by}@test.com", store=store, live=silent_live(), now=START)


def names(found: list[Session]) -> list[str]:
    return [session.candidate_identifier for session in found]


def plan_of(explained: Any) -> set[str]:
    """Return the stages of the plan that the database chose."""
    found = set()
    if isinstance(explained, dict):
        found |= {explained["stage"]} if "stage" in explained else set()
        explained = list(explained.values())
    for part in explained if isinstance(explained, list) else []:
        found |= plan_of(part)
    return found


# Deciding


def test_of_many_who_decide_at_once_one_does_and_the_others_see_what_is(
    store: Store, mongodb_url: str, database: str
) -> None:
    session = ended(store, "Ann")
    workers = [open_store(mongodb_url, database) for _ in range(8)]

    def attempt(number: int) -> str:
        verdict = (Verdict.CLEAR, Verdict.VIOLATION)[number % 2]
        try:
            return decide(workers[number], session, Wish(verdict, "Seen"), ProctorId(str(number))).review.verdict
        except Conflict as refused:
            return refused.detail

    with ThreadPoolExecutor(len(workers)) as pool:
        said = list(pool.map(attempt, range(len(workers))))
    for worker in workers:
        worker.close()

    stored = store.sessions.get(session.id)
    assert stored
    assert len(stored.review.history) == 1
    assert said.count(stored.review.verdict) == 1
    assert sum("cannot become" in words and stored.review.verdict in words for words in said) == 7


def test_a_decision_sent_twice_is_made_once(store: Store) -> None:
    session, wish = ended(store, "Ann"), Wish(Verdict.SUSPICIOUS, "Notes on the desk", str(uuid.uuid4()))

    first, second = decide(store, session, wish), decide(store, session, wish)

    assert first.review.history == second.review.history
    assert [decision.comment for decision in first.review.history] == ["Notes on the desk"]


def test_the_history_only_grows(store: Store) -> None:
    session = ended(store, "Ann")
    decide(store, session, Wish(Verdict.SECOND_REVIEW, "Not sure"))
    decide(store, session, Wish(Verdict.VIOLATION, "A phone"), BOB)
    last = decide(store, session, Wish(Verdict.UNREVIEWED, "The candidate objected"))

    told = [(one.was.value, one.verdict.value, one.by, one.comment) for one in last.review.history]
    assert told == [
        ("unreviewed", "second_review", "ann@test.com", "Not sure"),
        ("second_review", "violation", "bob@test.com", "A phone"),
        ("violation", "unreviewed", "ann@test.com", "The candidate objected"),
    ]


# The queue


def test_the_queue_is_in_the_order_of_risk_then_of_waiting(store: Store) -> None:
    ended(store, "calm and new", 3)
    ended(store, "calm and old", 1)
    ended(store, "troubled", counts={"no_face": 9})
    ended(store, "unseen", started_at=None)
    ended(store, "expired", status=Status.EXPIRED, started_at=None)
    store.sessions.add(make_session(status=Status.IN_PROGRESS, started_at=START))
    flagged, handled = ended(store, "flagged high"), ended(store, "flagged and acknowledged")
    dismissed = ended(store, "dismissed", 2)
    store.flags.add(make_flag(flagged, Severity.HIGH))
    store.flags.add(make_flag(handled, Severity.MEDIUM, handling=FlagState.ACKNOWLEDGED))
    store.flags.add(make_flag(dismissed, Severity.HIGH, handling=FlagState.DISMISSED))
    verdicts.rank_changed(store=store)

    found, cursor = store.verdicts.page(WAITING, 20)

    assert cursor is None
    assert sorted(names(found)[:2]) == ["flagged high", "unseen"]
    assert names(found)[2:] == [
        "flagged and acknowledged",
        "troubled",
        "calm and old",
        "dismissed",
        "calm and new",
    ]
    assert store.verdicts.count(WAITING) == 7


def test_pages_of_the_queue_leave_nobody_out_and_show_nobody_twice(store: Store) -> None:
    for number in range(7):
        ended(store, f"{number}", hours=number % 3)
    verdicts.rank_changed(store=store)

    seen, cursor = [], None
    while True:
        page, cursor = store.verdicts.page(WAITING, 2, cursor)
        seen += names(page)
        if cursor is None:
            break

    assert seen == names(store.verdicts.page(WAITING, 20)[0])
    assert sorted(seen) == [f"{number}" for number in range(7)]
    for foreign in ("x", "", "W10", "WzEsMl0", "WzFd"):
        with pytest.raises(InvalidInput):
            store.verdicts.page(WAITING, 2, foreign)


def test_filters_keep_what_they_name(store: Store) -> None:
    ended(store, "Ann", exam_code="A")
    theirs = ended(store, "Bob", exam_code="B")
    own = ended(store, "Cem", exam_code="B")
    decide(store, own, Wish(Verdict.SECOND_REVIEW, "Not sure"))
    decide(store, theirs, Wish(Verdict.CLEAR), BOB)
    verdicts.rank_changed(store=store)

    def found(**given: Any) -> list[str]:
        return sorted(names(store.verdicts.page(QueueFilter(**given), 20)[0]))

    assert found() == ["Ann", "Bob", "Cem"]
    assert found(verdicts=verdicts.WAITING) == ["Ann", "Cem"]
    assert found(verdicts=verdicts.WAITING, not_asked_by=ANN) == ["Ann"]
    assert found(exam_codes={"A"}) == ["Ann"]
    assert found(exam_codes={"A"}, exam_code="B") == []
    assert found(by=BOB) == ["Bob"]
    assert found(text="em") == ["Cem"]


def test_what_moves_the_score_moves_the_session(store: Store) -> None:
    ended(store, "first", 1)
    second = ended(store, "second", 2)
    verdicts.rank_changed(store=store)
    assert store.verdicts.unranked(9) == []

    store.sessions.add_counts({second.id: Counts({"no_face": 4})})
    assert names(store.verdicts.unranked(9)) == ["second"]
    verdicts.rank_changed(store=store)

    assert names(store.verdicts.page(WAITING, 9)[0]) == ["second", "first"]


def test_sessions_older_than_reviews_join_the_queue(store: Store) -> None:
    old = ended(store, "old")
    store.database["sessions"].update_one({"_id": old.id}, {"$unset": {"review": True}})

    verdicts.rank_changed(store=store)

    assert names(store.verdicts.page(WAITING, 9)[0]) == ["old"]
    assert decide(store, old, Wish(Verdict.CLEAR)).review.verdict is Verdict.CLEAR


def test_ten_thousand_sessions_are_listed_by_index(store: Store) -> None:
    sample = ended(store, "sample", counts={"no_face": 1})
    verdicts.rank_changed(store=store)
    documents = store.database["sessions"]
    document = documents.find_one({"_id": sample.id})
    assert document
    documents.insert_many(
        document
        | {"_id": f"{number:05d}", "handle": f"h{number}", "exam_code": f"E{number % 20}"}
        | {"review": document["review"] | {"place": f"{number % 900:03d} {number}"}}
        for number in range(10_000)
    )
    middle, _ = store.verdicts.page(WAITING, 200)
    commands = []
    for wanted in (
        WAITING,
        QueueFilter(verdicts.WAITING, not_asked_by=ANN),
        QueueFilter(verdicts.WAITING, exam_codes={"E1", "E2"}),
        QueueFilter(by=ANN),
    ):
        cursor = cursor_after(middle[-1])
        commands.append(store.verdicts.explain(wanted, 50))
        commands.append(store.verdicts.explain(wanted, 50, cursor))

    for explained in commands:
        statistics = explained["executionStats"]
        assert plan_of(explained["queryPlanner"]["winningPlan"]).isdisjoint({"COLLSCAN", "SORT"}), explained
        assert statistics["totalDocsExamined"] <= 120, statistics


# The API


@pytest.fixture
def session_id(exam_app: Caller) -> str:
    """Give a session that is over."""
    joined = exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Ann"}).json
    exam_app.post(f"/api/proctor/sessions/{joined['session_id']}/terminate", {})
    return str(joined["session_id"])


def another(app: Flask, name: str = "second", **given: Any) -> Caller:
    """Return one more proctor, signed in."""
    services = app.extensions["proctor"]
    email = f"{name}@test.com"
    hashed = services.passwords.hash("another-password")
    account: Proctor = make_proctor(id=ProctorId(name), email=email, password_hash=hashed)
    services.store.proctors.add_if_new(replace(account, **given))
    return Caller(app).with_token(email, "another-password")


def test_a_second_review_goes_to_another_person(app: Flask, proctor: Caller, session_id: str) -> None:
    path, second = f"/api/proctor/sessions/{session_id}/verdict", another(app)
    assert proctor.get(path).json["verdict"] == "unreviewed"

    asked = proctor.post(path, {"verdict": "second_review", "comment": "Not sure"}).json
    assert (asked["verdict"], asked["possible"]) == ("second_review", [])
    assert proctor.post(path, {"verdict": "clear"}).status_code == 403
    assert second.get(path).json["possible"] == ["clear", "suspicious", "violation"]
    assert second.post(path, {"verdict": "suspicious"}).status_code == 422
    assert second.post(path, {"verdict": "suspicious", "comment": "Notes", "seen": 0}).status_code == 409
    decided = second.post(path, {"verdict": "suspicious", "comment": "Notes", "seen": 1}).json

    assert [(one["from"], one["to"], one["by"]) for one in decided["history"]] == [
        ("unreviewed", "second_review", "proctor@test.com"),
        ("second_review", "suspicious", "second@test.com"),
    ]
    assert proctor.get(f"/api/proctor/sessions/{session_id}").json["verdict"] == "suspicious"
    assert proctor.get(f"/api/proctor/sessions/{session_id}/report").json["verdict"]["verdict"] == "suspicious"


def test_decisions_and_reopenings_are_in_the_audit_log(app: Flask, proctor: Caller, session_id: str) -> None:
    path = f"/api/proctor/sessions/{session_id}/verdict"
    proctor.post(path, {"verdict": "clear"})
    proctor.post(path, {"verdict": "violation", "comment": "Too late"})
    proctor.post(path, {"verdict": "unreviewed", "comment": "New evidence"})

    log = app.extensions["proctor"].store.database["audit"].find({"tag": {"$regex": "^verdict"}}).sort("at")
    assert [(entry["tag"], entry["details"], entry["session_id"]) for entry in log] == [
        ("verdict_given", {"verdict": "clear"}, session_id),
        ("verdict_reopened", {"verdict": "unreviewed"}, session_id),
    ]


def test_candidates_exam_apps_and_proctors_of_other_exams_decide_nothing(
    app: Flask, exam_app: Caller, session_id: str
) -> None:
    path, candidate = f"/api/proctor/sessions/{session_id}/verdict", Caller(app)
    other = another(app, "other", exam_codes=frozenset({"OTHER"}))

    for caller, status in ((candidate, 401), (exam_app, 401), (other, 404)):
        assert caller.get(path).status_code == status
        assert caller.post(path, {"verdict": "clear"}).status_code == status
    assert session_id not in {one["id"] for one in other.get("/api/proctor/reviews").json["sessions"]}


def test_a_running_session_gets_no_verdict(exam_app: Caller, proctor: Caller) -> None:
    join = {"exam_code": "DEMO", "candidate_identifier": "Ann"}
    running = exam_app.post("/api/session/join", join).json["session_id"]

    assert proctor.post(f"/api/proctor/sessions/{running}/verdict", {"verdict": "clear"}).status_code == 409


def test_the_queue_lists_what_waits_for_the_caller(app: Flask, proctor: Caller, session_id: str) -> None:
    verdicts.rank_changed(store=app.extensions["proctor"].store)
    path = f"/api/proctor/sessions/{session_id}/verdict"
    assert [one["id"] for one in proctor.get("/api/proctor/reviews").json["sessions"]] == [session_id]

    proctor.post(path, {"verdict": "second_review", "comment": "Not sure"})

    assert proctor.get("/api/proctor/reviews").json == {
        "sessions": [],
        "next_cursor": None,
        "counts": {"unreviewed": 0, "second_review": 0},
    }
    assert another(app).get("/api/proctor/reviews").json["counts"] == {"unreviewed": 0, "second_review": 1}
    assert proctor.get("/api/proctor/reviews?verdict=nonsense").status_code == 422
    assert [one["verdict"] for one in proctor.get("/api/proctor/reviews?verdict=all").json["sessions"]] == [
        "second_review"
    ]
