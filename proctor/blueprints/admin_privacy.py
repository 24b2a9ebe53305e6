"""What a candidate may ask for: what is held about them as a file, and that it is deleted, with a receipt."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from proctor.audit_tags import AuditEntry, AuditTag
from proctor.domain import consents, privacy
from proctor.domain.exam_clock import iso
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.records import Permission, Role
from proctor.web import audit, candidate_files
from proctor.web.admin_pages import ConsentPage, PrivacyPage, ReceiptPage
from proctor.web.endpoint import page
from proctor.web.guard import actor
from proctor.web.services import services

bp = Blueprint("admin_privacy", __name__, url_prefix="/proctor")
MAX_NAME_CHARS = 200


@bp.get("/admin/privacy")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def show() -> str:
    """Ask whose data it is about, and list what there is."""
    return _held(_name(request.args.get("candidate", "")))


@bp.get("/admin/privacy/export.zip")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.CANDIDATE_EXPORTED)
def export() -> Response:
    """Stream everything that is held about a candidate."""
    name = _name(request.args.get("candidate", ""))
    pieces = candidate_files.stream(name, actor().label)
    audit.about(subject=privacy.name_hash(name))
    response = Response(stream_with_context(pieces), content_type="application/zip")
    response.headers["Content-Disposition"] = "attachment; filename=candidate.zip"
    return response


@bp.post("/admin/privacy/delete")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def delete() -> ResponseReturnValue:
    """Delete one session of a candidate, or all of them, once their name has been typed."""
    name, session_id = _name(request.form.get("candidate", "")), request.form.get("session_id", "")
    try:
        privacy.check_confirmation(request.form.get("confirmation", ""), name)
        receipt = _delete(name, session_id)
    except (Conflict, InvalidInput, NotFound) as error:
        return _held(name, error), error.status
    return render_template("proctor/admin/receipt.html", page=_receipt_page(receipt))


@bp.get("/admin/privacy/receipts/<receipt_id>.json")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.RECEIPT_DOWNLOADED)
def receipt(receipt_id: str) -> Response:
    """Give the receipt of a deletion."""
    told = privacy.receipt(receipt_id, store=services().store)
    audit.about(subject=receipt_id)
    response = Response(json.dumps(told, indent=2), content_type="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename=receipt-{told['receipt']}.json"
    return response


@bp.get("/consents/<consent_id>")
@page(Role.PROCTOR)
def consent(consent_id: str) -> str:
    """Show words that candidates agreed to."""
    found = consents.get(consent_id, store=services().store)
    shown = ConsentPage(consent=found, lines=found.text.split("\n"), first_shown_at=iso(found.first_shown_at))
    return render_template("proctor/consent.html", page=shown)


def _name(given: str) -> str:
    name = given.strip()
    if len(name) > MAX_NAME_CHARS or "\x00" in name:
        raise InvalidInput("This is no name.", errors={"candidate": [f"Up to {MAX_NAME_CHARS} characters."]})
    return name


def _delete(name: str, session_id: str) -> AuditEntry:
    s, by = services(), audit.by(actor())
    if not session_id:
        return privacy.delete_candidate(name, by, store=s.store, storage=s.storage, now=s.clock())
    session = s.store.sessions.get(session_id)
    if session is None or session.candidate_identifier != name:
        raise NotFound("There is no such session of this candidate.")
    return privacy.delete_session(session, by, store=s.store, storage=s.storage, now=s.clock())


def _held(name: str, error: Conflict | InvalidInput | NotFound | None = None) -> str:
    store = services().store
    typed = {field: request.form.get(field, "") for field in ("confirmation", "session_id")}
    shown = PrivacyPage(
        candidate=name,
        sessions=privacy.sessions_of(name, store=store) if name else [],
        accommodations=store.accommodations.of_candidate(name) if name else [],
        values={"candidate": name} | typed,
        errors=(error.errors if error else None) or {},
        problem=error.detail if error else None,
    )
    return render_template("proctor/admin/privacy.html", page=shown)


def _receipt_page(entry: AuditEntry) -> ReceiptPage:
    told: dict[str, Any] = privacy.receipt(entry.id, store=services().store)
    parts = told.get("sessions", [told])
    return ReceiptPage(
        receipt_id=entry.id,
        deleted_at=iso(entry.at),
        session_count=len(parts),
        file_count=sum(len(part["files"]) for part in parts),
        document_count=sum(sum(part["counts"].values()) for part in parts),
    )
