"""Bodies and queries that callers send. Unknown fields are refused, and no field takes more than its type says."""

from __future__ import annotations

from proctor.wire.bodies.access import Claim, Create, Join, Login
from proctor.wire.bodies.common import Body, Nothing, Query
from proctor.wire.bodies.events import AgentEvent, Events, EventsQuery, NewEvent, NewNote
from proctor.wire.bodies.flags import Accommodations, FlagAction
from proctor.wire.bodies.live import (
    Action,
    ActionId,
    ActionOnly,
    Bookmark,
    ExamAction,
    HandOver,
    Heartbeat,
    Snapshot,
    Wall,
    Watch,
    Wish,
    Words,
)
from proctor.wire.bodies.recordings import AnswerQuery, ChunkQuery
from proctor.wire.bodies.review import Decide, NextReviewQuery, ReviewQuery, ReviewsQuery
from proctor.wire.bodies.sessions import ExportQuery, HallQuery, Import, NewSession, PageQuery, SessionsQuery
from proctor.wire.bodies.signalling import Description, IceCandidate, PublisherSignal, Signal, Streams, ViewerId

__all__ = [
    "Accommodations",
    "Action",
    "ActionId",
    "ActionOnly",
    "AgentEvent",
    "AnswerQuery",
    "Body",
    "Bookmark",
    "ChunkQuery",
    "Claim",
    "Create",
    "Decide",
    "Description",
    "Events",
    "EventsQuery",
    "ExamAction",
    "ExportQuery",
    "FlagAction",
    "HallQuery",
    "HandOver",
    "Heartbeat",
    "IceCandidate",
    "Import",
    "Join",
    "Login",
    "NewEvent",
    "NewNote",
    "NewSession",
    "NextReviewQuery",
    "Nothing",
    "PageQuery",
    "PublisherSignal",
    "Query",
    "ReviewQuery",
    "ReviewsQuery",
    "SessionsQuery",
    "Signal",
    "Snapshot",
    "Streams",
    "ViewerId",
    "Wall",
    "Watch",
    "Wish",
    "Words",
]
