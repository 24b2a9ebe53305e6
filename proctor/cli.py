"""What an operator does from the command line: ``flask --app wsgi proctor …`` and ``flask --app wsgi exam …``."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

import click
from flask import Flask
from flask.cli import AppGroup

from proctor.domain import accounts
from proctor.domain.exam_clock import utc_now
from proctor.domain.passwords import Passwords
from proctor.errors import ProctorError
from proctor.records import Exam, Proctor
from proctor.web.services import services

P = ParamSpec("P")

proctors = AppGroup("proctor", help="Proctors: the people who watch exams.")
exams = AppGroup("exam", help="Exams that candidates sit.")
from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


def install(app: Flask) -> None:
    """Give ``app`` its commands."""
    app.cli.add_command(proctors)
    app.cli.add_command(exams)


def in_words(command: Callable[P, None]) -> Callable[P, None]:
    """Make ``command`` end with a sentence, and a status other than 0, where something is wrong."""

    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ProctorError as error:
            hints = [hint for problems in (error.errors or {}).values() for hint in problems]
            raise click.ClickException(" ".join([error.detail, *hints])) from error

    return call


@proctors.command("add")
@click.argument("email")
@click.option("--exam", "exam_codes", multiple=True, metavar="CODE", help="May see this exam only; may be repeated.")
@from_stdin
@in_words
def add_proctor(email: str, exam_codes: tuple[str, ...], password_stdin: bool) -> None:
    """Make an account for EMAIL. It may see every exam unless --exam names some."""
    password = _password(from_stdin=password_stdin)
    made = accounts.add_proctor(
        email, password, exam_codes or None, store=services().store, passwords=Passwords(), now=utc_now()
    )
    click.echo(f"Added {made.email}.")


@proctors.command("list")
@in_words
def list_proctors() -> None:
    """List all accounts."""
    for found in services().store.proctors.all():
        click.echo(_proctor_line(found))


@proctors.command("disable")
@click.argument("email")
@in_words
def disable_proctor(email: str) -> None:
    """Shut EMAIL out at once."""
    click.echo(f"Disabled {accounts.set_disabled(email, True, store=services().store).email}.")


@proctors.command("enable")
@click.argument("email")
@in_words
def enable_proctor(email: str) -> None:
    """Let EMAIL in again."""
    click.echo(f"Enabled {accounts.set_disabled(email, False, store=services().store).email}.")


@proctors.command("set-password")
@click.argument("email")
@from_stdin
@in_words
def set_password(email: str, password_stdin: bool) -> None:
    """Give EMAIL a new password and sign them out everywhere."""
    store = services().store
    accounts.proctor_of(email, store=store)
    changed = accounts.set_password(email, _password(from_stdin=password_stdin), store=store, passwords=Passwords())
    click.echo(f"Changed the password of {changed.email}.")


@exams.command("add")
@click.argument("code")
@click.argument("title")
@click.option("--minutes", type=int, help="How long it lasts; without it there is no time limit.")
@click.option("--screen", is_flag=True, help="Candidates must share their screen.")
@click.option("--no-join-by-hand", is_flag=True, help="Candidates come from an exam app only.")
@in_words
def add_exam(code: str, title: str, minutes: int | None, screen: bool, no_join_by_hand: bool) -> None:
    """Make an exam that candidates join with CODE."""
    made = accounts.add_exam(
        code,
        title,
        minutes,
        screen_required=screen,
        join_by_hand=not no_join_by_hand,
        store=services().store,
        now=utc_now(),
    )
    click.echo(f"Added {made.code}.")


@exams.command("list")
@in_words
def list_exams() -> None:
    """List all exams."""
    for found in services().store.exams.all():
        click.echo(_exam_line(found))


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _proctor_line(found: Proctor) -> str:
    codes = "every exam" if found.exam_codes is None else ", ".join(sorted(found.exam_codes))
    return "\t".join([found.email, codes, "disabled" if found.disabled else "enabled"])


def _exam_line(found: Exam) -> str:
    duration = "no time limit" if found.duration_minutes is None else f"{found.duration_minutes} min"
    screen = "screen shared" if found.screen_required else "screen not shared"
    way_in = "by hand or exam app" if found.join_by_hand else "exam app only"
    return "\t".join([found.code, found.title, duration, screen, way_in])
