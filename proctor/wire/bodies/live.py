"""What passes while an exam runs: actions, chat, handing over, and what pages say and ask for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from proctor.wire.bodies.common import Body, Email, Id, Message, Minutes, Name, Timestamp, Uuid


class Action(Body):
    """What a proctor says with an action. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    message: Message | None = None
    minutes: Minutes | None = None


class Words(Body):
    """What a proctor writes to the candidate. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    message: Annotated[Message, StringConstraints(min_length=1)]


class Wish(Body):
    """A proctor's request to be shown something, with words of their own or without."""

    action_id: Uuid | None = None
    message: Message | None = None


class ActionOnly(Body):
    """An action that needs no words. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None


class Bookmark(Body):
    """A mark on the timeline, at a time of the server's clock or now. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    label: Name | None = None
    at: Timestamp | None = None


class HandOver(Body):
    """To whom a session is handed over, and with which words. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    to: Email
    message: Message | None = None


class ExamAction(Body):
    """What a proctor says with an action on a whole exam. Sent again with its id, it does what is still to be done."""

    action_id: Uuid
    message: Message | None = None
    minutes: Minutes | None = None


class Heartbeat(Body):
    """A page's sign of life."""

    sent_at_ms: Annotated[float, Field(strict=False)] | None = None


class ActionId(Body):
    """Which action a page has got or read."""

    id: Uuid


class Watch(Body):
    """Which session a proctor wants to see live."""

    session_id: Id


class Snapshot(Body):
    """A small picture of the candidate, taken so long ago; ``flag_id`` names the flag that the server asked about."""

    image: Annotated[str, StringConstraints(min_length=1, max_length=65_536)]
    age_ms: Annotated[int, Field(ge=0, le=3_600_000)] = 0
    flag_id: Id | None = None


class Wall(Body):
    """Which sessions' pictures a console wants to see."""

    session_ids: Annotated[list[Id], Field(max_length=1_200)]
