"""Making, changing and archiving exams, from the console and from the command line."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from proctor.domain import flags, rules, score, thresholds
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.records import Exam, ExamId, Policy
from proctor.settings import origin_of
from proctor.store import Store

MAX_MINUTES = 7 * 24 * 60
MAX_RETENTION_DAYS = 3_650
MAX_ADDITION_CHARS = 2_000
MAX_ORIGINS = 20
MAX_WEIGHT = 100
Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants of an exam: everything about it but its code, which never changes."""

    title: str
    duration_minutes: int | None = None
    screen_required: bool = False
    join_by_hand: bool = True
    weights: Mapping[str, int] | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    origins: tuple[str, ...] = ()
    consent_addition: str = ""


def draft_of(exam: Exam) -> Draft:
    """Return what is wanted of ``exam`` as it stands."""
    return Draft(
        title=exam.title,
        duration_minutes=exam.duration_minutes,
        screen_required=exam.screen_required,
        join_by_hand=exam.join_by_hand,
        weights=exam.weights,
        rules=exam.rules,
        policy=exam.policy,
        origins=exam.origins,
        consent_addition=exam.consent_addition,
    )


def add(code: str, draft: Draft, *, store: Store, now: datetime) -> Exam:
    """Make an exam that candidates join with ``code``.

    Raises ``InvalidInput`` with every fault by field, and ``Conflict`` for a code that is taken.
    """
    code = code.strip()
    errors = {} if 1 <= len(code) <= 64 and code.isprintable() else {"code": ["Up to 64 characters in one line."]}
    checked = _checked(draft, errors)
    exam = _drafted(Exam(ExamId(str(uuid.uuid4())), code, "", None, False, False, now), checked)
    if not store.exams.add_if_new(exam):
        raise Conflict(f"There is an exam with the code {code!r} already.")
    return exam


def edit(code: str, draft: Draft, *, store: Store) -> Exam:
    """Change an exam. What is recorded, how long it lasts and for how long it is kept hold for sessions to come.

    Rules and weights hold for the sessions that there are as well: they are judged and scored anew.
    Raises ``NotFound``, and ``InvalidInput`` with every fault by field.
    """
    exam = of_code(code, store=store)
    changed = _drafted(exam, _checked(draft, {}, weighed_before=exam.weights or {}))
    store.exams.put(changed)
    if (changed.rules, changed.weights) != (exam.rules, exam.weights):
        flags.change_exam_rules(code, changed.rules, changed.weights, store=store)
    return changed


def archive(code: str, archived: bool, *, store: Store, now: datetime) -> None:
    """Let no more candidates join this exam, or let them again. Its sessions stay. Raises ``NotFound``."""
    if not store.exams.set_archived(code, now if archived else None):
        raise NotFound(f"There is no exam with the code {code!r}.")


def of_code(code: str, *, store: Store) -> Exam:
    """Return the exam with this code, archived or not; raise ``NotFound`` where there is none."""
    found = store.exams.get_by_code(code)
    if found is None:
        raise NotFound(f"There is no exam with the code {code!r}.")
    return found


def of_id(exam_id: str, *, store: Store) -> Exam:
    """Return the exam with this id, archived or not; raise ``NotFound`` where there is none."""
    found = store.exams.get(ExamId(exam_id))
    if found is None:
        raise NotFound("There is no such exam.")
    return found


def differences(before: Exam, after: Exam) -> list[str]:
    """Return the names of what has changed."""
    one, other = draft_of(before), draft_of(after)
    return [part.name for part in fields(Draft) if getattr(one, part.name) != getattr(other, part.name)]


def origins_of(exam_code: str | None, *, store: Store) -> Collection[str]:
    """Return the sites that this exam allows its candidates to be sent to, beside those of the settings."""
    found = store.exams.get_by_code(exam_code) if exam_code else None
    return found.origins if found else ()


def _drafted(exam: Exam, draft: Draft) -> Exam:
    return replace(
        exam,
        title=draft.title,
        duration_minutes=draft.duration_minutes,
        screen_required=draft.screen_required,
        join_by_hand=draft.join_by_hand,
        weights=draft.weights,
        rules=draft.rules,
        policy=draft.policy,
        origins=draft.origins,
        consent_addition=draft.consent_addition,
    )


def _checked(draft: Draft, errors: Errors, weighed_before: Collection[str] = ()) -> Draft:
    """Return ``draft`` in its plain form; raise ``InvalidInput`` with every fault, those in ``errors`` included.

    What has a weight already, ``weighed_before``, may have one: a file of rules names any event.
    """
    title, addition = draft.title.strip(), draft.consent_addition.replace("\r\n", "\n").strip()
    if not 1 <= len(title) <= 200 or not title.isprintable():
        errors["title"] = ["Up to 200 characters in one line."]
    if draft.duration_minutes is not None and not 1 <= draft.duration_minutes <= MAX_MINUTES:
        errors["minutes"] = [f"Between 1 and {MAX_MINUTES}."]
    days = draft.policy.retention_days
    if days is not None and not 1 <= days <= MAX_RETENTION_DAYS:
        errors["retention_days"] = [f"Between 1 and {MAX_RETENTION_DAYS}."]
    if len(addition) > MAX_ADDITION_CHARS or "\x00" in addition:
        errors["consent_addition"] = [f"Up to {MAX_ADDITION_CHARS} characters."]
    if len(draft.origins) > MAX_ORIGINS or any(origin_of(origin) != origin for origin in draft.origins):
        errors["origins"] = [f"Up to {MAX_ORIGINS} origins like https://exams.example.org, without a path."]
    errors |= _weight_errors(draft.weights or {}, weighed_before)
    errors |= _errors_of(lambda: rules.check_changes(draft.rules))
    errors |= _errors_of(lambda: thresholds.check(draft.policy.thresholds))
    if errors:
        raise InvalidInput("The exam was not saved: please look at the fields below.", errors=errors)
    return replace(draft, title=title, consent_addition=addition)


def _weight_errors(weights: Mapping[str, int], weighed_before: Collection[str]) -> Errors:
    known = score.DEFAULT_WEIGHTS.keys() | rules.RULES.keys() | set(weighed_before)
    wrong = [name for name, weight in weights.items() if name not in known or not 0 <= weight <= MAX_WEIGHT]
    return {f"weight-{name}": [f"A whole number from 0 to {MAX_WEIGHT}, for an event that we know."] for name in wrong}


def _errors_of(check: Callable[[], object]) -> Errors:
    try:
        check()
    except InvalidInput as error:
        return {name: list(found) for name, found in (error.errors or {}).items()}
    return {}
