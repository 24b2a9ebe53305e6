"""The integrity score: where to look first, never a judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proctor.conditions import ENDS, types_of
from proctor.domain import rules
from proctor.records import Event, Flag, FlagState, Session, Source
from proctor.store import Store

DEFAULT_WEIGHTS: Mapping[str, int] = {"focus_lost": 2} | {
    rule.rule_id: rule.weight for rule in rules.RULES.values() if rule.weight
}
"""Points lost for each event of a type. Types that are not named cost nothing."""

MOST_PROOFS = 500
"""Of a type whose number alone explains the score, nobody reads more."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points lost for the events of one type."""

    event_type: str
    count: int
    weight: int

    @property
    def points(self) -> int:
        """How many points these events cost together."""
        return self.count * self.weight


@dataclass(frozen=True, slots=True)
class Proof:
    """One event that cost points: how long what it began lasted (None: it still does, or nobody said), and its flag."""

    event: Event
    confidence: float | None
    lasted_ms: int | None
    flag: Flag | None


def of_session(session: Session) -> int:
    """Return the session's integrity score as it stands."""
    return integrity_score(counted(session), session.weights)


def counted(session: Session) -> dict[str, int]:
    """Return how many events of each type cost points.

    Those of dismissed flags do not, and neither do those of rules that an accommodation switches off.
    """
    off, dismissed = rules.switched_off(session), session.flags.dismissed
    return {name: max(0, number - dismissed.get(name, 0)) for name, number in session.counts.items() if name not in off}


def proofs(session: Session, event_type: str, events: Sequence[Event], flags: Sequence[Flag]) -> list[Proof]:
    """Return the events of this type that cost points, in time order.

    ``events`` are all that begin or end the condition of this name, ``flags`` all of the session.
    """
    if event_type not in ENDS:
        return [Proof(event, rules.confidence([event]), None, None) for event in events]
    known = {flag.id: flag for flag in flags}
    found = []
    for time in rules.occurrences(event_type, events):
        flag = known.get(rules.flag_id(session.id, event_type, time.first.id))
        if flag is None or flag.state is not FlagState.DISMISSED:
            found += [Proof(event, rules.confidence([event]), rules.lasted_ms(time), flag) for event in time.begun]
    return found


def explain(session: Session, lost: Sequence[Deduction], *, store: Store) -> dict[str, list[Proof]]:
    """Return, by type, the events behind each deduction: the first ``MOST_PROOFS`` that begin or end what it is for."""
    flags = store.flags.of_session(session.id)
    found = {}
    for deduction in lost:
        name = deduction.event_type
        types = types_of(name) if name in ENDS else {name}
        events = store.events.first_of(session.id, types, list(Source), MOST_PROOFS)
        found[name] = proofs(session, name, events, flags)
    return found


def integrity_score(counts: Mapping[str, int], weights: Mapping[str, int] = DEFAULT_WEIGHTS) -> int:
    """Return max(0, 100 - sum of weight times count)."""
    return max(0, 100 - sum(deduction.points for deduction in deductions(counts, weights)))


def deductions(counts: Mapping[str, int], weights: Mapping[str, int] = DEFAULT_WEIGHTS) -> list[Deduction]:
    """Return where points were lost, the most first."""
    lost = [Deduction(name, counts[name], weight) for name, weight in weights.items() if counts.get(name) and weight]
    return sorted(lost, key=lambda deduction: (-deduction.points, deduction.event_type))
