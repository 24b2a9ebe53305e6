"""Making sessions, finding them, and the candidate's way through them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from proctor.domain import accommodations, events, lifecycle, permissions
from proctor.domain.live import Live
from proctor.errors import Conflict, NotFound
from proctor.records import (
    Accommodation,
    Actor,
    EndedBy,
    Event,
    Exam,
    ExamId,
    Permission,
    Policy,
    Recording,
    Session,
    SessionId,
    Source,
    Status,
)
from proctor.store import Store

CLAIM_OUTLIVES_END = timedelta(hours=25)
"""An hour longer than anything may come in late, so that who is too late hears so."""
MAX_TRIES = 8


class OpenedElsewhere(Conflict):
    """The session is claimed by another browser."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A session in the hands of one browser; ``token`` is what that browser keeps."""

    session: Session
    token: str


def new_handle(session_id: str) -> str:
    """Return the name of a session in addresses that candidates see; the id cannot be computed from it."""
    return hashlib.sha256(f"handle:{session_id}".encode()).hexdigest()[:24]


def new_id() -> SessionId:
    """Return an id for a new session: whoever knows it may open it, once."""
    return SessionId(str(uuid.uuid4()))


def create(
    exam: Exam | None,
    candidate_identifier: str,
    session_id: SessionId | None = None,
    *,
    weights: Mapping[str, int],
    store: Store,
    live: Live,
    now: datetime,
) -> Session:
    """Store and return a new session of ``exam``, or of no exam. ``weights`` count where the exam has none.

    What was granted to this candidate before they came holds from the start. Raises ``Conflict`` for an archived exam.
    """
    granted = accommodations.for_session(exam, candidate_identifier, store=store)
    session = made(exam, candidate_identifier, session_id or new_id(), granted, weights=weights, now=now)
    store.sessions.add(session)
    live.session_changed(session)
    return session


def made(
    exam: Exam | None,
    candidate_identifier: str,
    session_id: SessionId,
    granted: Accommodation | None,
    *,
    weights: Mapping[str, int],
    now: datetime,
) -> Session:
    """Return a session as it is when it is new. Raises ``Conflict`` for an archived exam."""
    if exam is not None and exam.archived_at is not None:
        raise Conflict(f"The exam {exam.code!r} is archived and takes no more candidates.")
    extra = accommodations.extra_minutes(exam, granted)
    return Session(
        id=session_id,
        handle=new_handle(session_id),
        room_name=f"{exam.code if exam else 'session'}-{session_id[:8]}",
        exam_id=exam.id if exam else None,
        exam_code=exam.code if exam else None,
        exam_title=exam.title if exam else None,
        duration_minutes=exam.duration_minutes + extra if exam and exam.duration_minutes else None,
        extra_minutes=extra,
        accommodations=granted.rules if granted else {},
        screen_required=exam.screen_required if exam else False,
        candidate_identifier=candidate_identifier,
        status=Status.CREATED,
        created_at=now,
        weights=weights if exam is None or exam.weights is None else exam.weights,
        rules=exam.rules if exam else {},
        policy=exam.policy if exam else Policy(recording=Recording.OFF),
    )


def exam_of_code(code: str, *, store: Store) -> Exam:
    """Return the exam with this code; raise ``NotFound`` where there is none."""
    exam = store.exams.get_by_code(code)
    if exam is None:
        raise NotFound(f"There is no exam with the code {code!r}.")
    return exam


def exam_of_id(exam_id: str, *, store: Store) -> Exam:
    """Return the exam with this id; raise ``NotFound`` where there is none."""
    exam = store.exams.get(ExamId(exam_id))
    if exam is None:
        raise NotFound("There is no exam with this id.")
    return exam


def get(session_id: str, actor: Actor, *, store: Store) -> Session:
    """Return the session if ``actor`` may open it.

    Raises ``NotFound`` where it is none of theirs, whether or not it exists, and ``Forbidden`` for a proctor who may
    see it only when it is over.
    """
    session = store.sessions.get(session_id)
    if session is None or not permissions.may_open(actor, session):
        raise NotFound("There is no such session.")
    if session.is_live:
        permissions.check(actor, Permission.WATCH)
    return session


def change(
    session_id: str, compute: Callable[[Session], Session], *, store: Store, action: Event | None = None
) -> tuple[Session, bool]:
    """Store what ``compute`` makes of the session as it is now; return the session and whether anything changed.

    Where someone else changes the session in between, the new state is read and computed from anew, so ``compute``
    decides on the state that its result replaces. It returns its argument where there is nothing to change.
    Raises what ``compute`` raises, and ``NotFound``.
    """
    for _ in range(MAX_TRIES):
        session = store.sessions.get(session_id)
        if session is None:
            raise NotFound("There is no such session.")
        changed = compute(session)
        if changed is session:
            return session, False
        stored = store.sessions.change(changed, action)
        if stored is not None:
            if not stored.is_live:
                store.snapshots.drop(stored.id)
            return stored, True
    raise Conflict("The session is being changed by others. Please try again.")


