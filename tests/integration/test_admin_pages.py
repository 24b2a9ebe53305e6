"""The administration in a browser's words: forms that are filled in, what they change, and who is kept out."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from proctor.audit_tags import AuditTag
from proctor.domain import accounts
from proctor.domain.rules import rules_of
from proctor.errors import Conflict
from proctor.exam_rules import change_rules
from proctor.records import ProctorRole, Recording, SessionId, Snapshots
from proctor.store.audit import AuditFilter
from proctor.web import exam_form
from proctor.web.services import EXTENSION, Services
from tests.support.actors import SAME_ORIGIN, Caller
from tests.support.people import PASSWORD, add_person

NEW_PASSWORD = "another long sentence"


class Browser(Caller):
    """An administrator's browser, which sends forms."""

    def send(self, path: str, fields: dict[str, Any]) -> Any:
        token = {"csrf_token": self.headers["X-CSRF-Token"]} if "X-CSRF-Token" in self.headers else {}
        return self.client.post(path, data=fields | token, headers=SAME_ORIGIN, environ_overrides=self.environ)


@pytest.fixture
def s(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


@pytest.fixture
def admin(app: Flask) -> Browser:
    browser = Browser(app)
    assert browser.sign_in().status_code == 303
    return browser


def exam_fields(**given: str) -> dict[str, str]:
    return exam_form.values_of(None) | {"title": "Mathematics I", "code": "MATH 1/2"} | given


def tags(s: Services, **wanted: Any) -> list[str]:
    return [entry.tag for entry in s.store.audit.page(AuditFilter(**wanted), 50)[0]]


# Exams


def test_an_exam_is_made_with_all_that_is_asked_for(admin: Browser, s: Services) -> None:
    fields = exam_fields(
        minutes="90",
        recording="on_flags",
        snapshots="all",
        retention_days="7",
        screen_required="on",
        origins="https://exams.example.org\r\nhttps://other.example.org:8443",
        consent_addition="The invigilators of your faculty see this too.",
    )
    fields |= {"rule-no_face-low": "5", "weight-phone_detected": "40", "threshold-phone_score": "0.6"}
    del fields["rule-voice_detected-on"]

    answer = admin.send("/proctor/admin/exams/new", fields)

    made = s.store.exams.get_by_code("MATH 1/2")
    assert (answer.status_code, answer.location) == (303, "/proctor/admin/exams")
    assert made
    assert (made.title, made.duration_minutes, made.screen_required, made.join_by_hand) == (
        "Mathematics I",
        90,
        True,
        True,
    )
    assert (made.policy.recording, made.policy.snapshots) == (Recording.ON_FLAGS, Snapshots.ALL)
    assert (made.policy.retention_days, made.policy.thresholds) == (7, {"phone_score": 0.6})
    assert made.origins == ("https://exams.example.org", "https://other.example.org:8443")
    assert made.rules["voice_detected"] == {"off": True}
    assert [step["severity"] for step in made.rules["no_face"]["steps"]] == ["low", "medium", "high"]
    assert set(made.rules) == {"voice_detected", "no_face"}
    assert made.weights
    assert (made.weights["phone_detected"], made.weights["no_face"]) == (40, 3)
    assert tags(s, exam_code="MATH 1/2") == [AuditTag.EXAM_MADE]


WRONG_FIELDS = [
    ("code", "", "Up to 64 characters"),
    ("code", "x" * 65, "Up to 64 characters"),
    ("code", "DEMO", "already"),
    ("title", " ", "Up to 200 characters"),
    ("minutes", "0", "Between 1 and"),
    ("minutes", "x9", "A whole number"),
    ("minutes", "-5", "A whole number"),
    ("retention_days", "99999", "Between 1 and"),
    ("recording", "sometimes", "Choose one of the list"),
    ("origins", "https://exams.example.org/path", "without a path"),
    ("origins", "javascript:alert(1)", "without a path"),
    ("consent_addition", "x" * 2_001, "Up to 2000 characters"),
    ("rule-no_face-medium", "soon", "A number like 2.5"),
    ("rule-no_face-medium", "nan", "A number like 2.5"),
    ("rule-no_face-medium", "60", "more severe"),
    ("rule-no_face-medium", "999999", "from 0 to 86400"),
    ("weight-no_face", "101", "from 0 to 100"),
    ("threshold-phone_score", "3", "from 0.3 to 0.95"),
    ("title", "<script>alert(1)</script>" + "x" * 200, "Up to 200 characters"),
]


def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_made(admin: Browser, s: Services) -> None:
    for field, value, told in WRONG_FIELDS:
        answer = admin.send("/proctor/admin/exams/new", exam_fields(**{field: value}))

        assert answer.status_code in {409, 422}, (field, value)
        assert told in answer.text, (field, value)
        assert "<script>alert" not in answer.text
    assert [exam.code for exam in s.store.exams.all()] == ["DEMO"]
    assert AuditTag.EXAM_MADE not in tags(s)


def test_a_rule_without_any_severity_is_refused(admin: Browser) -> None:
    answer = admin.send("/proctor/admin/exams/new", exam_fields(**{"rule-phone_detected-high": ""}))

    assert (answer.status_code, "switch it off" in answer.text) == (422, True)


def test_a_form_sent_as_it_came_changes_nothing(admin: Browser, s: Services) -> None:
    before = s.store.exams.get_by_code("DEMO")
    assert before

    admin.send(f"/proctor/admin/exams/{before.id}", exam_form.values_of(before))

    assert s.store.exams.get_by_code("DEMO") == before
    [entry] = s.store.audit.page(AuditFilter(tag=AuditTag.EXAM_CHANGED), 5)[0]
    assert entry.details == {"changed": []}


def test_weights_of_a_file_of_rules_outlive_the_form_and_the_command(
    app: Flask, admin: Browser, s: Services, tmp_path: Path
) -> None:
    file = tmp_path / "rules.json"
    file.write_text('{"weights": {"no_face": 5, "copy": 2}}')
    change_rules("DEMO", file, store=s.store)
    before = s.store.exams.get_by_code("DEMO")
    assert before

    admin.send(f"/proctor/admin/exams/{before.id}", exam_form.values_of(before))
    assert s.store.exams.get_by_code("DEMO") == before
    renamed = app.test_cli_runner().invoke(args=["exam", "edit", "DEMO", "--title", "Renamed"])
    assert renamed.exit_code == 0, renamed.output

    fields = exam_form.values_of(before) | {"weight-no_face": "", "weight-tab_hidden": "9"}
    admin.send(f"/proctor/admin/exams/{before.id}", fields)
    after = s.store.exams.get_by_code("DEMO")
    assert after
    assert after.weights == {"no_face": s.settings.score_weights["no_face"], "copy": 2, "tab_hidden": 9}


def test_rules_hold_for_sessions_that_there_are_and_what_is_kept_for_those_to_come(
    admin: Browser, s: Services, session_id: str
) -> None:
    exam = s.store.exams.get_by_code("DEMO")
    assert exam
    fields = exam_form.values_of(exam) | {"recording": "off", "retention_days": "3", "rule-no_face-medium": "25"}

    assert admin.send(f"/proctor/admin/exams/{exam.id}", fields).status_code == 303

    old = s.store.sessions.get(session_id)
    joined = Caller(admin.client.application).post(
        "/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Bob"}
    )
    new = s.store.sessions.get(joined.json["session_id"])
    assert old
    assert new
    assert rules_of(old)["no_face"].steps[0].after_s == rules_of(new)["no_face"].steps[0].after_s == 25
    assert (old.policy.retention_days, new.policy.retention_days) == (None, 3)
    assert new.policy.recording is Recording.OFF


