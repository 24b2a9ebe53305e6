"""The WebRTC negotiation between a candidate's browser and those that watch it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from proctor.wire.bodies.common import Body, NoNul


class ViewerId(Body):
    """Which view is meant."""

    viewer_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Description(Body):
    """An ``RTCSessionDescriptionInit`` (W3C WebRTC, section 4.6.2)."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: Annotated[str, StringConstraints(max_length=32_768), NoNul] = ""


class IceCandidate(BaseModel):
    """An ``RTCIceCandidateInit`` (W3C WebRTC, section 4.8.1.1); browsers add members of their own."""

    model_config = ConfigDict(strict=True, extra="ignore")

    candidate: Annotated[str, StringConstraints(max_length=2_048), NoNul] = ""
    sdpMid: Annotated[str, StringConstraints(max_length=64)] | None = None  # noqa: N815 - the browser's own name
    sdpMLineIndex: int | None = None  # noqa: N815 - the browser's own name
    usernameFragment: Annotated[str, StringConstraints(max_length=256)] | None = None  # noqa: N815 - likewise


class Streams(Body):
    """Which ``MediaStream`` id is which picture."""

    camera: Annotated[str, StringConstraints(max_length=128)] | None = None
    screen: Annotated[str, StringConstraints(max_length=128)] | None = None


class Signal(ViewerId):
    """One step of the WebRTC negotiation: a description, or a candidate (null ends them)."""

    description: Description | None = None
    candidate: IceCandidate | None = None

    @model_validator(mode="after")
    def _is_one_step(self) -> Signal:
        given = self.model_fields_set & {"description", "candidate"}
        if len(given) != 1 or (given == {"description"} and self.description is None):
            raise ValueError("give one of description and candidate")
        return self


class PublisherSignal(Signal):
    """A step from the candidate, who says which of the streams in the description is which."""

    streams: Streams | None = None
