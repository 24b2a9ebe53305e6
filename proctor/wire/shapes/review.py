"""Reviews: verdicts, the queue and timelines."""

from __future__ import annotations

from typing_extensions import TypedDict

from proctor.wire.shapes.sessions import SessionAnswer

DecisionAnswer = TypedDict(
    "DecisionAnswer",
    {"id": str, "from": str, "to": str, "by": str, "at": str, "comment": str | None},
)
"""One change of a verdict. Written so because ``from`` is a word of the language."""


class VerdictSoFar(TypedDict):
    """What people have made of a session, with each decision in order."""

    verdict: str
    history: list[DecisionAnswer]


class VerdictAnswer(VerdictSoFar):
    """The same for a reviewer: ``possible`` is what they may change it to."""

    possible: list[str]


class WaitingAnswer(TypedDict):
    """How many sessions wait for the caller's review."""

    unreviewed: int
    second_review: int


class ReviewsAnswer(TypedDict):
    """A page of the queue, those first that most need a look; ``counts`` are of all that wait for the caller."""

    sessions: list[SessionAnswer]
    next_cursor: str | None
    counts: WaitingAnswer


class SpanAnswer(TypedDict):
    """A time that something lasted, in seconds since the start; ``count`` is how often it began in it."""

    start_s: float
    end_s: float
    count: int
    event_id: str
    is_open: bool


class LaneAnswer(TypedDict):
    """Everything of one type; ``is_merged`` where one span may stand for several that lie close together."""

    name: str
    is_condition: bool
    count: int
    total_s: float
    is_merged: bool
    spans: list[SpanAnswer]


class MarkAnswer(TypedDict):
    """A moment to look at: a flag, or what somebody did, wrote or noted."""

    id: str
    kind: str
    name: str
    at_s: float
    text: str | None
    by: str | None
    severity: str | None
    state: str | None
    lasted_s: float | None


class TimelineAnswer(TypedDict):
    """A session at a glance. ``left_out`` is how many marks there are beyond those given."""

    starts_at: str
    ends_at: str
    duration_s: float
    is_over: bool
    lanes: list[LaneAnswer]
    marks: list[MarkAnswer]
    event_count: int
    left_out: int
