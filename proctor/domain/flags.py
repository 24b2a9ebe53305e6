"""Flags as they are raised, shown and handled. Judging is safe in several workers at once: each change is made once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from proctor.conditions import ENDS, types_of
from proctor.domain import events, rules
from proctor.domain.live import Live
from proctor.domain.rules import Judgement, Rule
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.records import Actor, Event, EventId, Flag, FlagState, Session, SessionId, Snapshots, Source
from proctor.store import Store
from proctor.store.conditions import Due, Settled
from proctor.store.events import Window

log = logging.getLogger(__name__)
AT_A_TIME = 100
JUDGED_FIELDS = ("timestamp", "received_at", "seq", "payload.confidence")
MAX_TRIES = 8
HANDLED = {FlagState.ACKNOWLEDGED: "flag_acknowledged", FlagState.DISMISSED: "flag_dismissed"}
"""What a proctor can make of a flag, and the event that keeps who did so and why."""


@dataclass(frozen=True, slots=True)
class Handling:
    """What a proctor makes of a flag. ``id`` is made by the console, so that sending it twice does it once."""

    state: FlagState
    id: str | None = None
    reason: str | None = None


def judge_due(*, store: Store, live: Live, now: datetime) -> int:
    """Judge what is due, write what changed, and tell the consoles; return how many conditions were judged.

    Every change of a flag is written on top of the judgement it replaces, by one worker of those that may try. Where
    something was reported while this one judged, its judgement may be of yesterday, and so it judges once more. What
    is settled is counted: whoever breaks off before that leaves it due, and the next one finds flags uncounted.
    """
    store.event_writer.wake_conditions()
    due = store.conditions.due(now, AT_A_TIME)
    if not due:
        return 0
    found = store.sessions.get_many({one.session_id for one in due})
    judged = _judged(due, found, store=store, now=now)
    changed = _write(due, judged, found, store=store, now=now)
    _announce(due, changed, found, store=store, live=live)
    settled = [Settled(one, judged[one].due_at, judged[one].settled_at) for one in due]
    if store.conditions.settle(settled) < len(settled):
        store.conditions.judge_again([one for one in due if changed.get(one)])
    return len(due)


def handle(
    session: Session, flag_id: str, handling: Handling, by: Actor, *, store: Store, live: Live, now: datetime
) -> Flag:
    """Acknowledge or dismiss a flag, once for each ``handling.id``; return it as it then is.

    The points of a dismissed flag's events come back. Raises ``NotFound``, ``InvalidInput`` for a dismissal without a
    reason, and ``Conflict`` for a flag that was withdrawn.
    """
    if handling.state is FlagState.DISMISSED and not handling.reason:
        raise InvalidInput("Say why you dismiss it.", errors={"reason": ["A dismissal needs a reason."]})
    flag = store.flags.get(session.id, flag_id)
    if flag is None:
        raise NotFound("There is no such flag.")
    if handling.id and store.events.get_many(session.id, [EventId(handling.id)]):
        return flag
    handled = store.flags.handle(flag.id, handling.state, by.label, handling.reason, now)
    if handled is None:
        raise Conflict("This flag was withdrawn: events that came late showed that it did not last so long.")
    payload = {"by": by.label, "flag_id": flag.id, "rule_id": flag.rule_id}
    report = events.Report(HANDLED[handling.state], handling.id, handling.reason, payload)
    events.keep(session, report, Source.PROCTOR, store=store, live=live, now=now)
    live.flags_changed(count(session.id, store=store), [handled])
    return handled


def accommodate(
    session: Session, accommodations: Mapping[str, Any], by: Actor, *, store: Store, live: Live, now: datetime
) -> Session:
    """Replace what is made easier for this candidate, and judge the session anew.

    Flags that would not have been raised are withdrawn. Raises ``InvalidInput`` by rule.
    """
    rules.check_accommodations(accommodations)
    changed = store.sessions.set_accommodations(session.id, accommodations)
    if changed is None:
        raise NotFound("There is no such session.")
    payload = {"by": by.label, "accommodations": dict(accommodations)}
    events.record(session.id, "accommodated", Source.PROCTOR, payload=payload, store=store, live=live, now=now)
    store.conditions.judge_anew(session.id, changed.counts)
    live.flags_changed(changed, [])
    return changed


def change_exam_rules(
    exam_code: str, changes: Mapping[str, Any], weights: Mapping[str, int] | None, *, store: Store
) -> None:
    """Give an exam other rules, and other weights where given, and judge and score its sessions anew.

    Raises ``NotFound`` for an unknown exam and ``InvalidInput`` by rule.
    """
    exam = store.exams.get_by_code(exam_code)
    if exam is None:
        raise NotFound(f"There is no exam with the code {exam_code!r}.")
    rules.check_changes(changes)
    changed = replace(exam, rules=changes, weights=exam.weights if weights is None else weights)
    store.exams.put(changed)
    store.sessions.set_exam_rules(exam_code, changed.weights, changes)
    for session_id in store.sessions.ids_of_exam(exam_code):
        store.conditions.judge_anew(session_id)


def open_in_hall(exam_codes: Collection[str] | None, limit: int, *, store: Store) -> list[Flag]:
    """Return the latest flags that nobody has handled in live sessions of these exams, of all for None."""
    return store.flags.open_of(store.sessions.flagged_ids(exam_codes), limit)


def count(session_id: SessionId, *, store: Store) -> Session:
    """Count the session's flags anew and return the session with the numbers in it."""
    for _ in range(MAX_TRIES):
        session = store.sessions.get(session_id)
        if session is None:
            raise NotFound("There is no such session.")
        counted = store.sessions.set_flags(session_id, store.flags.summary(session_id, session.flags.seq))
        if counted is not None:
            return counted
    raise Conflict("The flags of this session are being changed by others. Please try again.")


