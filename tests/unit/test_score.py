"""The integrity score."""

from hypothesis import given
from hypothesis import strategies as st

from proctor.domain.score import DEFAULT_WEIGHTS, integrity_score

COUNTS = st.dictionaries(st.sampled_from([*DEFAULT_WEIGHTS, "copy", "note"]), st.integers(0, 1_000))


def test_nothing_noticed_is_a_hundred() -> None:
    assert integrity_score({}) == 100


def test_each_event_costs_its_weight() -> None:
    assert integrity_score({"focus_lost": 3, "phone_detected": 1}) == 100 - 3 * 2 - 15


def test_a_type_without_a_weight_costs_nothing() -> None:
    assert integrity_score({"copy": 50, "window_blur": 50}) == 100


def test_an_exam_may_weigh_otherwise() -> None:
    assert integrity_score({"copy": 2, "focus_lost": 9}, {"copy": 5}) == 90


@given(COUNTS)
def test_the_score_stays_between_nothing_and_a_hundred(counts: dict[str, int]) -> None:
    assert 0 <= integrity_score(counts) <= 100


@given(COUNTS, st.sampled_from(sorted(DEFAULT_WEIGHTS)))
def test_another_event_never_raises_the_score(counts: dict[str, int], event_type: str) -> None:
    more = counts | {event_type: counts.get(event_type, 0) + 1}

    assert integrity_score(more) <= integrity_score(counts)
