"""What proctor and candidate do together: chat, a raised hand, requests, bookmarks, handing over, the end's reason."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from migrations_seed import DEMO_EMAIL
from proctor.records import ActionKind, ProctorRole, Session
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller
from tests.support.evidence import JPEG
from tests.support.people import add_person

# The header of a WebM file, which is all that tells what it is.
WEBM = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm".ljust(2_048, b"\x00")


@pytest.fixture
def app(make_app: AppFactory, tmp_path: Path) -> Flask:
    """Give the demo with files of its own, and small limits for what candidates are asked for."""
    limits = {"photo_bytes": 1_000, "room_scan_bytes": 4_000}
    return make_app(api_access="open", data_dir=tmp_path, limits=limits)


@pytest.fixture
def candidate(app: Flask, session_id: str) -> Caller:
    """Give the candidate, who holds the session."""
    caller = Caller(app)
    assert caller.claim(session_id).status_code == 200
    return caller


def services(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


def stored(app: Flask, session_id: str) -> Session:
    session = services(app).store.sessions.get(session_id)
    assert session
    return session


def act(proctor: Caller, session_id: str, action: str, **body: Any) -> Any:
    return proctor.post(f"/api/proctor/sessions/{session_id}/{action}", body)


def say(candidate: Caller, session_id: str, event_type: str, **fields: Any) -> Any:
    return candidate.post(f"/sessions/{session_id}/events", {"event_type": event_type, **fields})


def session_of(proctor: Caller, session_id: str) -> dict[str, Any]:
    return dict(proctor.get(f"/api/proctor/sessions/{session_id}").json)


def events_of(proctor: Caller, session_id: str, event_type: str) -> list[dict[str, Any]]:
    found = proctor.get(f"/api/proctor/sessions/{session_id}/events?limit=200").json["events"]
    return [event for event in found if event["event_type"] == event_type]


def handle_of(app: Flask, session_id: str) -> str:
    return stored(app, session_id).handle


def answer(app: Flask, candidate: Caller, session_id: str, data: bytes, sent_id: str = "", **query: str) -> Any:
    query = {"kind": "identity_photo", "id": sent_id or str(uuid.uuid4())} | query
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return candidate.post_raw(f"/exam/{handle_of(app, session_id)}/evidence?{words}", data, "image/jpeg")


# Chat and the raised hand


def test_both_sides_write_and_read_the_same_chat_in_the_same_order(
    app: Flask, proctor: Caller, candidate: Caller, session_id: str
) -> None:
    act(proctor, session_id, "chat", message="You may use paper.")
    say(candidate, session_id, "chat", message="Thank you!")

    told = [event["message"] for event in proctor.get(f"/api/proctor/sessions/{session_id}/chat").json["events"]]
    own = candidate.get(f"/exam/{handle_of(app, session_id)}/chat").json["messages"]

    assert told == [message["message"] for message in own] == ["You may use paper.", "Thank you!"]
    assert [message["source"] for message in own] == ["proctor", "candidate"]
    assert "test.com" not in str(own)


def test_a_message_waits_for_the_candidates_page_and_is_sent_once_however_often_it_is_posted(
    app: Flask, proctor: Caller, session_id: str
) -> None:
    body = {"action_id": str(uuid.uuid4()), "message": "Hello"}
    first, again = (act(proctor, session_id, "chat", **body) for _ in range(2))

    assert first.json == again.json
    assert [action.message for action in stored(app, session_id).pending_actions] == ["Hello"]
    assert len(events_of(proctor, session_id, "chat")) == 1


def test_what_the_candidate_wrote_is_unread_until_somebody_reads_or_answers_it(
    proctor: Caller, candidate: Caller, session_id: str
) -> None:
    event = {"id": str(uuid.uuid4()), "message": "May I ask something?"}
    say(candidate, session_id, "chat", **event)
    assert session_of(proctor, session_id)["unread_chat"] is True
    assert act(proctor, session_id, "chat/read").status_code == 200
    assert session_of(proctor, session_id)["unread_chat"] is False

    say(candidate, session_id, "chat", **event)
    assert session_of(proctor, session_id)["unread_chat"] is False, "sent again, it is no new message"

    say(candidate, session_id, "chat", message="Hello?")
    act(proctor, session_id, "chat", message="Yes, please.")
    assert session_of(proctor, session_id)["unread_chat"] is False


def test_a_hand_is_raised_by_the_candidate_and_lowered_by_either(
    proctor: Caller, candidate: Caller, session_id: str
) -> None:
    assert act(proctor, session_id, "hand/lower").status_code == 409
    say(candidate, session_id, "hand_raised")
    assert session_of(proctor, session_id)["hand_raised"] is True
    assert act(proctor, session_id, "hand/lower").status_code == 200
    assert session_of(proctor, session_id)["hand_raised"] is False

    say(candidate, session_id, "hand_raised")
    say(candidate, session_id, "hand_lowered")
    assert session_of(proctor, session_id)["hand_raised"] is False


def test_a_proctor_cannot_raise_a_hand_for_a_candidate(proctor: Caller, session_id: str) -> None:
    proctor.post(f"/sessions/{session_id}/events", {"event_type": "hand_raised"})

    assert session_of(proctor, session_id)["hand_raised"] is False


def test_a_chat_event_that_was_on_its_way_to_nobody_is_not_shown_as_a_proctors_words(
    proctor: Caller, session_id: str
) -> None:
    proctor.post(f"/sessions/{session_id}/events", {"event_type": "chat", "message": "Never delivered"})

    assert proctor.get(f"/api/proctor/sessions/{session_id}/chat").json["events"] == []


@pytest.mark.parametrize("body", [{}, {"message": ""}, {"message": "   "}, {"message": "x" * 501}, {"minutes": 5}])
def test_a_message_without_words_or_with_too_many_is_refused(
    proctor: Caller, session_id: str, body: dict[str, Any]
) -> None:
    assert act(proctor, session_id, "chat", **body).status_code == 422


def test_nothing_is_written_or_asked_for_after_the_end(proctor: Caller, session_id: str) -> None:
    act(proctor, session_id, "terminate", message="Over.")

    for action, body in [("chat", {"message": "Hi"}), ("room_scan", {}), ("handover", {"to": "proctor@test.com"})]:
        assert act(proctor, session_id, action, **body).status_code == 409


def test_a_candidate_reads_no_other_candidates_chat(app: Flask, exam_app: Caller, candidate: Caller) -> None:
    join = {"exam_code": "DEMO", "candidate_identifier": "Bob"}
    other = exam_app.post("/api/session/join", join).json["session_id"]

    assert candidate.get(f"/exam/{handle_of(app, other)}/chat").status_code == 401
    assert answer(app, candidate, other, JPEG, action_id=str(uuid.uuid4())).status_code == 401


# Requests


def asked(proctor: Caller, session_id: str, kind: str = "identity_photo") -> str:
    return str(act(proctor, session_id, kind).json["action_id"])


def test_what_was_asked_for_is_kept_as_evidence_of_its_request_and_noted_once(
    app: Flask, proctor: Caller, candidate: Caller, session_id: str
) -> None:
    action_id, sent_id = asked(proctor, session_id), str(uuid.uuid4())
    assert [action.event_type for action in stored(app, session_id).pending_actions] == [ActionKind.IDENTITY_PHOTO]

    first, again = (answer(app, candidate, session_id, JPEG, sent_id, action_id=action_id) for _ in range(2))

    assert (first.status_code, first.json) == (again.status_code, again.json) == (200, first.json)
    [kept] = proctor.get(f"/api/proctor/sessions/{session_id}/evidence").json["evidence"]
    assert (kept["kind"], kept["action_id"]) == ("identity_photo", action_id)
    assert proctor.get(kept["path"]).data == JPEG
    [done] = events_of(proctor, session_id, "identity_photo_done")
    assert done["payload"] == {"action_id": action_id, "evidence_id": kept["id"]}
    assert stored(app, session_id).pending_actions == ()
    [request] = events_of(proctor, session_id, "identity_photo")
    assert request["delivery"]["acknowledged_at"]


def test_a_room_scan_is_a_clip(app: Flask, proctor: Caller, candidate: Caller, session_id: str) -> None:
    action_id = asked(proctor, session_id, "room_scan")

    refused = answer(app, candidate, session_id, JPEG, kind="room_scan", action_id=action_id)
    kept = answer(app, candidate, session_id, WEBM, kind="room_scan", action_id=action_id)

    assert (refused.status_code, kept.status_code) == (415, 200)
    [clip] = proctor.get(f"/api/proctor/sessions/{session_id}/evidence").json["evidence"]
    assert clip["path"].endswith(".webm")


def test_nobody_sends_what_nobody_asked_for(app: Flask, proctor: Caller, candidate: Caller, session_id: str) -> None:
    warned = act(proctor, session_id, "warn", message="Look here.").json["action_id"]
    scan = asked(proctor, session_id, "room_scan")

    for action_id in (str(uuid.uuid4()), warned, scan):
        assert answer(app, candidate, session_id, JPEG, action_id=action_id).status_code == 404
    assert proctor.get(f"/api/proctor/sessions/{session_id}/evidence").json["evidence"] == []


def test_a_request_is_answered_once(app: Flask, proctor: Caller, candidate: Caller, session_id: str) -> None:
    action_id = asked(proctor, session_id)
    assert answer(app, candidate, session_id, JPEG, action_id=action_id).status_code == 200

    assert answer(app, candidate, session_id, JPEG, action_id=action_id).status_code == 409


@pytest.mark.parametrize(
    ("data", "status"), [(b"", 415), (b"<svg/>", 415), (WEBM[:500], 415), (JPEG + b"x" * 1_000, 413)], ids=range(4)
)
def test_what_is_no_small_photo_is_refused_and_may_be_tried_again(
    app: Flask, proctor: Caller, candidate: Caller, session_id: str, data: bytes, status: int
) -> None:
    action_id = asked(proctor, session_id)

    assert answer(app, candidate, session_id, data, action_id=action_id).status_code == status
    assert answer(app, candidate, session_id, JPEG, action_id=action_id).status_code == 200


def test_one_request_of_a_kind_is_open_at_a_time(proctor: Caller, session_id: str) -> None:
    assert act(proctor, session_id, "room_scan").status_code == 200
    assert act(proctor, session_id, "room_scan").status_code == 409
    assert act(proctor, session_id, "identity_photo").status_code == 200


# Bookmarks


def test_a_bookmark_marks_the_moment_that_it_names_once_and_also_after_the_end(
    proctor: Caller, session_id: str
) -> None:
    act(proctor, session_id, "terminate", message="Over.")
    body = {"action_id": str(uuid.uuid4()), "label": "Someone came in", "at": "2026-01-02T03:04:05Z"}
    assert act(proctor, session_id, "bookmarks", **body).json == act(proctor, session_id, "bookmarks", **body).json

    [bookmark] = events_of(proctor, session_id, "bookmark")
    assert (bookmark["message"], bookmark["timestamp"]) == ("Someone came in", "2026-01-02T03:04:05.000Z")
    assert (bookmark["source"], bookmark["payload"]) == ("proctor", {"by": "proctor@test.com"})
    assert act(proctor, session_id, "bookmarks", label=" ").status_code == 422


def test_a_bookmark_needs_no_name(proctor: Caller, session_id: str) -> None:
    assert act(proctor, session_id, "bookmarks").status_code == 200

    [bookmark] = events_of(proctor, session_id, "bookmark")
    assert (bookmark["message"], bookmark["payload"]) == (None, {"by": "proctor@test.com"})


# Handing over


def test_a_session_is_handed_over_to_a_colleague_who_may_see_its_exam(
    app: Flask, proctor: Caller, session_id: str
) -> None:
    add_person(app, ProctorRole.PROCTOR, {"DEMO"}, email="bea@test.com")
    add_person(app, ProctorRole.PROCTOR, {"OTHER"}, email="other@test.com")
    add_person(app, ProctorRole.REVIEWER, email="reviewer@test.com")
    listed = proctor.get(f"/api/proctor/sessions/{session_id}/colleagues").json["colleagues"]
    assert [person["email"] for person in listed] == ["bea@test.com", "proctor@test.com"]

    body = {"action_id": str(uuid.uuid4()), "to": "Bea@test.com", "message": "Mind the door."}
    given = act(proctor, session_id, "handover", **body)
    assert given.json["assigned_to"] == "bea@test.com"
    act(proctor, session_id, "handover", to="proctor@test.com")
    assert act(proctor, session_id, "handover", **body).json["assigned_to"] == "proctor@test.com", "it is done once"
    assert [event["payload"]["to"] for event in events_of(proctor, session_id, "handed_over")] == [
        "bea@test.com",
        "proctor@test.com",
    ]


@pytest.mark.parametrize("to", ["nobody@test.com", "other@test.com", "reviewer@test.com"])
def test_a_session_is_not_handed_over_to_whoever_may_not_see_it(
    app: Flask, proctor: Caller, session_id: str, to: str
) -> None:
    add_person(app, ProctorRole.PROCTOR, {"OTHER"}, email="other@test.com")
    add_person(app, ProctorRole.REVIEWER, email="reviewer@test.com")

    refused = act(proctor, session_id, "handover", to=to)

    assert (refused.status_code, "to" in refused.json["errors"]) == (422, True)
    assert session_of(proctor, session_id)["assigned_to"] is None


def test_an_id_that_named_another_action_hands_nothing_over(proctor: Caller, session_id: str) -> None:
    action_id = act(proctor, session_id, "warn", message="Hi").json["action_id"]

    assert act(proctor, session_id, "handover", to="proctor@test.com", action_id=action_id).status_code == 409


# The end's reason


def test_the_candidate_reads_why_a_proctor_ended_the_exam_and_nobody_else_does(
    app: Flask, proctor: Caller, candidate: Caller, session_id: str
) -> None:
    act(proctor, session_id, "terminate", message="A phone was used.")
    finish = f"/finish/{handle_of(app, session_id)}"

    assert "A phone was used." in candidate.get(finish, Accept="text/html").text
    assert "A phone was used." not in Caller(app).get(finish, Accept="text/html").text
    [ended] = events_of(proctor, session_id, "terminate")
    assert ended["message"] == "A phone was used."


def test_an_institution_may_keep_the_reason_to_itself(make_app: AppFactory) -> None:
    app = make_app(api_access="open", tell_end_reason=False)
    join = {"exam_code": "DEMO", "candidate_identifier": "Ann"}
    session_id = Caller(app).post("/api/session/join", join).json["session_id"]
    candidate = Caller(app)
    candidate.claim(session_id)
    act(Caller(app).with_token(), session_id, "terminate", message="A phone was used.")

    finish = candidate.get(f"/finish/{handle_of(app, session_id)}", Accept="text/html")

    assert "A phone was used." not in finish.text
    assert "A person ended it" in finish.text


def test_the_settings_may_name_warnings_of_their_own(make_app: AppFactory) -> None:
    app = make_app(api_access="open", warning_templates=("Bitte leise.",))
    join = {"exam_code": "DEMO", "candidate_identifier": "Ann"}
    session_id = Caller(app).post("/api/session/join", join).json["session_id"]
    console = Caller(app)
    console.sign_in()

    page = console.get(f"/proctor/session/{session_id}", Accept="text/html").text

    assert "<option>Bitte leise.</option>" in page
    assert "Please look at your screen." not in page


def test_a_reviewer_steps_in_nowhere_and_may_set_bookmarks(app: Flask, session_id: str) -> None:
    reviewer = add_person(app, ProctorRole.REVIEWER)

    for action, body in [
        ("chat", {"message": "Hi"}),
        ("chat/read", {}),
        ("hand/lower", {}),
        ("room_scan", {}),
        ("identity_photo", {}),
        ("handover", {"to": DEMO_EMAIL}),
    ]:
        assert act(reviewer, session_id, action, **body).status_code == 403
    assert act(reviewer, session_id, "bookmarks", label="Look here").status_code == 403, "it is not over"
    act(Caller(app).with_token(), session_id, "terminate")
    assert act(reviewer, session_id, "bookmarks", label="Look here").status_code == 200
