"""``flask proctor …``: the people who watch exams."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from proctor.audit_tags import AuditTag
from proctor.cli.common import in_words, print_row, record
from proctor.domain import accounts, invitations
from proctor.domain.exam_clock import iso, utc_now
from proctor.domain.passwords import Passwords
from proctor.records import Proctor, ProctorRole
from proctor.settings import origin_of
from proctor.web.services import services

group = AppGroup("proctor", help="Proctors: the people who watch exams.")
from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
role_option = click.option(
    "--role",
    type=click.Choice([role.value for role in ProctorRole]),
    default=ProctorRole.PROCTOR.value,
    show_default=True,
    help="What they may do.",
)
exam_option = click.option(
    "--exam", "exam_codes", multiple=True, metavar="CODE", help="May see this exam only; may be repeated."
)


@group.command("add")
@click.argument("email")
@exam_option
@role_option
@from_stdin
@in_words
def add(email: str, exam_codes: tuple[str, ...], role: str, password_stdin: bool) -> None:
    """Make an account for EMAIL. It may see every exam unless --exam names some."""
    made = accounts.add_proctor(
        email,
        _password(from_stdin=password_stdin),
        exam_codes or None,
        role=ProctorRole(role),
        store=services().store,
        passwords=Passwords(),
        now=utc_now(),
    )
    record(AuditTag.PROCTOR_INVITED, subject=made.email)
    click.echo(f"Added {made.email}.")


@group.command("invite")
@click.argument("email")
@exam_option
@role_option
@in_words
def invite(email: str, exam_codes: tuple[str, ...], role: str) -> None:
    """Make an account for EMAIL and print the link with which they choose their password."""
    made = invitations.invite(email, exam_codes or None, ProctorRole(role), store=services().store, now=utc_now())
    record(AuditTag.PROCTOR_INVITED, subject=made.proctor.email)
    _print_link(made)


@group.command("reset")
@click.argument("email")
@in_words
def reset(email: str) -> None:
    """Take EMAIL's password away and print a link to choose another one."""
    made = invitations.reset(email, store=services().store, now=utc_now())
    record(AuditTag.PROCTOR_RESET, subject=made.proctor.email)
    _print_link(made)


@group.command("list")
@in_words
def list_all() -> None:
    """List all accounts."""
    waiting = services().store.invitations.all(utc_now())
    for found in services().store.proctors.all():
        print_row([found.email, _exams(found), _state(found, found.id in waiting), found.role])


@group.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in ProctorRole]))
@in_words
def set_role(email: str, role: str) -> None:
    """Give EMAIL another ROLE; they are signed out."""
    changed = accounts.set_role(email, ProctorRole(role), store=services().store)
    record(AuditTag.PROCTOR_CHANGED, subject=changed.email)
    click.echo(f"{changed.email} is {changed.role} now.")


@group.command("exams")
@click.argument("email")
@click.argument("codes", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every exam, those to come as well.")
@in_words
def set_exams(email: str, codes: tuple[str, ...], every: bool) -> None:
    """Let EMAIL see the exams CODES and no others; they are signed out."""
    if every == bool(codes):
        raise click.UsageError("Name the codes of exams, or --all.")
    changed = accounts.set_exams(email, None if every else codes, store=services().store)
    record(AuditTag.PROCTOR_CHANGED, subject=changed.email)
    click.echo(f"{changed.email} sees {_exams(changed)}.")


@group.command("disable")
@click.argument("email")
@in_words
def disable(email: str) -> None:
    """Shut EMAIL out at once."""
    changed = accounts.set_disabled(email, True, store=services().store)
    record(AuditTag.PROCTOR_DISABLED, subject=changed.email)
    click.echo(f"Disabled {changed.email}.")


@group.command("enable")
@click.argument("email")
@in_words
def enable(email: str) -> None:
    """Let EMAIL in again."""
    changed = accounts.set_disabled(email, False, store=services().store)
    record(AuditTag.PROCTOR_ENABLED, subject=changed.email)
    click.echo(f"Enabled {changed.email}.")


@group.command("set-password")
@click.argument("email")
@from_stdin
@in_words
def set_password(email: str, password_stdin: bool) -> None:
    """Give EMAIL a new password and sign them out everywhere."""
    store = services().store
    accounts.proctor_of(email, store=store)
    changed = accounts.set_password(email, _password(from_stdin=password_stdin), store=store, passwords=Passwords())
    record(AuditTag.PASSWORD_CHANGED, subject=changed.email)
    click.echo(f"Changed the password of {changed.email}.")


@group.command("sign-out")
@click.argument("email")
@in_words
def sign_out(email: str) -> None:
    """Sign EMAIL out everywhere; their password stays."""
    changed = accounts.sign_out_everywhere(email, store=services().store)
    record(AuditTag.PROCTOR_SIGNED_OUT, subject=changed.email)
    click.echo(f"Signed {changed.email} out.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _print_link(made: invitations.Invited) -> None:
    click.echo(f"{_address()}{made.path}")
    click.echo(f"Give this link to {made.proctor.email}. It works once, until {iso(made.invitation.expires_at)}.")


def _address() -> str:
    """Return where people find our pages: exam apps may call under another name, which only they can reach."""
    settings = services().settings
    for_people = origin_of(settings.frontend_url)
    return for_people if for_people in settings.origins else settings.origins[0]


def _exams(found: Proctor) -> str:
    return "every exam" if found.exam_codes is None else ", ".join(sorted(found.exam_codes))


def _state(found: Proctor, is_invited: bool) -> str:
    if found.disabled:
        return "disabled"
    return "invited" if is_invited else "enabled"
