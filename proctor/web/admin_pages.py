"""What the pages of the administration are given: one typed context each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from proctor.domain.rules import Rule
from proctor.domain.thresholds import Threshold
from proctor.records import Accommodation, Consent, Exam, Login, Proctor, Session
from proctor.web import csrf
from proctor.web.guard import actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminPage:
    """What every page of the console needs: who is signed in, and the token for what its forms send."""

    proctor_email: str = field(default_factory=lambda: actor().label)
    csrf_token: str = field(default_factory=csrf.console_token)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage(AdminPage):
    """A page with a form: the texts of its fields, and what is wrong with them."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamsPage(AdminPage):
    """All exams, and how many of them are archived."""

    exams: list[Exam]
    shows_archived: bool
    archived_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamPage(FormPage):
    """The form of one exam; ``exam`` None for a new one."""

    exam: Exam | None
    rules: Mapping[str, Rule] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    weighed: Sequence[str] = ()
    retention_days: int = 0
    origins: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctorsPage(AdminPage):
    """All accounts; ``waiting`` says until when an invitation waits, by address."""

    proctors: list[Proctor]
    waiting: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctorPage(FormPage):
    """One account, or the form of an invitation (``proctor`` None); ``ticked`` are the codes of exams to be seen."""

    proctor: Proctor | None
    exams: list[Exam]
    ticked: Collection[str]
    invited_until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage(AdminPage):
    """The link of an invitation, shown this once."""

    email: str
    link: str
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage(FormPage):
    """Where an invited proctor chooses a password. Nobody is signed in."""

    email: str
    min_chars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(FormPage):
    """A proctor's own account; ``login_id`` is the login that shows it."""

    proctor: Proctor
    logins: list[Login]
    login_id: str
    min_chars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccommodationsPage(FormPage):
    """What is granted to candidates who have not come yet."""

    granted: list[Accommodation]
    exams: list[Exam]
    rules: Mapping[str, Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAccommodationsPage(FormPage):
    """What is made easier for the candidate of one session."""

    session: Session
    rules: Mapping[str, Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One entry of the log, ready to be shown."""

    at: str
    by: str
    role: str
    tag: str
    session_id: str | None
    exam_code: str | None
    subject: str | None
    address: str
    details: str
    receipt_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage(FormPage):
    """A page of the audit log. ``query`` is the filter as it stands in the address."""

    rows: list[AuditRow]
    tags: Sequence[str]
    exams: Sequence[str]
    query: str
    next_query: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyPage(FormPage):
    """What is held about one candidate; ``candidate`` is empty before anybody asks."""

    candidate: str
    sessions: list[Session]
    accommodations: list[Accommodation]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage(AdminPage):
    """What was deleted just now."""

    receipt_id: str
    deleted_at: str
    session_count: int
    file_count: int
    document_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage(AdminPage):
    """The words that a candidate agreed to."""

    consent: Consent
    lines: list[str]
    first_shown_at: str