def test_an_archived_exam_is_listed_apart_and_comes_back(admin: Browser, s: Services) -> None:
    exam = s.store.exams.get_by_code("DEMO")
    assert exam

    admin.send(f"/proctor/admin/exams/{exam.id}/archive", {})
    by_hand = Browser(admin.client.application).send("/join", {"exam_code": "DEMO", "name": "Ann"})
    assert (by_hand.status_code, "archived" in by_hand.text) == (422, True)
    assert "Demo Exam</a>" not in admin.get("/proctor/admin/exams", Accept="text/html").text
    assert "Demo Exam</a>" in admin.get("/proctor/admin/exams?archived=1", Accept="text/html").text

    admin.send(f"/proctor/admin/exams/{exam.id}/unarchive", {})
    assert Browser(admin.client.application).send("/join", {"exam_code": "DEMO", "name": "Ann"}).status_code == 303


def test_candidates_are_sent_to_the_sites_of_their_exam_and_to_no_others(
    admin: Browser, s: Services, session_id: str
) -> None:
    exam = s.store.exams.get_by_code("DEMO")
    assert exam
    entry = f"/entry?session_id={session_id}&return_url=https%3A%2F%2Fexams.example.org%2Fbegin"
    stranger = Caller(admin.client.application)

    assert stranger.get(entry, Accept="text/html").status_code == 400
    admin.send(f"/proctor/admin/exams/{exam.id}", exam_form.values_of(exam) | {"origins": "https://exams.example.org"})

    page = stranger.get(entry, Accept="text/html")
    assert page.status_code == 200
    assert "https://exams.example.org" in page.headers["Content-Security-Policy"]
    claimed = stranger.claim(session_id, return_url="https://exams.example.org/begin")
    assert claimed.status_code == 200
    assert stranger.claim(session_id, return_url="https://evil.example/begin").status_code == 422


