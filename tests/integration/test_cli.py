"""Proctors and exams from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from proctor.domain import retention, sessions
from proctor.domain.exam_clock import utc_now
from proctor.records import EndedBy
from tests.integration.conftest import SECRET, AppFactory
from tests.support.actors import Caller
from tests.support.server import ROOT
from tests.support.silent_live import silent_live

PASSWORD = "a dozen characters"
OTHER = "another good password"


@pytest.fixture
def app(make_app: AppFactory) -> Flask:
    return make_app()


def run(app: Flask, *args: str, given: str = "") -> Result:
    return app.test_cli_runner().invoke(args=list(args), input=given)


def add(app: Flask, email: str, *options: str) -> Result:
    return run(app, "proctor", "add", email, "--password-stdin", *options, given=f"{PASSWORD}\n")


def login(app: Flask, email: str, password: str = PASSWORD) -> Any:
    return Caller(app).post("/api/proctor/login", {"email": email, "password": password})


def test_an_added_proctor_signs_in(app: Flask) -> None:
    result = add(app, " Ann@Example.org ")

    assert (result.exit_code, result.output) == (0, "Added ann@example.org.\n")
    assert login(app, "ann@example.org").status_code == 200


def test_the_password_is_asked_for_twice_and_not_shown(app: Flask) -> None:
    result = run(app, "proctor", "add", "ann@example.org", given=f"{PASSWORD}\n{PASSWORD}\n")

    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert login(app, "ann@example.org").status_code == 200


@pytest.mark.parametrize("password", ["", "elevenchars", "x" * 1_025, "aaaaaaaaaaaaaaaa", "1ann@example.org"])
def test_a_weak_password_is_refused_in_words(app: Flask, password: str) -> None:
    result = run(app, "proctor", "add", "ann@example.org", "--password-stdin", given=f"{password}\n")

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert run(app, "proctor", "list").output == "proctor@test.com\tevery exam\tenabled\tadmin\n"


@pytest.mark.parametrize("email", ["ann", "@example.org", "ann@", "a b@example.org", "ann@example.org@x"])
def test_what_is_no_address_is_refused(app: Flask, email: str) -> None:
    assert add(app, email).exit_code == 1


def test_an_address_is_added_once_and_keeps_its_password(app: Flask) -> None:
    add(app, "ann@example.org")

    again = run(app, "proctor", "add", "ANN@example.org", "--password-stdin", given=f"{OTHER}\n")

    assert (again.exit_code, "already" in again.output) == (1, True)
    assert login(app, "ann@example.org").status_code == 200


def test_a_proctor_of_some_exams_sees_no_others(app: Flask) -> None:
    run(app, "exam", "add", "MATH", "Mathematics")
    add(app, "ann@example.org", "--exam", "MATH")

    sessions = Caller(app).with_token("ann@example.org", PASSWORD).post("/sessions", {"candidate_name": "Bob"})

    assert sessions.status_code == 403
    assert add(app, "bob@example.org", "--exam", "NOPE").exit_code == 1


def test_the_list_names_everyone_with_what_they_may_see(app: Flask) -> None:
    add(app, "ann@example.org", "--exam", "DEMO")
    run(app, "proctor", "disable", "ann@example.org")

    lines = run(app, "proctor", "list").output.splitlines()

    assert lines == [
        "ann@example.org\tDEMO\tdisabled\tproctor",
        "proctor@test.com\tevery exam\tenabled\tadmin",
    ]


def test_a_disabled_proctor_is_out_at_once_until_enabled(app: Flask) -> None:
    add(app, "ann@example.org")
    ann = Caller(app).with_token("ann@example.org", PASSWORD)

    assert run(app, "proctor", "disable", "Ann@example.org").exit_code == 0
    assert ann.get("/sessions").status_code == 401
    assert login(app, "ann@example.org").status_code == 401
    assert run(app, "proctor", "enable", "ann@example.org").exit_code == 0
    assert ann.get("/sessions").status_code == 401, "the old login stays revoked"
    assert login(app, "ann@example.org").status_code == 200


def test_an_invitation_leads_to_where_people_find_the_pages(make_app: AppFactory) -> None:
    app = make_app(backend_url="http://10.0.0.5:9100", frontend_url="https://proctor.example.org", public_urls=())
    named = make_app(backend_url="http://10.0.0.5:9100", public_urls=("https://proctor.example.org",))

    for each, email in ((app, "ann@example.org"), (named, "bob@example.org")):
        result = run(each, "proctor", "invite", email)
        assert result.output.startswith("https://proctor.example.org/proctor/invitation/")


def test_a_new_password_ends_every_login(app: Flask) -> None:
    add(app, "ann@example.org")
    ann = Caller(app).with_token("ann@example.org", PASSWORD)

    result = run(app, "proctor", "set-password", "ann@example.org", "--password-stdin", given=f"{OTHER}\n")

    assert result.exit_code == 0
    assert ann.get("/sessions").status_code == 401
    assert login(app, "ann@example.org").status_code == 401
    assert login(app, "ann@example.org", OTHER).status_code == 200


@pytest.mark.parametrize("command", ["disable", "enable", "set-password"])
def test_an_unknown_proctor_is_said_to_be_unknown(app: Flask, command: str) -> None:
    result = run(app, "proctor", command, "nobody@example.org")

    assert (result.exit_code, result.output) == (1, "Error: There is no proctor nobody@example.org.\n")


def test_an_added_exam_is_joined_by_its_code(app: Flask) -> None:
    added = run(app, "exam", "add", "MATH1", "Mathematics I", "--minutes", "90", "--screen", "--no-join-by-hand")
    run(app, "exam", "add", "FREE", "Without a limit")

    assert (added.exit_code, added.output) == (0, "Added MATH1.\n")
    assert run(app, "exam", "list").output.splitlines() == [
        "DEMO\tDemo Exam\t60 min\tscreen not shared\tby hand or exam app\trecording full",
        "FREE\tWithout a limit\tno time limit\tscreen not shared\tby hand or exam app\trecording full",
        "MATH1\tMathematics I\t90 min\tscreen shared\texam app only\trecording full",
    ]


@pytest.mark.parametrize(
    "args",
    [
        ("DEMO", "Again"),
        (" ", "Blank"),
        ("x" * 65, "Long"),
        ("A\nB", "Lines"),
        ("A", " "),
        ("A", "x" * 201),
        ("A", "two\tcolumns"),
        ("A", "B", "--minutes", "0"),
        ("A", "B", "--minutes", "99999999"),
    ],
)
def test_an_exam_that_cannot_be_is_refused(app: Flask, args: tuple[str, ...]) -> None:
    assert run(app, "exam", "add", *args).exit_code == 1
    assert run(app, "exam", "list").output.startswith("DEMO\tDemo Exam\t")


@pytest.mark.parametrize("args", [("audit", "export"), ("sessions", "export", "Ann"), ("exam", "rules", "DEMO")])
def test_a_file_that_cannot_be_had_is_said_in_words(app: Flask, tmp_path: Path, args: tuple[str, ...]) -> None:
    store = app.extensions["proctor"].store
    sessions.create(None, "Ann", weights={}, store=store, live=silent_live(), now=utc_now())

    result = run(app, *args, str(tmp_path / "missing" / "file"))

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "No such file" in result.output


def test_a_dry_run_lists_all_that_would_be_deleted(app: Flask) -> None:
    store, then = app.extensions["proctor"].store, utc_now() - timedelta(days=31)
    for number in range(retention.AT_A_TIME + 1):
        made = sessions.create(None, f"Ann {number}", weights={}, store=store, live=silent_live(), now=then)
        sessions.finish(made.id, EndedBy.CANDIDATE, store=store, live=silent_live(), now=then)

    result = run(app, "sessions", "purge", "--dry-run")

    assert len(result.output.splitlines()) == retention.AT_A_TIME + 1


def test_the_commands_work_as_the_documents_say(app: Flask, mongodb_url: str, database: str) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PROCTOR_")}
    environ |= {"MONGODB_URL": mongodb_url, "PROCTOR_DATABASE": database, "SECRET_KEY": SECRET}
    environ |= {
        "PROCTOR_BACKEND_URL": "https://proctor.example.org",
        "PROCTOR_FRONTEND_URL": "https://proctor.example.org",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "proctor", "add", "ann@example.org", "--password-stdin"]

    done = subprocess.run(
        command, cwd=ROOT, env=environ, input=f"{PASSWORD}\n", capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (0, "Added ann@example.org.\n"), done.stderr
    assert login(app, "ann@example.org").status_code == 200


def test_a_database_that_cannot_be_brought_up_to_date_is_said_in_words() -> None:
    environ = os.environ | {"MONGODB_URL": "mongodb://127.0.0.1:9", "SECRET_KEY": SECRET}
    command = [sys.executable, "migrations_seed.py"]

    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be reached")
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_said_in_words(make_app: AppFactory) -> None:
    app = make_app()
    app.extensions["proctor"].store.close()

    result = run(app, "proctor", "list")

    assert result.exit_code == 1
    assert "database" in result.output
