"""The way in: credentials, wishes for a session, and the candidate's press on Start."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from proctor.wire.bodies.common import Body, Code, Email, Id, Name, NoNul, Uuid


class Login(Body):
    """A proctor's credentials."""

    email: Email
    password: Annotated[str, StringConstraints(min_length=1, max_length=1_024), NoNul]


class Join(Body):
    """An exam app's wish for a session of the exam with this code."""

    exam_code: Code
    candidate_identifier: Name


class Create(Body):
    """A wish for a session of the exam with this id."""

    exam_id: Id
    candidate_identifier: Name = "Candidate"


class Claim(Body):
    """The candidate's press on Start. ``claim_id`` is made by the page, so that asking again gets the same claim."""

    session_id: Id
    claim_id: Uuid | None = None
    consent_version: Annotated[str, StringConstraints(min_length=1, max_length=32), NoNul]
    return_url: Annotated[str, StringConstraints(max_length=2_048), NoNul] | None = None