# Proctors


def invite(admin: Browser, email: str = "rita@example.org", role: str = "reviewer", **fields: Any) -> str:
    answer = admin.send("/proctor/admin/proctors/invite", {"email": email, "role": role, "sees": "every"} | fields)
    assert answer.status_code == 200, answer.text
    found = re.search(r"(/proctor/invitation/[\w-]+)", answer.text)
    assert found
    return found.group(1)


def accept(app: Flask, path: str, password: str = NEW_PASSWORD, again: str | None = None) -> Any:
    return Browser(app).send(path, {"password": password, "again": password if again is None else again})


def sign_in(app: Flask, email: str, password: str) -> int:
    return int(Browser(app).sign_in(email, password).status_code)


def test_an_invited_proctor_chooses_a_password_once(app: Flask, admin: Browser, s: Services) -> None:
    path = invite(admin)
    assert sign_in(app, "rita@example.org", "") == 422
    assert sign_in(app, "rita@example.org", "no account has this password") == 401

    assert Caller(app).get(path, Accept="text/html").status_code == 200
    assert accept(app, path).status_code == 303
    assert sign_in(app, "rita@example.org", NEW_PASSWORD) == 303

    assert accept(app, path, "one more password here").status_code == 404
    assert Caller(app).get(path, Accept="text/html").status_code == 404
    person = s.store.proctors.get_by_email("rita@example.org")
    assert person
    assert person.role is ProctorRole.REVIEWER
    assert AuditTag.INVITATION_ACCEPTED in tags(s, by="rita@example.org")


def test_the_link_is_kept_nowhere(admin: Browser, s: Services) -> None:
    token = invite(admin).rsplit("/", 1)[-1]

    database = s.store.database
    everything = str([list(database[name].find()) for name in database.list_collection_names()])
    assert token not in everything
    assert token not in admin.get("/proctor/admin/proctors", Accept="text/html").text


def test_a_weak_or_mistyped_password_is_refused_and_the_link_still_works(app: Flask, admin: Browser) -> None:
    path = invite(admin)

    for password, again in [("short", "short"), (NEW_PASSWORD, "something else"), ("", "")]:
        assert accept(app, path, password, again).status_code == 422
    assert accept(app, path).status_code == 303


def test_an_invitation_ends_with_its_time_and_with_the_next_one(app: Flask, admin: Browser, s: Services) -> None:
    old = invite(admin)
    person = s.store.proctors.get_by_email("rita@example.org")
    assert person
    answer = admin.send(f"/proctor/admin/proctors/{person.id}/reset", {})
    new = re.search(r"(/proctor/invitation/[\w-]+)", answer.text)
    assert new

    assert accept(app, old).status_code == 404
    past = s.clock() - timedelta(seconds=1)
    s.store.database["invitations"].update_many({}, {"$set": {"expires_at": past}})
    assert accept(app, new.group(1)).status_code == 404


def test_a_password_that_is_set_ends_the_invitation(app: Flask, admin: Browser, s: Services) -> None:
    path = invite(admin)

    accounts.set_password("rita@example.org", PASSWORD, store=s.store, passwords=s.passwords)

    assert accept(app, path).status_code == 404
    assert sign_in(app, "rita@example.org", PASSWORD) == 303


