"""The types of ids, so that one is not taken for another."""

from __future__ import annotations

from typing import NewType

SessionId = NewType("SessionId", str)
ExamId = NewType("ExamId", str)
ProctorId = NewType("ProctorId", str)
LoginId = NewType("LoginId", str)
EventId = NewType("EventId", str)
ViewerId = NewType("ViewerId", str)
FlagId = NewType("FlagId", str)
EvidenceId = NewType("EvidenceId", str)