def _judged(
    due: Sequence[Due], found: Mapping[SessionId, Session], *, store: Store, now: datetime
) -> dict[Due, Judgement]:
    rules_by_session = {session_id: _rules_of(session) for session_id, session in found.items()}
    # Without a rule there are no flags, whatever the events are.
    known = [one for one in due if one.condition in ENDS and one.condition in rules_by_session.get(one.session_id, ())]
    judged = dict.fromkeys(due, Judgement((), None, None))
    for one, of_condition in _events_of(known, store=store).items():
        rule = rules_by_session[one.session_id][one.condition]
        judged[one] = rules.judge(found[one.session_id], one.condition, rule, of_condition, now)
        store.conditions.known_events.keep(one, judged[one].settled_at, of_condition)
    return judged


def _events_of(due: Sequence[Due], *, store: Store) -> dict[Due, list[Event]]:
    """Return the events by which each of ``due`` is to be judged, read where this worker may not have them all."""
    found = {one: store.conditions.known_events.of(one) for one in due}
    unknown = [one for one, events in found.items() if events is None]
    windows = [Window(one.session_id, types_of(one.condition), one.settled_at) for one in unknown]
    by_session: dict[str, list[Event]] = {}
    for event in store.events.of_types(windows, JUDGED_FIELDS):
        by_session.setdefault(event.session_id, []).append(event)
    read = {one: _within(one, by_session.get(one.session_id, ())) for one in unknown}
    return {one: read[one] if events is None else events for one, events in found.items()}


def _within(due: Due, of_session: Iterable[Event]) -> list[Event]:
    """Return the events of one condition, from where it is not settled on; others were read for its neighbours."""
    types, since = types_of(due.condition), due.settled_at
    return [event for event in of_session if event.event_type in types and (since is None or event.timestamp >= since)]


def _rules_of(session: Session) -> Mapping[str, Rule]:
    try:
        return rules.rules_of(session)
    except InvalidInput as error:
        log.warning("session %s has rules that cannot be read, the server's own count: %s", session.id, error.detail)
        return rules.RULES


def _write(
    due: Sequence[Due],
    judged: Mapping[Due, Judgement],
    found: Mapping[SessionId, Session],
    *,
    store: Store,
    now: datetime,
) -> dict[Due, list[Flag]]:
    """Store what differs from the flags as they are; return the changes that this worker made.

    They are none where those of an earlier turn are to be counted still.
    """
    stored: dict[tuple[str, str], list[Flag]] = {}
    for flag in store.flags.of_conditions(due):
        stored.setdefault((flag.session_id, flag.rule_id), []).append(flag)
    made: dict[Due, list[Flag]] = {}
    for one in due:
        before = stored.get((one.session_id, one.condition), [])
        added, changed = rules.rewritten(judged[one].flags, before, now)
        written = [flag for flag in added if store.flags.add(flag)]
        written += [rewritten for change in changed if (rewritten := store.flags.rewrite(change))]
        if written or _are_uncounted(before, found.get(one.session_id)):
            made[one] = written
    return made


def _are_uncounted(stored: Iterable[Flag], session: Session | None) -> bool:
    """Return whether the session's numbers cannot have these flags in: whoever wrote them broke off, or has just."""
    ranks = [flag.severity.rank for flag in stored if flag.state is FlagState.OPEN]
    if session is None or not ranks:
        return False
    counted = session.flags
    return len(ranks) > counted.open_count or counted.worst is None or max(ranks) > counted.worst.rank


def _announce(
    due: Sequence[Due],
    changed: Mapping[Due, list[Flag]],
    found: Mapping[SessionId, Session],
    *,
    store: Store,
    live: Live,
) -> None:
    """Tell the consoles of flags, and of sessions whose events may have changed the score."""
    flags: dict[SessionId, list[Flag]] = {}
    for one, made in changed.items():
        flags.setdefault(one.session_id, []).extend(made)
    for session_id, made in flags.items():
        try:
            counted = count(session_id, store=store)
        except NotFound:  # it was deleted meanwhile
            continue
        live.flags_changed(counted, made)
        _ask_for_pictures(counted, made, live=live)
    for session_id in {one.session_id for one in due if one.is_news} - flags.keys():
        if session_id in found:
            live.flags_changed(found[session_id], [])


def _ask_for_pictures(session: Session, flags: Sequence[Flag], *, live: Live) -> None:
    """Ask the candidate's page to show at once what flags that were raised just now are about."""
    if not session.is_live or session.policy.snapshots is Snapshots.NONE:
        return
    for flag in flags:
        if flag.revision == 0 and flag.state is FlagState.OPEN:
            live.snapshot_wanted(session.id, flag.id)