def test_a_disabled_account_takes_no_invitation(app: Flask, admin: Browser, s: Services) -> None:
    path = invite(admin)
    person = s.store.proctors.get_by_email("rita@example.org")
    assert person

    admin.send(f"/proctor/admin/proctors/{person.id}/disable", {})

    assert accept(app, path).status_code == 404


def test_a_new_role_and_other_exams_hold_at_once_and_sign_out(app: Flask, admin: Browser, s: Services) -> None:
    person = add_person(app, ProctorRole.PROCTOR, email="pat@example.org")
    found = s.store.proctors.get_by_email("pat@example.org")
    assert found

    answer = admin.send(f"/proctor/admin/proctors/{found.id}", {"role": "reviewer", "sees": "some", "exam": ["DEMO"]})

    changed = s.store.proctors.get(found.id)
    assert answer.status_code == 303
    assert changed
    assert (changed.role, changed.exam_codes) == (ProctorRole.REVIEWER, frozenset({"DEMO"}))
    assert person.get("/api/proctor/sessions").status_code == 401
    assert s.store.audit.page(AuditFilter(tag=AuditTag.PROCTOR_CHANGED), 1)[0][0].subject == "pat@example.org"


def test_the_last_administrator_stays_one(app: Flask, admin: Browser, s: Services) -> None:
    me = s.store.proctors.get_by_email("proctor@test.com")
    assert me
    path = f"/proctor/admin/proctors/{me.id}"
    ways = [(path, {"role": "proctor", "sees": "every"}), (f"{path}/disable", {}), (f"{path}/reset", {})]
    invite(admin, "pending@example.org", "admin")

    for address, fields in ways:
        answer = admin.send(address, fields)
        assert (answer.status_code, "last administrator" in answer.text) == (409, True), address
    assert admin.get("/proctor/admin/exams", Accept="text/html").status_code == 200

    add_person(app, ProctorRole.ADMIN)
    assert admin.send(*ways[0]).status_code == 303


def test_of_two_administrators_who_shut_each_other_out_at_once_one_stays(app: Flask, s: Services) -> None:
    add_person(app, ProctorRole.ADMIN, email="other@example.org")
    both = ("proctor@test.com", "other@example.org")

    def shut_out(email: str) -> None:
        with suppress(Conflict):
            accounts.set_disabled(email, True, store=s.store)

    for _ in range(5):
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(shut_out, both))
        assert any(not person.disabled for person in s.store.proctors.all())
        for email in both:
            accounts.set_disabled(email, False, store=s.store)


def test_an_exam_that_there_is_not_leaves_the_role_as_it_was(app: Flask, admin: Browser, s: Services) -> None:
    add_person(app, ProctorRole.PROCTOR, email="pat@example.org")
    found = s.store.proctors.get_by_email("pat@example.org")
    assert found

    fields = {"role": "admin", "sees": "some", "exam": ["NONE"]}
    answer = admin.send(f"/proctor/admin/proctors/{found.id}", fields)

    assert answer.status_code == 404
    assert s.store.proctors.get(found.id) == found


def test_a_form_of_exams_without_one_is_refused_and_another_fault_keeps_its_ticks(admin: Browser, s: Services) -> None:
    path, fields = "/proctor/admin/proctors/invite", {"email": "pat", "role": "proctor", "sees": "some"}

    again = admin.send(path, fields | {"exam": ["DEMO"]})
    without = admin.send(path, fields | {"email": "pat@example.org"})

    assert again.status_code == without.status_code == 422
    assert re.search(r'value="DEMO" checked', again.text)
    assert "Tick one at least" in without.text
    assert s.store.proctors.get_by_email("pat@example.org") is None


def test_somebody_is_signed_out_everywhere_and_may_come_back(app: Flask, admin: Browser, s: Services) -> None:
    person = add_person(app, ProctorRole.PROCTOR, email="pat@example.org")
    found = s.store.proctors.get_by_email("pat@example.org")
    assert found

    admin.send(f"/proctor/admin/proctors/{found.id}/sign-out", {})

    assert person.get("/api/proctor/sessions").status_code == 401
    assert sign_in(app, "pat@example.org", PASSWORD) == 303


