"""Sessions, as proctors, the candidate's page and the sessions API get them."""

from __future__ import annotations

from typing_extensions import TypedDict

from proctor.wire.shapes.events import PlainEvent


class Presence(TypedDict):
    """Whether the candidate's page is connected, and since when not."""

    online: bool
    lost_since: str | None


class Clock(TypedDict):
    """The exam's clock at the moment of the answer; null means without a time limit."""

    remaining_ms: int | None
    running: bool


class OpenFlags(TypedDict):
    """How many flags nobody has handled yet, and the highest severity among them."""

    count: int
    worst: str | None


class SessionAnswer(TypedDict):
    """One session, as lists and details give it."""

    id: str
    room_name: str
    exam_id: str | None
    exam_title: str | None
    exam_code: str | None
    candidate_identifier: str
    status: str
    started_at: str | None
    created_at: str
    ended_at: str | None
    ended_by: str | None
    presence: Presence
    clock: Clock
    score: int
    open_flags: OpenFlags
    verdict: str
    hand_raised: bool
    unread_chat: bool
    assigned_to: str | None


class SessionsAnswer(TypedDict):
    """A page of sessions, newest first."""

    sessions: list[SessionAnswer]
    next_cursor: str | None


class StateAnswer(TypedDict):
    """The session as the candidate's page sees it."""

    handle: str
    status: str
    exam_title: str | None
    candidate_identifier: str
    started_at: str | None
    ended_at: str | None
    ended_by: str | None
    clock: Clock
    hand_raised: bool


class PlainSession(TypedDict):
    """A session as the sessions API gives it."""

    id: str
    candidate_name: str
    start_time: str
    end_time: str | None
    video_path: str | None
    video_status: str | None


class PlainSessionWithEvents(PlainSession):
    """A session with a page of its events in time order."""

    events: list[PlainEvent]
    next_cursor: str | None
