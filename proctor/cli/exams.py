"""``flask exam …``: exams that candidates sit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import click
from flask.cli import AppGroup

from proctor.audit_tags import AuditTag
from proctor.cli.common import in_words, print_row, record
from proctor.domain import exams
from proctor.domain.exam_clock import utc_now
from proctor.exam_rules import RulesFileError, change_rules
from proctor.records import Exam, Recording, Snapshots
from proctor.web.services import services

group = AppGroup("exam", help="Exams that candidates sit.")
recording_option = click.option(
    "--recording", type=click.Choice([value.value for value in Recording]), help="When candidates are recorded."
)
snapshots_option = click.option(
    "--snapshots", type=click.Choice([value.value for value in Snapshots]), help="Which small pictures are kept."
)
retention_option = click.option("--retention-days", type=int, help="How long sessions are kept after their end.")


@group.command("add")
@click.argument("code")
@click.argument("title")
@click.option("--minutes", type=int, help="How long it lasts; without it there is no time limit.")
@click.option("--screen", is_flag=True, help="Candidates must share their screen.")
@click.option("--no-join-by-hand", is_flag=True, help="Candidates come from an exam app only.")
@recording_option
@snapshots_option
@retention_option
@in_words
def add(code: str, title: str, minutes: int | None, screen: bool, no_join_by_hand: bool, **policy: Any) -> None:
    """Make an exam that candidates join with CODE."""
    draft = exams.Draft(title, minutes, screen_required=screen, join_by_hand=not no_join_by_hand)
    made = exams.add(code, _with_policy(draft, policy), store=services().store, now=utc_now())
    record(AuditTag.EXAM_MADE, exam_code=made.code)
    click.echo(f"Added {made.code}.")


@group.command("edit")
@click.argument("code")
@click.option("--title")
@click.option("--minutes", type=int, help="How long it lasts; 0 means without a time limit.")
@click.option("--screen/--no-screen", default=None, help="Whether candidates must share their screen.")
@click.option("--join-by-hand/--no-join-by-hand", default=None, help="Whether candidates may come by themselves.")
@recording_option
@snapshots_option
@retention_option
@click.option(
    "--origin", "origins", multiple=True, metavar="ORIGIN", help="Site to send candidates to; may be repeated."
)
@click.option(
    "--consent", type=click.File(encoding="utf-8"), help="Text that candidates agree to as well; - for input."
)
@click.option("--threshold", "thresholds", multiple=True, metavar="NAME=VALUE", help="How sure the detection must be.")
@in_words
def edit(
    code: str,
    title: str | None,
    minutes: int | None,
    screen: bool | None,
    join_by_hand: bool | None,
    origins: tuple[str, ...],
    consent: TextIO | None,
    thresholds: tuple[str, ...],
    **policy: Any,
) -> None:
    """Change the exam CODE for sessions to come; what is not named stays."""
    policy["thresholds"] = dict(map(_number, thresholds)) or None
    draft = exams.draft_of(exams.of_code(code, store=services().store))
    draft = replace(
        draft,
        title=draft.title if title is None else title,
        duration_minutes=draft.duration_minutes if minutes is None else minutes or None,
        screen_required=draft.screen_required if screen is None else screen,
        join_by_hand=draft.join_by_hand if join_by_hand is None else join_by_hand,
        origins=origins or draft.origins,
        consent_addition=draft.consent_addition if consent is None else consent.read(),
    )
    exams.edit(code, _with_policy(draft, policy), store=services().store)
    record(AuditTag.EXAM_CHANGED, exam_code=code)
    click.echo(f"Changed {code}.")


@group.command("rules")
@click.argument("code")
@click.argument("file", type=click.Path(path_type=Path))
@in_words
def set_rules(code: str, file: Path) -> None:
    """Judge the sessions of the exam CODE by the rules and weights in FILE (see docs/rules.md)."""
    try:
        change_rules(code, file, store=services().store)
    except RulesFileError as error:
        raise click.ClickException(str(error)) from error
    record(AuditTag.EXAM_CHANGED, exam_code=code)
    click.echo(f"The sessions of {code} are judged by these rules from now on.")


@group.command("archive")
@click.argument("code")
@click.option("--undo", is_flag=True, help="Take candidates again.")
@in_words
def archive(code: str, undo: bool) -> None:
    """Let no more candidates join the exam CODE. Its sessions stay."""
    exams.archive(code, not undo, store=services().store, now=utc_now())
    record(AuditTag.EXAM_UNARCHIVED if undo else AuditTag.EXAM_ARCHIVED, exam_code=code)
    click.echo(f"{code} takes candidates again." if undo else f"Archived {code}.")


@group.command("list")
@in_words
def list_all() -> None:
    """List all exams."""
    for found in services().store.exams.all():
        print_row(_cells(found))


def _with_policy(draft: exams.Draft, given: dict[str, Any]) -> exams.Draft:
    kinds = {"recording": Recording, "snapshots": Snapshots, "retention_days": int, "thresholds": dict}
    named = {name: kinds[name](value) for name, value in given.items() if value is not None}
    return replace(draft, policy=replace(draft.policy, **named))


def _number(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not of the form NAME=VALUE.") from error


def _cells(found: Exam) -> list[str]:
    duration = "no time limit" if found.duration_minutes is None else f"{found.duration_minutes} min"
    screen = "screen shared" if found.screen_required else "screen not shared"
    way_in = "by hand or exam app" if found.join_by_hand else "exam app only"
    recorded = f"recording {found.policy.recording}"
    return [found.code, found.title, duration, screen, way_in, recorded, *(["archived"] if found.archived_at else [])]