def test_a_reviewer_begins_with_what_waits_for_review_and_opens_nothing_live(app: Flask, session_id: str) -> None:
    add_person(app, ProctorRole.REVIEWER, email="rita@example.org")
    browser = Browser(app)

    assert browser.sign_in("rita@example.org", PASSWORD).location == "/proctor/review"
    assert browser.get("/proctor/", Accept="text/html").location == "/proctor/review"
    assert browser.get(f"/proctor/session/{session_id}", Accept="text/html").status_code == 403
    page = browser.get("/proctor/review", Accept="text/html").text
    assert "Administration" not in page
    assert ">Hall</a>" not in page
    assert browser.get("/proctor/admin/exams", Accept="text/html").status_code == 403

    Caller(app).post(f"/api/proctor/sessions/{session_id}/terminate", {})
    assert browser.get(f"/proctor/session/{session_id}", Accept="text/html").status_code == 200


# One's own account


def test_a_changed_password_ends_the_other_logins_and_keeps_this_one(app: Flask) -> None:
    elsewhere = add_person(app, ProctorRole.REVIEWER, email="pat@example.org")
    browser = Browser(app)
    browser.sign_in("pat@example.org", PASSWORD)
    fields = {"old_password": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}

    assert browser.send("/proctor/account/password", fields | {"old_password": "wrong"}).status_code == 422
    assert browser.send("/proctor/account/password", fields | {"again": "x"}).status_code == 422
    assert browser.send("/proctor/account/password", fields).status_code == 303

    assert browser.get("/proctor/account", Accept="text/html").status_code == 200
    assert elsewhere.get("/api/proctor/sessions").status_code == 401
    assert sign_in(app, "pat@example.org", PASSWORD) == 401
    assert sign_in(app, "pat@example.org", NEW_PASSWORD) == 303


def test_guessing_the_old_password_at_an_open_console_is_slowed_down(app: Flask) -> None:
    add_person(app, ProctorRole.PROCTOR, email="pat@example.org")
    browser = Browser(app)
    browser.sign_in("pat@example.org", PASSWORD)
    fields = {"old_password": "guess", "password": NEW_PASSWORD, "again": NEW_PASSWORD}

    statuses = [browser.send("/proctor/account/password", fields).status_code for _ in range(6)]

    assert statuses == [422] * 5 + [429]


def test_signing_out_everywhere_ends_this_login_too(app: Flask) -> None:
    elsewhere = add_person(app, ProctorRole.PROCTOR, email="pat@example.org")
    browser = Browser(app)
    browser.sign_in("pat@example.org", PASSWORD)

    assert browser.send("/proctor/account/sign-out", {}).status_code == 303

    assert browser.get("/proctor/account", Accept="text/html").status_code == 302
    assert elsewhere.get("/api/proctor/sessions").status_code == 401


# Accommodations


def test_what_is_granted_before_holds_from_the_start(admin: Browser, s: Services) -> None:
    fields = {"exam_code": "DEMO", "candidate_identifier": " Dora Dean ", "extra_percent": "25", "extra_minutes": "2"}
    fields |= {"rule-looking_away": "off", "rule-no_face": "2"}
    assert admin.send("/proctor/admin/accommodations", fields).status_code == 303

    page = Browser(admin.client.application).send("/join", {"exam_code": "DEMO", "name": "Dora Dean"})
    [session] = s.store.sessions.of_candidate("Dora Dean")

    assert page.status_code == 303
    assert (session.duration_minutes, session.extra_minutes) == (60 + 15 + 2, 17)
    assert "looking_away" not in rules_of(session)
    assert rules_of(session)["no_face"].steps[0].after_s == 20
    shown = admin.get(f"/proctor/session/{session.id}", Accept="text/html").text
    assert "17 more minutes" in shown
    assert "not looked at" in shown


