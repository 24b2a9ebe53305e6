"""Exams: how long they last, what is recorded of them, and what is made easier for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from proctor.records.ids import ExamId


class Recording(StrEnum):
    """When camera and sound are recorded, and the screen where it is shared."""

    OFF = "off"
    ON_FLAGS = "on_flags"
    FULL = "full"


class Snapshots(StrEnum):
    """Which of the small pictures that proctors see are kept as evidence."""

    NONE = "none"
    ON_FLAGS = "on_flags"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is recorded and kept of a session, for how long, and how readily its candidate's browser reports.

    An exam has one, and each of its sessions a copy of it as it was when the session was made: what its candidate
    agrees to. ``thresholds`` says in what the detection differs from its defaults (see ``domain.thresholds``),
    ``retention_days`` None means as long as the server's settings say.
    """

    recording: Recording = Recording.FULL
    snapshots: Snapshots = Snapshots.ON_FLAGS
    thresholds: Mapping[str, float] = field(default_factory=dict)
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam that candidates sit.

    ``duration_minutes`` None means without a time limit, ``weights`` None the server's own for the integrity score.
    ``rules`` says in what its rules for flags differ from the server's own (see ``domain.rules``). ``origins`` are
    sites that its candidates may be sent to beside those of the settings, ``consent_addition`` is what they agree to
    beside the text that all exams share. An archived exam takes no more candidates.
    """

    id: ExamId
    code: str
    title: str
    duration_minutes: int | None
    screen_required: bool
    join_by_hand: bool
    created_at: datetime
    weights: Mapping[str, int] | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = Policy()
    origins: tuple[str, ...] = ()
    consent_addition: str = ""
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accommodation:
    """What is made easier for one candidate of an exam, granted before they come.

    ``rules`` are switched off or stretched (see ``domain.rules``); their exam lasts ``extra_percent`` longer, and
    ``extra_minutes`` on top.
    """

    exam_code: str
    candidate_identifier: str
    rules: Mapping[str, Any]
    extra_percent: int
    extra_minutes: int
    granted_by: str
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """The words that candidates agreed to, each wording once: ``id`` is the hash of ``text``."""

    id: str
    version: str
    text: str
    language: str
    first_shown_at: datetime
