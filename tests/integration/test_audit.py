"""What is written into the audit log: each view, download and action of a proctor, once, by whom and from where."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from proctor.audit_tags import AuditEntry, AuditTag
from proctor.errors import Unavailable
from proctor.records import ProctorRole, Role
from proctor.sockets.proctor import ProctorNamespace
from proctor.store.audit import AuditFilter, AuditLog
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import AppFactory
from tests.integration.test_every_route import rules
from tests.support.actors import Caller
from tests.support.clips import clip
from tests.support.people import add_person
from tests.support.sessions_api import FORM_TYPE, form

NOT_WRITTEN = {
    "GET /api/proctor/sessions": "the list that consoles read again and again: who sits there, and nothing of them",
    "GET /proctor/sessions": "the page of that list",
    "GET /sessions": "the same list for programs",
    "GET /api/proctor/flags": "the feed of open flags beside that list, read again and again",
    "GET /proctor/review": "the list of what waits for review",
    "GET /api/proctor/reviews": "the same list for programs",
    "GET /proctor/review/next": "leads to the first of that list, whose page is a view",
    "GET /proctor/": "leads to the hall or to what waits for review",
    "GET /proctor/account": "one's own account",
    "GET /proctor/consents/<consent_id>": "words that candidates read, in which there are no candidates",
    "GET /proctor/admin/": "leads to the first page of the administration",
    "GET /proctor/admin/exams": "exams, in which there are no candidates",
    "GET /proctor/admin/exams/new": "a form",
    "GET /proctor/admin/exams/<exam_id>": "a form",
    "GET /proctor/admin/proctors": "accounts, in which there are no candidates",
    "GET /proctor/admin/proctors/invite": "a form",
    "GET /proctor/admin/proctors/<proctor_id>": "a form",
    "GET /proctor/admin/accommodations": "a list of what was granted, each with an entry of its own",
    "GET /proctor/admin/privacy": "a list of sessions, as the hall's",
    "POST /proctor/admin/privacy/delete": "its entries are the receipts, written before anything is deleted",
}
"""Routes of proctors that are no view of a candidate, no download and no action, and why."""


QUIET_MESSAGES = {"on_heartbeat", "on_unwatch", "on_signal"}


def entries(app: Flask, **wanted: Any) -> list[AuditEntry]:
    services: Services = app.extensions[EXTENSION]
    found, _cursor = services.store.audit.page(AuditFilter(**wanted), 1_000)
    return found


def test_every_route_of_proctors_is_written_down_or_known_to_be_nothing_of_the_kind(app: Flask) -> None:
    silent = {
        f"{method} {rule.rule}"
        for rule, method, declaration in rules(app)
        if declaration and Role.PROCTOR in declaration.roles and declaration.audit is None
    }

    assert silent == set(NOT_WRITTEN)


def test_every_message_of_consoles_is_written_down_or_known_to_be_nothing_of_the_kind() -> None:
    declared = {
        name: getattr(ProctorNamespace, name).declaration for name in dir(ProctorNamespace) if name[:3] == "on_"
    }

    silent = {name for name, declaration in declared.items() if declaration.audit is None}
    # What belongs to a view that was written down when it began, and what only one's own console is told.
    assert silent == QUIET_MESSAGES


def test_an_entry_says_who_did_what_to_which_session_and_from_where(
    app: Flask, proctor: Caller, session_id: str
) -> None:
    answer = proctor.post(f"/api/proctor/sessions/{session_id}/release", {})

    [entry] = entries(app, tag=AuditTag.SESSION_RELEASED)
    assert answer.status_code == 200
    assert (entry.by, entry.role) == ("proctor@test.com", ProctorRole.ADMIN)
    assert (entry.session_id, entry.exam_code, entry.address) == (session_id, "DEMO", "127.0.0.1")
    assert len(entry.request_id) == 12


def test_events_that_a_proctor_reports_are_found_by_their_exam(app: Flask, proctor: Caller, session_id: str) -> None:
    assert proctor.post(f"/sessions/{session_id}/events", {"event_type": "phone_detected"}).status_code == 200

    [entry] = entries(app, tag=AuditTag.EVENTS_ADDED, exam_code="DEMO")
    assert entry.session_id == session_id


def test_what_failed_or_was_refused_is_no_entry(app: Flask, proctor: Caller, session_id: str) -> None:
    reviewer = add_person(app, ProctorRole.REVIEWER)

    assert proctor.post(f"/api/proctor/sessions/{session_id}/resume", {}).status_code == 409
    assert reviewer.post(f"/api/proctor/sessions/{session_id}/release", {}).status_code == 403
    assert proctor.post("/api/proctor/sessions/unknown/release", {}).status_code == 404
    assert {entry.tag for entry in entries(app)} == {AuditTag.LOGIN}


def test_looking_on_and_on_is_one_entry_for_each_who_looks(app: Flask, proctor: Caller, session_id: str) -> None:
    other = add_person(app, ProctorRole.PROCTOR)
    for _ in range(3):
        for person in (proctor, other):
            assert person.get(f"/api/proctor/sessions/{session_id}/events").status_code == 200
            assert person.get(f"/api/proctor/sessions/{session_id}/flags").status_code == 200

    seen = entries(app, tag=AuditTag.SESSION_VIEWED)
    # Two where the half hour of the clock ends between the first and the last of them.
    assert 2 <= len(seen) <= 4
    assert len({entry.by for entry in seen}) == 2


def test_a_video_that_is_played_in_ranges_is_one_entry(app: Flask, proctor: Caller, session_id: str) -> None:
    sent = proctor.post_raw(f"/sessions/{session_id}/video", form(clip()), FORM_TYPE)
    path = sent.json["video_path"]
    for start in range(0, 300, 10):
        assert proctor.get(path, Range=f"bytes={start}-{start + 9}").status_code == 206

    seen = entries(app, tag=AuditTag.VIDEO_VIEWED)
    assert 1 <= len(seen) <= 2
    assert seen[0].session_id == session_id


def test_each_download_is_an_entry_of_its_own(app: Flask, proctor: Caller, session_id: str) -> None:
    for _ in range(2):
        assert proctor.get(f"/sessions/{session_id}/report.csv").status_code == 200
        assert proctor.get("/api/proctor/export.csv").status_code == 200

    assert len(entries(app, tag=AuditTag.REPORT_DOWNLOADED)) == 2
    assert len(entries(app, tag=AuditTag.SESSIONS_EXPORTED)) == 2


def test_signing_in_and_out_and_failing_to_are_entries(make_app: AppFactory) -> None:
    app = make_app()
    browser = Caller(app, "192.0.2.9")

    assert browser.sign_in(password="wrong password").status_code == 401
    assert browser.sign_in().status_code == 303
    browser.client.post("/proctor/logout", headers=browser.headers, environ_overrides=browser.environ)

    written = [(entry.tag, entry.by, entry.subject) for entry in entries(app)]
    assert written == [
        (AuditTag.LOGOUT, "proctor@test.com", None),
        (AuditTag.LOGIN, "proctor@test.com", None),
        (AuditTag.LOGIN_FAILED, "anyone", "proctor@test.com"),
    ]


def test_what_programs_and_candidates_do_is_in_the_record_of_the_session_and_no_entry(
    app: Flask, exam_app: Caller, session_id: str
) -> None:
    assert exam_app.post(f"/api/proctor/sessions/{session_id}/notes", {"note": "Odd."}).status_code == 200
    assert exam_app.post(f"/api/proctor/sessions/{session_id}/terminate", {}).status_code == 200

    assert entries(app) == []


def test_nothing_is_answered_that_could_not_be_written_down(
    proctor: Caller, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_self: AuditLog, _entry: AuditEntry) -> None:
        raise Unavailable("The database cannot be reached right now. Please try again in a moment.")

    monkeypatch.setattr(AuditLog, "add", away)

    answer = proctor.get(f"/api/proctor/sessions/{session_id}")

    assert answer.status_code == 503
    assert "Ann" not in answer.text


def test_the_log_is_listed_by_whom_what_where_and_when(app: Flask, proctor: Caller, session_id: str) -> None:
    other = add_person(app, ProctorRole.PROCTOR, email="other@example.org")
    proctor.get(f"/api/proctor/sessions/{session_id}")
    other.post(f"/api/proctor/sessions/{session_id}/release", {})

    mine = {entry.tag for entry in entries(app, by="proctor@test.com")}
    released = entries(app, tag=AuditTag.SESSION_RELEASED)
    assert mine == {AuditTag.LOGIN, AuditTag.SESSION_VIEWED}
    assert [entry.by for entry in released] == ["other@example.org"]
    assert {entry.tag for entry in entries(app, session_id=session_id)} == {
        AuditTag.SESSION_VIEWED,
        AuditTag.SESSION_RELEASED,
    }
    assert {entry.by for entry in entries(app, exam_code="DEMO")} == {"proctor@test.com", "other@example.org"}
    assert entries(app, until=released[0].at, since=released[0].at) == []
    assert released[0] in entries(app, since=released[0].at)


def test_the_log_comes_in_pages_without_gaps_or_repeats(app: Flask, proctor: Caller, session_id: str) -> None:
    for number in range(7):
        proctor.post(f"/api/proctor/sessions/{session_id}/notes", {"note": f"Note {number}."})
    services: Services = app.extensions[EXTENSION]

    pages, cursor = [], None
    while True:
        found, cursor = services.store.audit.page(AuditFilter(tag=AuditTag.NOTE_ADDED), 3, cursor)
        pages.append(found)
        if cursor is None:
            break

    listed = [entry for page in pages for entry in page]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({entry.id for entry in listed}) == 7
    assert [entry.at for entry in listed] == sorted((entry.at for entry in listed), reverse=True)


def test_nothing_changes_an_entry() -> None:
    writes = {name for name in vars(AuditLog) if not name.startswith("_")}

    assert writes == {"name", "ensure_indexes", "add", "get", "page", "of_sessions", "forget_before"}