def test_what_is_taken_back_holds_no_more_for_who_comes_later(admin: Browser, s: Services) -> None:
    pair = {"exam_code": "DEMO", "candidate_identifier": "Dora"}
    admin.send("/proctor/admin/accommodations", pair | {"extra_minutes": "10"})

    spaced = pair | {"candidate_identifier": " Dora "}
    assert admin.send("/proctor/admin/accommodations/withdraw", spaced).status_code == 303
    assert admin.send("/proctor/admin/accommodations/withdraw", pair).status_code == 404
    Browser(admin.client.application).send("/join", {"exam_code": "DEMO", "name": "Dora"})

    assert s.store.sessions.of_candidate("Dora")[0].extra_minutes == 0


WRONG_GRANTS: list[dict[str, str]] = [
    {"candidate_identifier": ""},
    {"extra_percent": "401"},
    {"extra_minutes": "-1"},
    {"extra_minutes": "x"},
    {"rule-no_face": "17"},
    {"exam_code": "NONE"},
]


def test_an_accommodation_that_cannot_be_is_refused(admin: Browser, s: Services) -> None:
    for wrong in WRONG_GRANTS:
        fields = {"exam_code": "DEMO", "candidate_identifier": "Dora"} | wrong
        assert admin.send("/proctor/admin/accommodations", fields).status_code in {404, 422}, wrong
    assert s.store.accommodations.all() == []


def test_a_proctor_makes_it_easier_for_who_is_there_and_a_reviewer_does_not(
    app: Flask, admin: Browser, s: Services, session_id: str
) -> None:
    path = f"/proctor/session/{session_id}/accommodations"

    for _ in range(2):
        fields = {"rule-looking_away": "off", "extra_minutes": "5", "action_id": "sent-twice-by-one-page"}
        assert admin.send(path, fields).status_code == 303

    changed = s.store.sessions.get(session_id)
    assert changed
    assert changed.accommodations == {"looking_away": {"off": True}}
    assert changed.duration_minutes == 65
    assert AuditTag.ACCOMMODATED in tags(s, session_id=session_id)
    assert add_person(app, ProctorRole.REVIEWER).get(path, Accept="text/html").status_code == 403


def test_the_form_keeps_a_stretch_that_it_does_not_offer(admin: Browser, s: Services, session_id: str) -> None:
    granted = {"no_face": {"stretch": 2.5}}
    s.store.sessions.set_accommodations(SessionId(session_id), granted)
    path = f"/proctor/session/{session_id}/accommodations"

    page = admin.get(path, Accept="text/html").text
    chosen = dict(re.findall(r'name="(rule-\w+)".*?<option value="([\d.]+)" selected>', page, re.DOTALL))
    assert admin.send(path, chosen | {"extra_minutes": "5"}).status_code == 303

    session = s.store.sessions.get(session_id)
    assert session
    assert (session.accommodations, session.duration_minutes) == (granted, 65)


def test_minutes_that_are_refused_leave_the_rules_as_they_were(
    app: Flask, admin: Browser, s: Services, session_id: str
) -> None:
    Caller(app).post(f"/api/proctor/sessions/{session_id}/terminate", {})

    fields = {"rule-looking_away": "off", "extra_minutes": "5"}
    assert admin.send(f"/proctor/session/{session_id}/accommodations", fields).status_code == 409

    session = s.store.sessions.get(session_id)
    assert session
    assert session.accommodations == {}
    assert AuditTag.ACCOMMODATED not in tags(s, session_id=session_id)


# The audit log


def test_the_log_is_shown_filtered_and_taken_out_without_formulas(app: Flask, admin: Browser) -> None:
    Browser(app).sign_in("=cmd|'/c calc'!A1@example.org", "wrong password")

    shown = admin.get("/proctor/admin/audit?tag=login_failed", Accept="text/html")
    taken = admin.get("/proctor/admin/audit.csv?tag=login_failed")

    assert "=cmd|" in shown.text
    [header, row] = list(csv.reader(io.StringIO(taken.text)))
    line = dict(zip(header, row, strict=True))
    assert line["tag"] == "login_failed"
    assert not line["subject"].startswith("=")
    assert "audit exported" in admin.get("/proctor/admin/audit", Accept="text/html").text


def test_a_filter_that_cannot_be_is_refused_in_words(admin: Browser) -> None:
    for query in ("tag=nothing", "since=yesterday", "until=2026-13-01", "until=9999-12-31", "cursor=x"):
        assert admin.get(f"/proctor/admin/audit?{query}", Accept="text/html").status_code == 422, query


