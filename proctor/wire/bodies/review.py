"""What reviewers decide, and which sessions they want to see."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from proctor.records import Verdict
from proctor.wire.bodies.common import Body, ExamFilter, NoNul, PageSize, Query, SearchText, Uuid


class Decide(Body):
    """What a reviewer makes of a session, and why. ``action_id`` makes sending it again harmless.

    ``seen`` is how many decisions they knew of: where there are more by now, nothing is changed.
    """

    verdict: Annotated[Verdict, Field(strict=False)]
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), NoNul] | None = None
    action_id: Uuid | None = None
    seen: Annotated[int, Field(ge=0, le=1_000)] | None = None


class ReviewsQuery(Query):
    """Which sessions the queue shows: those that wait for the caller, unless ``verdict`` says otherwise."""

    verdict: Literal["waiting", "all", "unreviewed", "clear", "suspicious", "violation", "second_review"] = "waiting"
    exam_code: ExamFilter = ""
    q: SearchText = ""
    mine: Annotated[bool, Field(strict=False)] = False
    limit: PageSize = 50
    cursor: Annotated[str, StringConstraints(max_length=300)] | None = None


class NextReviewQuery(Query):
    """From which session a reviewer goes on to the next, and within which exam."""

    after: Annotated[str, StringConstraints(max_length=64), NoNul] = ""
    exam_code: ExamFilter = ""


class ReviewQuery(Query):
    """Within which exam a reviewer goes through the queue."""

    exam_code: ExamFilter = ""
