"""Verdicts: what people make of a session after its end, by one table of legal changes; and who must look next."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from proctor.domain import score
from proctor.domain.exam_clock import iso
from proctor.domain.live import Live
from proctor.errors import Conflict, Forbidden, InvalidInput, NotFound
from proctor.records import (
    Decision,
    EventId,
    FlagState,
    ProctorId,
    Review,
    Session,
    SessionId,
    Severity,
    Status,
    Verdict,
)
from proctor.store import Store
from proctor.store.verdicts import NEEDS_NONE, QueueFilter

MAX_TRIES = 8
MAX_DECISIONS = 100
"""A verdict that has changed so often is decided elsewhere; the session's document must not grow without end."""

DECIDED = frozenset({Verdict.CLEAR, Verdict.SUSPICIOUS, Verdict.VIOLATION})
CHANGES: Mapping[Verdict, frozenset[Verdict]] = {
    Verdict.UNREVIEWED: DECIDED | {Verdict.SECOND_REVIEW},
    Verdict.SECOND_REVIEW: DECIDED,
    Verdict.CLEAR: frozenset({Verdict.UNREVIEWED}),
    Verdict.SUSPICIOUS: frozenset({Verdict.UNREVIEWED}),
    Verdict.VIOLATION: frozenset({Verdict.UNREVIEWED}),
}
"""What a verdict may become. Whoever changes their mind reopens it first, and says why."""

RANKED_AT_ONCE = 100
RANKED_IN_A_ROW = 20
WAITING = frozenset({Verdict.UNREVIEWED, Verdict.SECOND_REVIEW})
LAST_RANK = 999


@dataclass(frozen=True, slots=True)
class Wish:
    """A change that a reviewer asks for. ``id`` is made by their page, so that sending it twice does it once.

    ``seen`` is how many decisions they knew of; None where they did not say.
    """

    verdict: Verdict
    comment: str | None = None
    id: str | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many sessions wait for somebody's review."""

    unreviewed: int
    second_review: int


def decide(
    session_id: SessionId, wish: Wish, by_id: ProctorId, by: str, *, store: Store, live: Live, now: datetime
) -> Session:
    """Change a session's verdict and return the session with it; a repeat of the same ``wish.id`` changes nothing.

    Raises ``InvalidInput`` without a comment where one is needed, ``Forbidden`` for a second review by whoever asked
    for it, ``Conflict`` for a session that still runs, a change that the table has not, or one decided meanwhile.
    """
    decision_id = EventId(wish.id or str(uuid.uuid4()))
    for _ in range(MAX_TRIES):
        session = store.sessions.get(session_id)
        if session is None:
            raise NotFound("There is no such session.")
        if any(known.id == decision_id for known in session.review.history):
            return session
        check(session, wish, by_id)
        decision = Decision(decision_id, session.review.verdict, wish.verdict, by, by_id, now, wish.comment)
        changed = store.verdicts.add(session_id, followed_by(session.review, decision), decision)
        if changed is not None:
            live.session_changed(changed)
            return changed
    raise Conflict("Others are deciding about this session right now. Please look again.")


def check(session: Session, wish: Wish, by_id: ProctorId) -> None:
    """Raise where ``by_id`` may not change the session's verdict like this; see ``decide``."""
    review = session.review
    if session.is_live:
        raise Conflict("This session is not over yet: its review begins after its end.")
    if wish.seen is not None and wish.seen != len(review.history):
        raise Conflict(f"Somebody else has decided meanwhile: it is {in_words(review.verdict)} now.")
    if wish.verdict not in CHANGES[review.verdict]:
        raise Conflict(f"The verdict is {in_words(review.verdict)} and cannot become {in_words(wish.verdict)}.")
    if len(review.history) >= MAX_DECISIONS:
        raise Conflict("This verdict has been changed too often to be changed once more.")
    if wish.verdict in DECIDED and by_id == review.asked_by:
        raise Forbidden("You asked for a second review, so somebody else must decide.")
    if wish.verdict is not Verdict.CLEAR and not wish.comment:
        raise InvalidInput("Say why.", errors={"comment": ["Everything but clear needs a comment."]})


def possible(session: Session, by_id: ProctorId) -> list[Verdict]:
    """Return what this person may change the verdict to, in the order of the list of verdicts."""
    if session.is_live:
        return []
    ways = CHANGES[session.review.verdict]
    barred = DECIDED if by_id == session.review.asked_by else frozenset()
    return [verdict for verdict in Verdict if verdict in ways - barred]


def followed_by(review: Review, decision: Decision) -> Review:
    """Return ``review`` with one more decision. Who once asked for a second reviewer stays remembered."""
    asked_by = decision.by_id if decision.verdict is Verdict.SECOND_REVIEW else review.asked_by
    history = (*review.history, decision)
    return replace(review, verdict=decision.verdict, history=history, asked_by=asked_by)


def in_words(verdict: Verdict) -> str:
    """Return the verdict as it stands in a sentence."""
    return verdict.replace("_", " ")


def waiting_for(by_id: ProctorId, exam_codes: Collection[str] | None, *, store: Store) -> Waiting:
    """Return how many sessions of these exams (None: of all) wait for this person."""

    def count(verdict: Verdict) -> int:
        wanted = QueueFilter({verdict}, exam_codes=exam_codes)
        # Those that somebody asked a second review of are few, and what an index leaves out is slow to count.
        return store.verdicts.count(wanted) - store.verdicts.count(replace(wanted, asked_by=by_id))

    return Waiting(count(Verdict.UNREVIEWED), count(Verdict.SECOND_REVIEW))


def rank_changed(*, store: Store) -> None:
    """Give sessions that ended, or changed since, their place among those that wait.

    Safe in several workers at once: a place follows from the session and its flags alone.
    """
    for _ in range(RANKED_IN_A_ROW):
        changed = store.verdicts.unranked(RANKED_AT_ONCE)
        for session in changed:
            store.verdicts.rank(session, place_of(session, worst_flag(session, store=store)))
        if len(changed) < RANKED_AT_ONCE:
            return


def worst_flag(session: Session, *, store: Store) -> Severity | None:
    """Return the highest severity among the flags that stand, handled or not."""
    stand = (FlagState.OPEN, FlagState.ACKNOWLEDGED)
    severities = [flag.severity for flag in store.flags.of_session(session.id) if flag.state in stand]
    return max(severities, key=lambda severity: severity.rank, default=None)


def place_of(session: Session, worst: Severity | None) -> str:
    """Return where an ended session stands: the worst flag first, then the lowest score, then the longest wait.

    An exam that was handed in and never seen counts like the worst flag. Where nobody came there is nothing to review.
    """
    if session.status is Status.EXPIRED or session.ended_at is None:
        return NEEDS_NONE
    if was_unmonitored(session):
        worst = Severity.HIGH
    risk = (0 if worst is None else worst.rank + 1) * 200 + 100 - score.of_session(session)
    return f"{LAST_RANK - risk:03d} {iso(session.ended_at)} {session.id}"


def was_unmonitored(session: Session) -> bool:
    """True where an exam was handed in whose candidate never let themselves be seen."""
    return session.exam_id is not None and session.status is Status.FINISHED and session.started_at is None
