"""A session at a glance: how long conditions lasted, and what happened when, as much of it as a picture can show.

Events are read as a stream and merged on the way, so that a hundred thousand of them take no more memory than a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from proctor.conditions import ENDS, condition_of
from proctor.domain import chat
from proctor.domain.events import is_note
from proctor.records import ActionKind, Event, Flag, FlagState, Session, Source
from proctor.store import Store
from proctor.store.events import Glimpse

MOST_SPANS = 500
"""How many bars one lane keeps; of more, those that lie closest become one."""
MOST_LANES = 60
"""How many types of events have a lane; what a page calls by ever other names is counted as ``other``."""
MOST_MARKS = 2_000
"""How many marks of people, and as many of flags, are given; of more, the first, and of flags the worst."""

BY_CANDIDATES = frozenset({"chat", "hand_raised", "hand_lowered"})
BY_PEOPLE = chat.TYPES | BY_CANDIDATES | frozenset({"note", "bookmark", "handed_over", *ActionKind})
"""Types of what people did on purpose: each is a mark of its own."""
OTHER = "other"
NOT_SHOWN = frozenset(ENDS.values()) | BY_PEOPLE | {"flag_acknowledged", "flag_dismissed"}
"""Types that are no moment of their own in the picture: they end something, or it has another mark for them."""


@dataclass(slots=True)
class Span:
    """A time that something lasted, or a moment, in seconds since the start; ``count`` is how often it began in it."""

    start_s: float
    end_s: float
    event_id: str
    count: int = 1
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """Everything of one type: ``is_condition`` where it lasts. ``is_merged`` where spans stand for several."""

    name: str
    is_condition: bool
    spans: Sequence[Span]
    count: int
    total_s: float
    is_merged: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment to look at: a flag (``severity``), or what somebody did or said."""

    id: str
    kind: str
    name: str
    at_s: float
    text: str | None = None
    by: str | None = None
    severity: str | None = None
    state: str | None = None
    lasted_s: float | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the review page draws. ``left_out`` is how many marks there are beyond those given."""

    starts_at: datetime
    ends_at: datetime
    is_over: bool
    lanes: Sequence[Lane]
    marks: Sequence[Mark]
    event_count: int
    left_out: int

    @property
    def duration_s(self) -> float:
        """How long the session was, or has been so far."""
        return max(0.0, (self.ends_at - self.starts_at) / timedelta(seconds=1))


@dataclass(slots=True)
class _Strip:
    """One lane while it is being filled: spans come in the order of their starts."""

    spans: list[Span] = field(default_factory=list)
    begun: Span | None = None
    count: int = 0
    total_s: float = 0.0
    closest_s: float = 0.0

    def add(self, span: Span) -> None:
        self.count += 1
        self.total_s += span.end_s - span.start_s
        last = self.spans[-1] if self.spans else None
        if last is not None and self.closest_s and span.start_s - last.end_s < self.closest_s:
            _join(last, span)
            return
        self.spans.append(span)
        if len(self.spans) > 2 * MOST_SPANS:
            self.thin_out()

    def thin_out(self) -> None:
        """Join what lies closest, ever more of it, until no more than ``MOST_SPANS`` are left."""
        while len(self.spans) > MOST_SPANS:
            length_s = self.spans[-1].end_s - self.spans[0].start_s
            self.closest_s = 2 * self.closest_s or length_s / (4 * MOST_SPANS) or 0.001
            kept = self.spans[:1]
            for span in self.spans[1:]:
                if span.start_s - kept[-1].end_s < self.closest_s:
                    _join(kept[-1], span)
                else:
                    kept.append(span)
            self.spans = kept


def of_session(session: Session, *, store: Store, now: datetime) -> Timeline:
    """Return the timeline of ``session`` as it stands at ``now``."""
    start, end = session.started_at or session.created_at, session.ended_at or now
    told = _told(session, store=store)
    flags = [flag for flag in store.flags.of_session(session.id) if flag.state is not FlagState.WITHDRAWN]
    people = sorted((mark_of(event, start) for event in told), key=lambda mark: (mark.at_s, mark.id))
    worst = sorted(flags, key=lambda flag: (-flag.severity.rank, flag.start_at, flag.id))
    raised = [_flag_mark(flag, start) for flag in worst[:MOST_MARKS]]
    marks = sorted([*people[:MOST_MARKS], *raised], key=lambda mark: (mark.at_s, mark.kind, mark.id))
    return Timeline(
        starts_at=start,
        ends_at=end,
        is_over=session.ended_at is not None,
        lanes=lanes(store.events.glimpses(session.id), start, end),
        marks=marks,
        event_count=sum(session.counts.values()),
        left_out=len(people) + len(flags) - len(marks),
    )


def lanes(glimpses: Iterable[Glimpse], start: datetime, end: datetime) -> list[Lane]:
    """Return one lane for each type of what ``glimpses``, in time order, show; conditions come first, in their order.

    What is still open at ``end`` lasts until then, and nothing lasts longer.
    """
    strips: dict[str, _Strip] = {}
    length_s = _seconds(start, end)
    for glimpse in glimpses:
        name = condition_of(glimpse.event_type) or glimpse.event_type
        if name in ENDS or name not in NOT_SHOWN:
            if name not in strips and name not in ENDS and len(strips) >= MOST_LANES:
                name = OTHER
            _take(strips.setdefault(name, _Strip()), name, glimpse, _seconds(start, glimpse.timestamp), length_s)
    for strip in strips.values():
        if strip.begun is not None:
            strip.begun.end_s, strip.begun.is_open = max(length_s, strip.begun.start_s), True
            strip.add(strip.begun)
        strip.thin_out()
    order = {name: place for place, name in enumerate(ENDS)}
    found = sorted(strips, key=lambda name: (order.get(name, len(order)), name))
    return [_lane(name, strips[name]) for name in found if strips[name].spans]


def _told(session: Session, *, store: Store) -> list[Event]:
    """Return the first of what people did on purpose. What a candidate's page floods us with crowds out nobody else."""
    by_us = frozenset(Source) - {Source.CANDIDATE}
    found = store.events.first_of(session.id, BY_PEOPLE, by_us, MOST_MARKS)
    found += store.events.first_of(session.id, BY_CANDIDATES, {Source.CANDIDATE}, MOST_MARKS)
    return [event for event in found if is_by_people(event)]


