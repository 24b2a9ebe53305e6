"""What passes while an exam runs: actions, chat, who watches, pictures for the wall."""

from __future__ import annotations

from typing_extensions import TypedDict

from proctor.wire.shapes.events import EventAnswer


class ActionAnswer(TypedDict):
    """What a proctor did, as the candidate's page gets it."""

    id: str
    kind: str
    message: str | None
    minutes: int | None
    created_at: str


class TallyAnswer(TypedDict):
    """For how many sessions an action on an exam is done, does not apply, and has to be asked for again."""

    sessions: int
    skipped: int
    failed: int


class ChatAnswer(TypedDict):
    """What proctors and candidate wrote to each other in a session, in order: the last 500 messages."""

    events: list[EventAnswer]


class ChatMessage(TypedDict):
    """A message as the candidate sees it; which proctor wrote it is not theirs to know."""

    id: str
    source: str
    message: str
    sent_at: str


class ChatMessages(TypedDict):
    """A candidate's chat, in order."""

    messages: list[ChatMessage]


class WatchingAnswer(TypedDict):
    """A proctor who watches a session live."""

    email: str


class ColleaguesAnswer(TypedDict):
    """Who may look after a session."""

    colleagues: list[WatchingAnswer]


class HandoverNotice(TypedDict):
    """A session that was handed over to whoever is told this."""

    session_id: str
    candidate_identifier: str
    exam_title: str | None
    by: str
    message: str | None
    at: str


class SnapshotAnswer(TypedDict):
    """A picture for the wall: JPEG as base64, and when it was taken."""

    session_id: str
    image: str
    taken_at: str
