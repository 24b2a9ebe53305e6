"""``flask accommodations …``: what is made easier for single candidates."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from proctor.audit_tags import AuditTag
from proctor.cli.common import OPERATOR, in_words, print_row, record
from proctor.domain import accommodations
from proctor.domain.exam_clock import utc_now
from proctor.records import Accommodation
from proctor.web.services import services

group = AppGroup("accommodations", help="What is made easier for single candidates.")


@group.command("set")
@click.argument("exam_code")
@click.argument("candidate")
@click.option("--off", multiple=True, metavar="RULE", help="Switch a rule off; may be repeated.")
@click.option("--stretch", multiple=True, metavar="RULE=TIMES", help="Give a rule more time; may be repeated.")
@click.option("--extra-percent", type=int, default=0, help="So much longer, of the exam's duration.")
@click.option("--extra-minutes", type=int, default=0, help="So many minutes longer.")
@click.option("--remove", is_flag=True, help="Take everything back instead.")
@in_words
def set_one(
    exam_code: str,
    candidate: str,
    off: tuple[str, ...],
    stretch: tuple[str, ...],
    remove: bool,
    **extra: int,
) -> None:
    """Make the exam EXAM_CODE easier for CANDIDATE, from the next time that they join."""
    store = services().store
    if remove:
        accommodations.withdraw(exam_code, candidate, store=store)
    else:
        relief = {rule: {"off": True} for rule in off} | dict(map(_stretched, stretch))
        accommodations.grant(exam_code, candidate, relief, by=OPERATOR.name, store=store, now=utc_now(), **extra)
    record(AuditTag.ACCOMMODATED, exam_code=exam_code)
    click.echo("Taken back." if remove else f"This holds when {candidate} joins {exam_code}.")


@group.command("list")
@click.option("--exam", "exam_code", metavar="CODE", help="Of this exam only.")
@in_words
def list_all(exam_code: str | None) -> None:
    """List what is granted."""
    for found in services().store.accommodations.all(exam_code):
        print_row([found.exam_code, found.candidate_identifier, _words(found), found.granted_by])


def _stretched(text: str) -> tuple[str, dict[str, Any]]:
    rule, _, times = text.partition("=")
    try:
        return rule, {"stretch": float(times)}
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not of the form RULE=TIMES.") from error


def _words(found: Accommodation) -> str:
    eased = [
        f"{rule} off" if "off" in relief else f"{rule} x{relief['stretch']:g}" for rule, relief in found.rules.items()
    ]
    longer = [f"+{found.extra_percent} %"] if found.extra_percent else []
    return ", ".join([*eased, *longer, *([f"+{found.extra_minutes} min"] if found.extra_minutes else [])])