def is_by_people(event: Event) -> bool:
    """True for what a person did on purpose, told from who sent it; others may use the same names."""
    if event.event_type == "note":
        return is_note(event)
    if event.event_type in chat.TYPES:
        return chat.is_message(event)
    if event.event_type in {"hand_raised", "hand_lowered"}:
        return event.source in {Source.CANDIDATE, Source.PROCTOR}
    return event.source is Source.PROCTOR


def mark_of(event: Event, start: datetime) -> Mark:
    """Return the mark of what somebody did; a note that names a place in the recording stands there."""
    at, by = event.payload.get("timestamp_sec"), event.payload.get("by")
    is_placed = isinstance(at, int | float) and not isinstance(at, bool)
    return Mark(
        id=event.id,
        kind=_kind(event.event_type),
        name=event.event_type,
        at_s=round(float(at), 3) if is_placed and at is not None else _seconds(start, event.timestamp),
        text=event.message,
        by=str(by) if by else str(event.source),
    )


def _kind(event_type: str) -> str:
    if event_type in {"note", "bookmark"}:
        return event_type
    return "chat" if event_type in chat.TYPES or event_type.startswith("hand_") else "action"


def _flag_mark(flag: Flag, start: datetime) -> Mark:
    return Mark(
        id=flag.id,
        kind="flag",
        name=flag.rule_id,
        at_s=_seconds(start, flag.start_at),
        text=flag.message,
        by=flag.handled_by,
        severity=flag.severity,
        state=flag.state,
        lasted_s=None if flag.lasted_ms is None else flag.lasted_ms / 1_000,
    )


def _take(strip: _Strip, name: str, glimpse: Glimpse, at_s: float, length_s: float) -> None:
    """Let one event begin, go on with or end what its lane shows."""
    if name not in ENDS:
        strip.add(Span(at_s, at_s, glimpse.id))
    elif glimpse.event_type == name:
        strip.begun = strip.begun or Span(at_s, at_s, glimpse.id)
    elif strip.begun is not None:
        strip.begun.end_s = max(min(at_s, length_s), strip.begun.start_s)
        strip.add(strip.begun)
        strip.begun = None


def _join(first: Span, second: Span) -> None:
    first.end_s = max(first.end_s, second.end_s)
    first.count += second.count
    first.is_open = first.is_open or second.is_open


def _lane(name: str, strip: _Strip) -> Lane:
    return Lane(name, name in ENDS, strip.spans, strip.count, round(strip.total_s, 3), bool(strip.closest_s))


def _seconds(start: datetime, moment: datetime) -> float:
    return round((moment - start) / timedelta(seconds=1), 3)
