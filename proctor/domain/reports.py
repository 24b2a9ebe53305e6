"""What a session comes to: numbers, deductions, and a picture of what happened when."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from proctor.conditions import ENDS
from proctor.domain import exam_clock, rules, score
from proctor.domain.events import is_note
from proctor.domain.score import Deduction
from proctor.records import Decision, Event, Flag, FlagState, Footage, Session

SUSPICIOUS = ("multiple_faces", "phone_detected", "notes_detected", "device_detected")
FORM = 4
"""Raise it with each change of what reports look like: those of an older form are made anew."""
PICTURE_EVENTS = 2_000
"""How many events the picture and the list of a report show; the CSV has them all."""

CSV_COLUMNS = ("record", "id", "name", "value", "source", "timestamp", "received_at", "message", "payload")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")  # noqa: RUF001 - full width


@dataclass(frozen=True, slots=True)
class Summary:
    """A session in numbers."""

    session_id: str
    candidate_name: str
    duration_s: int
    counts: Mapping[str, int]
    suspicious_count: int
    score: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A condition that lasted: ``start`` and ``length`` are parts of the whole session, from 0 to 1."""

    start: float
    length: float
    began_at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag in the picture: ``at`` is the part of the whole session, from 0 to 1, when what it is about began."""

    at: float
    flag: Flag


@dataclass(frozen=True, slots=True)
class Lane:
    """All conditions of one type, and the flags that they led to."""

    event_type: str
    bars: Sequence[Bar]
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the printed report says."""

    session: Session
    summary: Summary
    deductions: Sequence[Deduction]
    lanes: Sequence[Lane]
    events: Sequence[Event]
    flags: Sequence[Flag]
    notes: Sequence[Event]
    left_out: int
    made_at: datetime


def summarise(session: Session, now: datetime) -> Summary:
    """Return the session in numbers, from the counters in its own document: the same cost for any number of events."""
    counts = session.counts
    return Summary(
        session_id=session.id,
        candidate_name=session.candidate_identifier,
        duration_s=max(0, int((_end(session, now) - _start(session)).total_seconds())),
        counts=counts,
        suspicious_count=sum(counts.get(event_type, 0) for event_type in SUSPICIOUS),
        score=score.of_session(session),
    )


