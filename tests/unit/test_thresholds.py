"""The thresholds of the detection: a closed list, which exams may move within bounds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from proctor.domain import thresholds
from proctor.domain.thresholds import THRESHOLDS
from proctor.errors import InvalidInput
from proctor.records import Policy

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "detection.md").read_text(encoding="utf-8")
SCRIPTS = ROOT / "proctor" / "static" / "js" / "detect"
ROW = re.compile(r"^\| `([a-z_]+)` \| ([\d.]+) \| ([\d.]+ to [\d.]+) \| (.*) \|$", re.MULTILINE)


def test_the_page_of_the_detection_names_each_threshold_with_its_default_range_and_meaning() -> None:
    described = [(name, float(default), held, meaning) for name, default, held, meaning in ROW.findall(PAGE)]

    assert described == [(known.name, known.default, known.range, known.meaning) for known in THRESHOLDS.values()]


def test_every_threshold_is_one_that_the_scripts_compare_with_and_no_other() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))

    assert set(re.findall(r"\blimits\.([a-z]+_[a-z_]+)", written)) == THRESHOLDS.keys()


@pytest.mark.parametrize("known", THRESHOLDS.values(), ids=lambda known: known.name)
def test_a_default_and_both_ends_of_its_range_are_taken(known: thresholds.Threshold) -> None:
    for value in (known.default, known.lowest, known.highest):
        assert thresholds.check({known.name: value}) == {known.name: value}


@pytest.mark.parametrize(
    "given",
    [
        {"nonsense": 0.5},
        {"face_score": 0.2},
        {"face_score": 1},
        {"face_score": "0.7"},
        {"face_score": True},
        {"face_score": None},
        {"face_score": float("nan")},
        {"frozen_s": float("inf")},
    ],
)
def test_what_is_no_threshold_or_out_of_its_range_is_refused_by_name(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        thresholds.check({**given, "away_eyes": 0.7})

    assert refused.value.errors
    assert refused.value.errors.keys() == given.keys()


def test_a_policy_changes_what_it_names_and_nothing_else() -> None:
    held = thresholds.of(Policy(thresholds={"phone_score": 0.6, "of an older release": 3}))

    assert held == {name: 0.6 if name == "phone_score" else known.default for name, known in THRESHOLDS.items()}
