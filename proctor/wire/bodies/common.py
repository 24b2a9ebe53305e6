"""What all bodies and queries build on: their two bases, and the types of fields that several areas share."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo

from proctor.settings import Limits

DEFAULT_LIMITS = Limits()
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(days=2)


class Body(BaseModel):
    """A JSON object with exactly these fields."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Nothing(Body):
    """An empty object, or no body at all."""


class Query(BaseModel):
    """A query string: texts, turned into their types; unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold NUL characters")
    return text


def _canonical_uuid(text: object) -> object:
    if not isinstance(text, str):
        raise ValueError("must be a UUID as text")  # noqa: TRY004 - what pydantic reports by field
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise ValueError("must be a UUID") from error


def _plausible(moment: datetime) -> datetime:
    # Compared before it is converted: in UTC, the first and last years of a calendar may not exist.
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    if not EARLIEST <= aware <= datetime.now(UTC) + MAX_AHEAD:
        raise ValueError("must be a time between the year 2000 and tomorrow")
    return aware.astimezone(UTC)


def _small(payload: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    most = limits_of(info).event_payload_bytes
    if len(orjson.dumps(payload)) > most:
        raise ValueError(f"must not be larger than {most} bytes")
    return payload


def limits_of(info: ValidationInfo) -> Limits:
    """Return the limits of this server, which whoever validates a body gives as the context."""
    return info.context if isinstance(info.context, Limits) else DEFAULT_LIMITS


NoNul = AfterValidator(_without_nul)
Id = Annotated[str, StringConstraints(min_length=1, max_length=64), NoNul]
Uuid = Annotated[str, BeforeValidator(_canonical_uuid), Field(json_schema_extra={"format": "uuid"})]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), NoNul]
Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254), NoNul]
Message = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), NoNul]
Minutes = Annotated[int, Field(ge=1, le=600)]
Timestamp = Annotated[datetime, Field(strict=False), AfterValidator(_plausible)]
Payload = Annotated[dict[str, Any], AfterValidator(_small)]
ExamFilter = Annotated[str, StringConstraints(max_length=64), NoNul]
"""An exam's code; empty for every exam."""
SearchText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), NoNul]
PageSize = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, StringConstraints(max_length=200)]