def test_no_route_writes_to_the_log(app: Flask) -> None:
    writes = [
        rule.rule for rule in app.url_map.iter_rules() if "audit" in rule.rule and (rule.methods or set()) & {"POST"}
    ]

    assert writes == []


# Privacy


def test_a_candidate_gets_everything_and_then_nothing_is_left(
    app: Flask, admin: Browser, s: Services, session_id: str
) -> None:
    Caller(app).post(f"/api/proctor/sessions/{session_id}/terminate", {})
    assert "Demo Exam" in admin.get("/proctor/admin/privacy?candidate=Ann", Accept="text/html").text

    archive = admin.get("/proctor/admin/privacy/export.zip?candidate=Ann")
    assert f"sessions/{session_id}/events.jsonl" in zipfile.ZipFile(io.BytesIO(archive.data)).namelist()

    path = "/proctor/admin/privacy/delete"
    assert admin.send(path, {"candidate": "Ann", "confirmation": "ann"}).status_code == 422
    assert s.store.sessions.get(session_id)
    done = admin.send(path, {"candidate": "Ann", "confirmation": "Ann"})
    assert done.status_code == 200
    assert s.store.sessions.get(session_id) is None

    link = re.search(r"/proctor/admin/privacy/receipts/[0-9a-f]+\.json", done.text)
    assert link
    receipt = json.loads(admin.get(link.group()).data)
    assert (receipt["deleted_by"], receipt["sessions"][0]["session"]) == ("proctor@test.com", session_id)
    assert "Ann" not in json.dumps(receipt)
    assert {AuditTag.CANDIDATE_EXPORTED, AuditTag.CANDIDATE_DELETED, AuditTag.RECEIPT_DOWNLOADED} <= set(tags(s))


def test_one_session_is_deleted_and_the_others_stay(app: Flask, admin: Browser, s: Services, session_id: str) -> None:
    Caller(app).post(f"/api/proctor/sessions/{session_id}/terminate", {})
    Caller(app).post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Ann"})
    fields = {"candidate": "Ann", "confirmation": "Ann"}

    assert admin.send("/proctor/admin/privacy/delete", fields).status_code == 409, "one goes on"
    assert admin.send("/proctor/admin/privacy/delete", fields | {"session_id": session_id}).status_code == 200

    assert [session.id == session_id for session in s.store.sessions.of_candidate("Ann")] == [False]


def test_a_name_that_is_mistyped_leaves_chosen_what_was_chosen(app: Flask, admin: Browser, session_id: str) -> None:
    Caller(app).post(f"/api/proctor/sessions/{session_id}/terminate", {})
    fields = {"candidate": "Ann", "session_id": session_id, "confirmation": "Anne"}

    again = admin.send("/proctor/admin/privacy/delete", fields)

    assert again.status_code == 422
    assert f'<option value="{session_id}" selected>' in again.text


def test_the_words_that_a_candidate_agreed_to_are_kept_with_the_session(
    app: Flask, admin: Browser, s: Services, session_id: str
) -> None:
    exam = s.store.exams.get_by_code("DEMO")
    assert exam
    admin.send(f"/proctor/admin/exams/{exam.id}", exam_form.values_of(exam) | {"consent_addition": "The dean sees it."})
    candidate = Caller(app)
    page = candidate.get(f"/entry?session_id={session_id}", Accept="text/html").text
    version = re.search(r'data-consent-version="([^"]+)"', page)
    assert version

    assert candidate.claim(session_id, consent_version=version.group(1)).status_code == 200
    admin.send(f"/proctor/admin/exams/{exam.id}", exam_form.values_of(exam) | {"consent_addition": "Everybody does."})

    session = s.store.sessions.get(session_id)
    assert session
    assert session.consent_version == version.group(1)
    words = admin.get(f"/proctor/consents/{session.consent_hash}", Accept="text/html").text
    assert "The dean sees it." in words
    assert "Everybody does." not in words
    assert "Tick the box" not in words
    assert (
        f"/proctor/consents/{session.consent_hash}"
        in admin.get(f"/proctor/session/{session_id}", Accept="text/html").text
    )
    assert admin.get("/proctor/consents/unknown", Accept="text/html").status_code == 404
