"""The audit log: read, filtered and taken out. No route changes an entry."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, stream_with_context

from proctor.audit_tags import AuditEntry, AuditTag
from proctor.domain import audit_export, privacy
from proctor.domain.exam_clock import iso
from proctor.errors import InvalidInput
from proctor.records import Permission, Role
from proctor.store.audit import AuditFilter
from proctor.web import audit
from proctor.web.admin_pages import AuditPage, AuditRow
from proctor.web.endpoint import page
from proctor.web.services import services

bp = Blueprint("admin_audit", __name__, url_prefix="/proctor/admin")
ROWS = 100
FIELDS = ("by", "tag", "session", "exam", "since", "until")
MAX_CHARS = 254


@bp.get("/audit")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.AUDIT_VIEWED)
def show() -> str:
    """Show the latest entries, or those that the query asks for."""
    s, values = services(), _given()
    found, cursor = s.store.audit.page(_wanted(values), ROWS, request.args.get("cursor") or None)
    shown = AuditPage(
        rows=[_row(entry) for entry in found],
        tags=list(AuditTag),
        exams=[exam.code for exam in s.store.exams.all()],
        query=urlencode(values),
        next_query=urlencode(values | {"cursor": cursor}) if cursor else None,
        values=values,
    )
    return render_template("proctor/admin/audit.html", page=shown)


@bp.get("/audit.csv")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.AUDIT_EXPORTED)
def export() -> Response:
    """Stream what the query asks for as CSV."""
    values = _given()
    pieces = audit_export.csv_pieces(_wanted(values), store=services().store)
    audit.about(details={"filter": values})
    response = Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=audit.csv"
    return response


def _given() -> dict[str, str]:
    return {name: value for name in FIELDS if (value := request.args.get(name, "").strip()[:MAX_CHARS])}


def _wanted(values: dict[str, str]) -> AuditFilter:
    if "\x00" in "".join(values.values()):
        raise InvalidInput("This cannot be searched for.")
    return AuditFilter(
        by=values.get("by", ""),
        tag=_tag(values.get("tag", "")),
        session_id=values.get("session", ""),
        exam_code=values.get("exam", ""),
        since=_day(values, "since"),
        until=_day(values, "until", behind=timedelta(days=1)),
    )


def _tag(name: str) -> AuditTag | None:
    try:
        return AuditTag(name) if name else None
    except ValueError as error:
        raise InvalidInput("There is nothing of this kind.", errors={"tag": ["Choose one of the list."]}) from error


def _day(values: dict[str, str], name: str, behind: timedelta = timedelta()) -> datetime | None:
    """Return the beginning of the day in UTC, by which the log is kept, or what lies so far ``behind`` it."""
    try:
        day = date.fromisoformat(values[name]) if name in values else None
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + behind if day else None
    except (OverflowError, ValueError) as error:
        raise InvalidInput("This is no day.", errors={name: ["Write it like 2030-01-31."]}) from error


def _row(entry: AuditEntry) -> AuditRow:
    has_receipt = entry.tag in privacy.RECEIPTS
    return AuditRow(
        at=iso(entry.at),
        by=entry.by,
        role=entry.role,
        tag=entry.tag,
        session_id=entry.session_id,
        exam_code=entry.exam_code,
        subject=entry.subject,
        address=entry.address,
        details="" if has_receipt or not entry.details else json.dumps(entry.details, ensure_ascii=False),
        receipt_id=entry.id if has_receipt else None,
    )