def key_of(session: Session, recorded: Sequence[Footage]) -> str:
    """Return a text that changes with everything that a stored report of this session shows."""
    footage = [[each.kind, each.state, each.file.sha256 if each.file else None] for each in recorded]
    video = None if session.video is None else [session.video.name, session.video.sha256]
    judged = [session.flags.seq, sorted(rules.switched_off(session)), len(session.review.history)]
    parts = [
        FORM,
        session.version,
        sorted(session.counts.items()),
        sorted(session.weights.items()),
        video,
        judged,
        footage,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def compose(
    session: Session, events: Sequence[Event], notes: Sequence[Event], flags: Sequence[Flag], now: datetime
) -> Report:
    """Return the report of ``session`` from its first ``PICTURE_EVENTS`` events, its notes and its flags.

    Withdrawn flags are left out. Where events are, nobody knows what was still open after the last one that is not.
    """
    standing = [flag for flag in flags if flag.state is not FlagState.WITHDRAWN]
    left_out = max(0, sum(session.counts.values()) - len(events))
    known_until = events[-1].timestamp if left_out and events else _end(session, now)
    return Report(
        session=session,
        summary=summarise(session, now),
        deductions=score.deductions(score.counted(session), session.weights),
        lanes=_marked(lanes(events, _start(session), _end(session, now), known_until), standing, session, now),
        events=events,
        flags=standing,
        notes=sorted(filter(is_note, notes), key=lambda note: (note.timestamp, note.seq, note.id)),
        left_out=left_out,
        made_at=exam_clock.in_milliseconds(now),
    )


def lanes(events: Iterable[Event], start: datetime, end: datetime, known_until: datetime | None = None) -> list[Lane]:
    """Return the conditions that ``events`` open and close, as bars between ``start`` and ``end``.

    A condition that is still open lasts until ``known_until``, which is ``end`` for None; a second start within an open
    condition adds nothing.
    """
    given, until = list(events), known_until or end
    found = []
    for condition in ENDS:
        bars = [
            _bar(time.first.timestamp, time.ended.timestamp if time.ended else until, start, end)
            for time in rules.occurrences(condition, given)
        ]
        found += [Lane(condition, bars)] if bars else []
    return found


def csv_rows(
    summary: Summary, flags: Iterable[Flag], decisions: Iterable[Decision], events: Iterable[Event]
) -> Iterator[str]:
    """Yield the lines of the CSV report (RFC 4180): the summary's numbers, the flags, then one line for each event.

    A flag's value is how long it lasted in seconds, its source who handled it. Between flags and events stands each
    decision about the verdict; its value is what the verdict became.
    """
    yield csv_line(CSV_COLUMNS)
    for field in fields(summary):
        if field.name != "counts":
            yield csv_line(("summary", "", field.name, getattr(summary, field.name), "", "", "", "", ""))
    for event_type, number in sorted(summary.counts.items()):
        yield csv_line(("count", "", event_type, number, "", "", "", "", ""))
    for flag in flags:
        yield csv_line(_flag_cells(flag))
    for decision in decisions:
        yield csv_line(_decision_cells(decision))
    for event in events:
        times = (event.timestamp, event.received_at)
        payload = json.dumps(event.payload, ensure_ascii=False, sort_keys=True) if event.payload else ""
        yield csv_line(("event", event.id, event.event_type, "", event.source, *times, event.message or "", payload))


def csv_line(cells: Iterable[object]) -> str:
    """Return one line of CSV in which no cell is a formula to a spreadsheet."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_safe(cell) for cell in cells])
    return line.getvalue()


def _flag_cells(flag: Flag) -> tuple[object, ...]:
    lasted_s = None if flag.lasted_ms is None else flag.lasted_ms / 1_000
    detail = {"severity": flag.severity, "state": flag.state, "reason": flag.reason, "event_ids": flag.event_ids}
    payload = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    times = (flag.start_at, flag.raised_at)
    return ("flag", flag.id, flag.rule_id, lasted_s, flag.handled_by, *times, flag.message, payload)


def _decision_cells(decision: Decision) -> tuple[object, ...]:
    times = (decision.at, decision.at)
    return ("verdict", decision.id, decision.was, decision.verdict, decision.by, *times, decision.comment, "")


def _safe(cell: object) -> str:
    if cell is None or isinstance(cell, datetime):
        return "" if cell is None else exam_clock.iso(cell)
    # OWASP, CSV Injection: a leading apostrophe makes a spreadsheet take the cell as text.
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not isinstance(cell, int | float) else text


def _start(session: Session) -> datetime:
    return session.started_at or session.created_at


def _end(session: Session, now: datetime) -> datetime:
    return session.ended_at or now


def _marked(found: Sequence[Lane], flags: Sequence[Flag], session: Session, now: datetime) -> list[Lane]:
    start, end = _start(session), _end(session, now)
    marks: dict[str, list[Mark]] = {}
    for flag in flags:
        marks.setdefault(flag.rule_id, []).append(Mark(_bar(flag.start_at, flag.start_at, start, end).start, flag))
    return [replace(lane, marks=marks.get(lane.event_type, ())) for lane in found]


def _bar(began_at: datetime, ended_at: datetime, start: datetime, end: datetime) -> Bar:
    whole = max(end - start, timedelta(milliseconds=1))
    first = min(max((began_at - start) / whole, 0.0), 1.0)
    last = min(max((ended_at - start) / whole, first), 1.0)
    return Bar(first, last - first, began_at, max(0.0, (ended_at - began_at).total_seconds()))
