"""What all commands share: errors in words, who is acting, tables that programs can read."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import ParamSpec

import click

from proctor.audit_tags import AuditEntry, AuditTag
from proctor.domain import audit
from proctor.domain.exam_clock import utc_now
from proctor.errors import ProctorError
from proctor.web.services import services

P = ParamSpec("P")
OPERATOR = audit.By("command line", "operator")
"""Who is named in the audit log: whoever may run commands may do everything."""


def in_words(command: Callable[P, None]) -> Callable[P, None]:
    """Make ``command`` end with a sentence, and a status other than 0, where something is wrong."""

    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ProctorError as error:
            hints = [hint for problems in (error.errors or {}).values() for hint in problems]
            raise click.ClickException(" ".join([error.detail, *hints])) from error
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror or error}.") from error

    return call


def record(tag: AuditTag, *, exam_code: str | None = None, subject: str | None = None) -> AuditEntry:
    """Write down what this command did."""
    about = audit.About(exam_code=exam_code, subject=subject)
    return audit.record(tag, OPERATOR, about, store=services().store, now=utc_now())


def print_row(cells: Iterable[object]) -> None:
    """Print one line of a table, its cells apart by tabs. A cell keeps to its place whatever is in it."""
    click.echo("\t".join(" ".join(str(cell).split()) for cell in cells))