def claim(
    session_id: str,
    claim_id: str | None,
    *,
    consent_version: str,
    return_url: str | None,
    secret_key: str,
    store: Store,
    live: Live,
    now: datetime,
) -> Claim:
    """Give the session to one browser: the first that asks, until a proctor releases it.

    ``claim_id`` is made by the page. The same browser asking again with it gets the same claim, so an answer lost
    on the way locks nobody out.

    Raises:
        NotFound: there is no such session.
        OpenedElsewhere: another browser has it; the proctors are told.
        Conflict: the session is over.
    """
    agreed = store.consents.get_by_version(consent_version)
    token = _claim_token(session_id, claim_id or secrets.token_urlsafe(32), secret_key)

    def compute(session: Session) -> Session:
        if not session.is_live:
            raise Conflict("This exam session is over.")
        if holds_claim(session, token, now):
            return session
        if session.claim_hash is not None:
            raise OpenedElsewhere("This exam is already open in another browser or on another device.")
        joined = lifecycle.join(session) if session.status is Status.CREATED else session
        return replace(
            joined,
            claim_hash=_hash(token),
            return_url=return_url,
            consent_version=consent_version,
            consent_hash=agreed.id if agreed else None,
            consented_at=now,
        )

    try:
        session, is_new = change(session_id, compute, store=store)
    except OpenedElsewhere:
        events.record(session_id, "second_claim", Source.SYSTEM, store=store, live=live, now=now)
        raise
    if is_new:
        live.session_changed(session)
        events.record(session_id, "candidate_joined", Source.SYSTEM, store=store, live=live, now=now)
    return Claim(session, token)


def holds_claim(session: Session, token: str | None, now: datetime) -> bool:
    """True where ``token`` is the session's claim; it lapses ``CLAIM_OUTLIVES_END`` after the session's end."""
    if token is None or session.claim_hash is None:
        return False
    if session.ended_at is not None and now > session.ended_at + CLAIM_OUTLIVES_END:
        return False
    return hmac.compare_digest(session.claim_hash, _hash(token))


def begin(session_id: SessionId, *, store: Store, live: Live, now: datetime) -> Session:
    """Start the exam's clock: camera and microphone are on. Where it has begun already, nothing changes."""

    def compute(session: Session) -> Session:
        has_begun = session.status in {Status.IN_PROGRESS, Status.PAUSED}
        return session if has_begun else lifecycle.begin(session, now)

    session, is_new = change(session_id, compute, store=store)
    if is_new:
        live.session_changed(session)
        events.record(session_id, "exam_started", Source.SYSTEM, store=store, live=live, now=now)
    return session


def finish(session_id: str, by: EndedBy, *, store: Store, live: Live, now: datetime) -> Session:
    """End the session as finished. Where it is over already, it stays as it ended."""
    return end(session_id, Status.FINISHED, by, store=store, live=live, now=now)


def end(session_id: str, status: Status, by: EndedBy, *, store: Store, live: Live, now: datetime) -> Session:
    """End the session in ``status`` unless it is over already; return it as it then is."""

    def compute(session: Session) -> Session:
        return lifecycle.end(session, status, by, now) if session.is_live else session

    session, is_new = change(session_id, compute, store=store)
    if is_new:
        live.session_changed(session)
        source = Source.EXAM_APP if by is EndedBy.EXAM_APP else Source.SYSTEM
        payload = {"status": str(status), "ended_by": str(by)}
        events.record(session_id, "session_ended", source, payload=payload, store=store, live=live, now=now)
    return session


def release(session_id: SessionId, by: Actor, *, store: Store, live: Live, now: datetime) -> Session:
    """Take the session from its browser, so that the candidate can go on with another one."""

    def compute(session: Session) -> Session:
        if not session.is_live:
            raise Conflict("This session is over.")
        return replace(session, claim_hash=None)

    session, _ = change(session_id, compute, store=store)
    live.claim_released(session_id)
    live.session_changed(session)
    payload = {"by": by.label}
    events.record(session_id, "claim_released", Source.PROCTOR, payload=payload, store=store, live=live, now=now)
    return session


def _claim_token(session_id: str, claim_id: str, secret_key: str) -> str:
    return hmac.new(secret_key.encode(), f"claim:{session_id}:{claim_id}".encode(), hashlib.sha256).hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
