"""Give an exam other rules for flags and other weights: ``python -m proctor.exam_rules CODE FILE``.

The file is JSON, ``{"rules": {…}, "weights": {…}}``, as docs/rules.md describes it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proctor import ROOT, settings
from proctor.domain import flags
from proctor.errors import ProctorError
from proctor.store import Store, open_store


class ExamRules(BaseModel):
    """In what an exam differs from the server's own rules and weights."""

    model_config = ConfigDict(strict=True, extra="forbid")

    rules: dict[str, Any] = {}
    weights: dict[str, Annotated[int, Field(ge=0, le=100)]] | None = None


class RulesFileError(Exception):
    """The file cannot be read, or is not what it should be."""


def change_rules(code: str, path: Path, *, store: Store) -> None:
    """Judge the sessions of the exam ``code`` by what the file says.

    Raises ``RulesFileError``, and what ``flags.change_exam_rules`` raises.
    """
    try:
        given = ExamRules.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise RulesFileError(str(error)) from error
    flags.change_exam_rules(code, given.rules, given.weights, store=store)


def main(arguments: Sequence[str]) -> int:
    """Run as a command; returns its exit status."""
    if len(arguments) != 2:
        return _fail("Usage: python -m proctor.exam_rules CODE FILE")
    code, path = arguments
    try:
        loaded = settings.load(ROOT)
        with closing(open_store(loaded.mongodb_url, loaded.database)) as store:
            change_rules(code, Path(path), store=store)
    except (RulesFileError, settings.SettingsError) as error:
        return _fail(str(error))
    except ProctorError as error:
        return _fail(error.detail)
    print(f"The sessions of {code} are judged by these rules from now on.")
    return 0


def _fail(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
