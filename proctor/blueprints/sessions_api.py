"""The sessions API: sessions with or without an exam, their events, video and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, stream_with_context

from proctor.audit_tags import AuditTag
from proctor.domain import events, permissions, reports, sessions, videos
from proctor.errors import Forbidden, NotFound
from proctor.records import Actor, EndedBy, Event, Permission, Role, Session, Source
from proctor.storage import Bucket
from proctor.store.sessions import SessionFilter
from proctor.web import audit, downloads, report_files, uploads
from proctor.web.endpoint import endpoint
from proctor.web.guard import actor
from proctor.web.lookups import find_session
from proctor.web.services import services
from proctor.wire import answers, bodies, shapes

bp = Blueprint("sessions_api", __name__)
READERS = (Role.PROCTOR, Role.LOCAL)
REPORTERS = (Role.CANDIDATE, Role.PROCTOR, Role.LOCAL)
SOURCES = {Role.PROCTOR: Source.PROCTOR}
ENDERS = {Role.PROCTOR: EndedBy.PROCTOR}
EXPORT_PAGE = 1_000
EXPORT_COLUMNS = ("id", "exam_code", "candidate_identifier", "status", "created_at", "started_at", "ended_at")


@bp.post("/sessions")
@endpoint(
    Role.PROCTOR,
    Role.EXAM_APP,
    body=bodies.NewSession,
    answer=shapes.PlainSession,
    needs=Permission.STEP_IN,
    audit=AuditTag.SESSION_MADE,
)
def create(body: bodies.NewSession) -> shapes.PlainSession:
    """Make a session without an exam."""
    if not permissions.may_make(actor(), None):
        raise Forbidden("Sessions without an exam are for proctors of every exam.")
    s = services()
    made = sessions.create(None, body.candidate_name, weights=s.settings.score_weights, **s.context)
    return answers.plain_session(made)


@bp.get("/sessions")
@endpoint(*READERS, query=bodies.PageQuery, answer=list[shapes.PlainSession])
def list_sessions(query: bodies.PageQuery) -> Response:
    """List sessions, newest first. The header ``Link`` leads to the next page (RFC 8288)."""
    by = actor()
    wanted = SessionFilter(permissions.visible_statuses(by), exam_codes=permissions.visible_exam_codes(by))
    found, cursor = services().store.sessions.page(wanted, query.limit, query.cursor)
    response = make_response([answers.plain_session(session) for session in found])
    if cursor is not None:
        following = urlencode({"limit": query.limit, "cursor": cursor})
        response.headers["Link"] = f'</sessions?{following}>; rel="next"'
    return response


@bp.get("/sessions/<session_id>")
@endpoint(
    *READERS, query=bodies.PageQuery, answer=shapes.PlainSessionWithEvents, errors=(404,), audit=AuditTag.SESSION_VIEWED
)
def get_session(session_id: str, query: bodies.PageQuery) -> shapes.PlainSessionWithEvents:
    """Give a session with its events in time order, a page of them at a time."""
    session = find_session(session_id)
    page, cursor = services().store.events.page(session.id, query.limit, query.cursor)
    return {
        **answers.plain_session(session),
        "events": [answers.plain_event(event) for event in page],
        "next_cursor": cursor,
    }


@bp.post("/sessions/<session_id>/events")
@endpoint(
    *REPORTERS,
    body=bodies.NewEvent,
    takes_list=True,
    answer=shapes.PlainEvent | list[shapes.PlainEvent],
    errors=(404, 409),
    needs=Permission.STEP_IN,
    audit=AuditTag.EVENTS_ADDED,
)
def add_events(
    session_id: str, body: bodies.NewEvent | list[bodies.NewEvent]
) -> shapes.PlainEvent | list[shapes.PlainEvent]:
    """Store an event, or a list of them. An ``id`` that is known answers what is stored, and stores nothing new."""
    given = body if isinstance(body, list) else [body]
    by = actor()
    if by.role is Role.CANDIDATE:
        services().event_rates.take(session_id, len(given))
    told = [event.as_report() for event in given]
    if by.proctor is not None:
        told = [_attributed(report, by) for report in told]
    stored = [answers.plain_event(event) for event in _ingest(session_id, told, by)]
    return stored if isinstance(body, list) else stored[0]


@bp.post("/sessions/<session_id>/end")
@endpoint(
    Role.PROCTOR,
    Role.EXAM_APP,
    body=bodies.Nothing,
    answer=shapes.PlainSession,
    errors=(404,),
    needs=Permission.STEP_IN,
    audit=AuditTag.SESSION_ENDED,
)
def end(session_id: str, body: bodies.Nothing) -> shapes.PlainSession:  # noqa: ARG001 - it has no fields
    """End a session as finished. Where it is over already, it keeps its first end."""
    by = ENDERS.get(actor().role, EndedBy.EXAM_APP)
    return answers.plain_session(sessions.finish(find_session(session_id).id, by, **services().context))


@bp.post("/sessions/<session_id>/video")
@endpoint(
    *REPORTERS,
    upload_field="file",
    answer=shapes.PlainSession,
    errors=(404, 409),
    needs=Permission.STEP_IN,
    audit=AuditTag.VIDEO_ADDED,
)
def add_video(session_id: str) -> shapes.PlainSession:
    """Take a video while it arrives. ``video_status`` says whether it has reached the storage behind."""
    s, session = services(), find_session(session_id)
    videos.check_sender(session, actor(), s.clock())
    return _keep(session, uploads.stream_file("file", max_bytes=s.settings.limits.video_bytes))


@bp.post("/sessions/<session_id>/video/import")
@endpoint(
    *READERS,
    body=bodies.Import,
    answer=shapes.PlainSession,
    errors=(404, 413, 415, 507),
    needs=Permission.STEP_IN,
    audit=AuditTag.VIDEO_ADDED,
)
def import_video(session_id: str, body: bodies.Import) -> shapes.PlainSession:
    """Take a video from the import folder of the server."""
    s, session = services(), find_session(session_id)
    with videos.open_import(s.settings.import_dir, body.filename, s.run_blocking) as opened:
        return _keep(session, opened.chunks)


@bp.get("/sessions/<session_id>/report")
@endpoint(*READERS, answer=shapes.SummaryReport, errors=(404, 507), audit=AuditTag.REPORT_VIEWED)
def report(session_id: str) -> shapes.SummaryReport:
    """Give the session in numbers, and store its HTML report where something changed."""
    session = find_session(session_id)
    report_files.ensure(session, "html")
    return answers.summary(reports.summarise(session, services().clock()))


@bp.get("/sessions/<session_id>/report.csv")
@endpoint(*READERS, media_types=("text/csv",), errors=(404, 507), audit=AuditTag.REPORT_DOWNLOADED)
def report_csv(session_id: str) -> Response:
    """Give summary and events as CSV, and store it."""
    return _report_file(session_id, "csv")


@bp.get("/sessions/<session_id>/report.pdf")
@endpoint(*READERS, media_types=("application/pdf",), errors=(404, 507), audit=AuditTag.REPORT_DOWNLOADED)
def report_pdf(session_id: str) -> Response:
    """Give the report as PDF, and store it."""
    return _report_file(session_id, "pdf")


@bp.get("/videos/<name>")
@endpoint(*READERS, media_types=("video/*",), errors=(404, 416), audit=AuditTag.VIDEO_VIEWED)
def video(name: str) -> Response:
    """Stream a video, or one byte range of it."""
    _session_of_file(name.split(".", 1)[0])
    return downloads.send(services().storage, Bucket.VIDEOS, name)


@bp.get("/evidence/<name>")
@endpoint(Role.PROCTOR, media_types=("image/*", "video/*"), errors=(404, 416), audit=AuditTag.EVIDENCE_VIEWED)
def evidence(name: str) -> Response:
    """Stream a kept picture or clip."""
    _session_of_file(name.split(".", 1)[0])
    return downloads.send(services().storage, Bucket.EVIDENCE, name)


@bp.get("/reports/<name>")
@endpoint(
    *READERS,
    media_types=("text/html", "text/csv", "application/pdf"),
    errors=(404, 416),
    audit=AuditTag.REPORT_DOWNLOADED,
)
def stored_report(name: str) -> Response:
    """Stream a stored report."""
    _session_of_file(name.removeprefix("report_").rsplit(".", 1)[0])
    return downloads.send(services().storage, Bucket.REPORTS, name)


@bp.get("/api/proctor/export.csv")
@endpoint(Role.PROCTOR, query=bodies.ExportQuery, media_types=("text/csv",), audit=AuditTag.SESSIONS_EXPORTED)
def export(query: bodies.ExportQuery) -> Response:
    """Stream one row for each session of an exam, or of all that the proctor may see."""
    visible, statuses = permissions.visible_exam_codes(actor()), permissions.visible_statuses(actor())
    wanted = SessionFilter(statuses, exam_code=query.exam_code or None, exam_codes=visible)
    response = Response(stream_with_context(_export_lines(wanted)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=sessions.csv"
    return response


def _export_lines(wanted: SessionFilter) -> Iterator[str]:
    yield reports.csv_line((*EXPORT_COLUMNS, "integrity_score", "suspicious_events"))
    cursor: str | None = None
    while True:
        page, cursor = services().store.sessions.page(wanted, EXPORT_PAGE, cursor)
        now = services().clock()
        yield "".join(_export_line(session, reports.summarise(session, now)) for session in page)
        if cursor is None:
            return


def _export_line(session: Session, summary: reports.Summary) -> str:
    cells = [getattr(session, column) for column in EXPORT_COLUMNS]
    return reports.csv_line((*cells, summary.score, summary.suspicious_count))


def _attributed(report: events.Report, by: Actor) -> events.Report:
    """Say which proctor reported it: what a payload claims proves nothing."""
    return replace(report, payload={**(report.payload or {}), "by": by.label})


def _ingest(session_id: str, told: list[events.Report], by: Actor) -> list[Event]:
    """Store events of a session that many may be reporting on many times a second."""
    s = services()
    session = s.store.sessions.recent(session_id)
    if session is None or not permissions.may_open(by, session):
        session = find_session(session_id)
    elif by.proctor is not None:
        audit.about(session)
    source = SOURCES.get(by.role, Source.CANDIDATE)
    return events.ingest(session, told, source, most=s.settings.limits.events_per_session, **s.context)


def _keep(session: Session, chunks: Iterator[bytes]) -> shapes.PlainSession:
    s = services()
    kept = videos.keep(
        session,
        chunks,
        max_bytes=s.settings.limits.video_bytes,
        store=s.store,
        storage=s.storage,
        now=s.clock(),
    )
    return answers.plain_session(kept)


def _report_file(session_id: str, kind: str) -> Response:
    session = find_session(session_id)
    name = report_files.ensure(session, kind)
    try:
        return _attachment(name)
    except NotFound:
        # It was cleared away, or kept in another storage.
        report_files.make(session, kind)
        return _attachment(name)


def _attachment(name: str) -> Response:
    return downloads.send(services().storage, Bucket.REPORTS, name, as_attachment=True)


def _session_of_file(session_id: str) -> Session:
    """Return the session that a stored file belongs to, by the name that we gave it."""
    try:
        return find_session(session_id)
    except NotFound as error:
        raise NotFound("There is no such file.") from error
