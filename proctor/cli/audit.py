"""``flask audit …``: reading the audit log. Nothing here changes it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from proctor.audit_tags import AuditTag
from proctor.cli.common import in_words, print_row, record
from proctor.domain import audit_export
from proctor.domain.exam_clock import iso
from proctor.store.audit import AuditFilter
from proctor.web.services import services

group = AppGroup("audit", help="The audit log: who saw, took out and did what.")


@group.command("list")
@click.option("--by", default="", help="Of this person only.")
@click.option("--tag", type=click.Choice([tag.value for tag in AuditTag]), help="Of this kind only.")
@click.option("--session", "session_id", default="", metavar="ID", help="About this session only.")
@click.option("--exam", "exam_code", default="", metavar="CODE", help="About this exam only.")
@click.option("--since", type=click.DateTime(), help="From this time on, in UTC.")
@click.option(
    "--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="How many, the latest first."
)
@in_words
def list_some(by: str, tag: str | None, session_id: str, exam_code: str, since: datetime | None, limit: int) -> None:
    """List entries, the latest first."""
    wanted = AuditFilter(
        by=by,
        tag=AuditTag(tag) if tag else None,
        session_id=session_id,
        exam_code=exam_code,
        since=since.replace(tzinfo=UTC) if since else None,
    )
    found, _ = services().store.audit.page(wanted, limit)
    for entry in found:
        about = [entry.session_id or "-", entry.exam_code or "-", entry.subject or "-"]
        print_row([iso(entry.at), entry.by, entry.tag, *about, entry.address or "-"])


@group.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_words
def export(file: Path) -> None:
    """Write the whole log into FILE as CSV."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        for lines in audit_export.csv_pieces(AuditFilter(), store=services().store):
            opened.write(lines)
    record(AuditTag.AUDIT_EXPORTED)
    click.echo(f"Wrote {file}.")
