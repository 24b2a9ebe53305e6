"""``flask sessions …``: deleting what its time is over for, and what a candidate may ask for."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from proctor.audit_tags import AuditTag
from proctor.cli.common import OPERATOR, in_words, print_row, record
from proctor.domain import privacy, retention
from proctor.domain.exam_clock import iso, utc_now
from proctor.errors import NotFound
from proctor.web import candidate_files
from proctor.web.services import services

EVERY = 1_000_000
group = AppGroup("sessions", help="Sessions: retention, deletion and export.")
candidate_option = click.option("--candidate", metavar="NAME", help="Everything about the candidate of this name.")
session_option = click.option("--session", "session_id", metavar="ID", help="One session.")


@group.command("purge")
@click.option("--dry-run", is_flag=True, help="List what would be deleted, and delete nothing.")
@in_words
def purge(dry_run: bool) -> None:
    """Delete the sessions that are past what their exam keeps. The server does so by itself every hour."""
    s, now = services(), utc_now()
    days = s.settings.retention_days
    if dry_run:
        for session in s.store.sessions.past_retention(now, days, EVERY):
            print_row([session.id, session.exam_code or "-", iso(session.ended_at or session.created_at)])
        return
    deleted = 0
    while done := retention.purge(store=s.store, storage=s.storage, now=now, retention_days=days):
        deleted += done
    record(AuditTag.SESSIONS_PURGED, subject=str(deleted))
    click.echo(f"Deleted {deleted} sessions.")


@group.command("delete")
@session_option
@candidate_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_words
def delete(session_id: str | None, candidate: str | None, yes: bool) -> None:
    """Delete one session, or all of a candidate, and print the receipt as JSON."""
    if bool(session_id) == bool(candidate):
        raise click.UsageError("Name --session or --candidate.")
    if not yes:
        click.confirm("This cannot be taken back. Delete it?", abort=True, err=True)
    s, now = services(), utc_now()
    if candidate:
        made = privacy.delete_candidate(candidate, OPERATOR, store=s.store, storage=s.storage, now=now)
    else:
        session = s.store.sessions.get(session_id or "")
        if session is None:
            raise NotFound("There is no such session.")
        made = privacy.delete_session(session, OPERATOR, store=s.store, storage=s.storage, now=now)
    click.echo(json.dumps(privacy.receipt(made.id, store=s.store), indent=2))


@group.command("export")
@click.argument("candidate")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_words
def export(candidate: str, file: Path) -> None:
    """Write everything that is held about CANDIDATE into the zip archive FILE."""
    # Reports are written in the language of a request; here, in that of the settings.
    with current_app.test_request_context():
        pieces = candidate_files.stream(candidate, OPERATOR.name)
        with file.open("wb") as archive:
            archive.writelines(pieces)
    record(AuditTag.CANDIDATE_EXPORTED, subject=privacy.name_hash(candidate.strip()))
    click.echo(f"Wrote {file}.")
