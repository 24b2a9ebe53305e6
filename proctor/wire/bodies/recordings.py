"""What candidates' browsers say of the files that they send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from proctor.wire.bodies.common import Query, Uuid


class ChunkQuery(Query):
    """Where in its take a chunk belongs, its hash, and how long ago the take began."""

    seq: Annotated[int, Field(ge=0, le=99_999)]
    offset: Annotated[int, Field(ge=0, le=2**53)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    age_ms: Annotated[int, Field(ge=0, le=172_800_000)] = 0


class AnswerQuery(Query):
    """What a candidate sends, and which request of a proctor it answers; ``id`` is made by their page."""

    kind: Literal["room_scan", "identity_photo"]
    action_id: Uuid
    id: Uuid
