"""Which sessions to list, and what the sessions API takes to make one and to give it a video."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from proctor.wire.bodies.common import Body, Cursor, ExamFilter, Name, PageSize, Query, SearchText


class SessionsQuery(Query):
    """Which sessions to list."""

    status: Annotated[str, StringConstraints(max_length=32)] = ""
    exam_code: ExamFilter = ""
    q: SearchText = ""
    limit: PageSize = 50
    cursor: Cursor | None = None


class HallQuery(SessionsQuery):
    """Which sessions the hall shows, with flags of at least which severity, and whether as a wall or as a list."""

    flag: Literal["", "any", "medium", "high"] = ""
    view: Literal["", "wall", "list"] = ""


class PageQuery(Query):
    """Which page of a list to give."""

    limit: Annotated[int, Field(ge=1, le=1_000)] = 1_000
    cursor: Cursor | None = None


class ExportQuery(Query):
    """Which sessions to export."""

    exam_code: ExamFilter = ""


class NewSession(Body):
    """A session without an exam, for a candidate of this name."""

    candidate_name: Name


class Import(Body):
    """Which file of the import folder is the session's video."""

    filename: Annotated[str, StringConstraints(pattern=r"^[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,199}$")]
