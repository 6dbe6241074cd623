"""Name the mistake that explains a concept's wrong numbers, or say that none does."""

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from grader.course import Concept
from grader.diagnosis.behaviour import Behaviour, resembles
from grader.diagnosis.catalogue import Mistake, mistakes_of
from grader.diagnosis.lineup import Lineup, Mistakes
from grader.harness import Exchange

OTHER_SEEDS = 2  # how often other programs are drawn to tell two mistakes apart
MOST_PAIRS = 24


@dataclass(frozen=True)
class Named:
    """One mistake or two at once; `ties` are the ids of those that explain the numbers as well."""

    mistakes: Mistakes
    ties: tuple[str, ...] = ()


def name(
    lineup: Lineup,
    concept: Concept,
    student: Behaviour,
    evidence: Sequence[Exchange],
    facts: Collection[str],
    seed: int,
    again: Callable[[int], Behaviour],
    candidates: Sequence[Mistake] = (),
) -> Named | None:
    """The mistake that does in every check what the student's code did; None where no one does.

    evidence: some of the programs that failed, to sift by.
    facts: kinds of facts that are certain of the source; they decide between equal numbers.
    again: lets the student's code do the checks once more, with programs of another seed.
    candidates: mistakes to try when none of the concept's own fits.
    """
    checks = sorted(student)

    def matching(suspects: Sequence[Mistakes], seed: int, seen: Behaviour) -> list[Mistakes]:
        suspects = lineup.fitting(concept, suspects, evidence)
        found = lineup.behaviours(concept, suspects, seed, checks)
        return [
            suspect
            for suspect, conduct in zip(suspects, found, strict=True)
            if conduct is not None and resembles(seen, conduct)
        ]

    own: list[Mistakes] = [(each,) for each in mistakes_of([concept.id])]
    found = matching(own, seed, student)
    if not found:
        found = matching(_pairs(lineup, concept, student, own, seed), seed, student)
    if not found:
        found = matching([(each,) for each in candidates], seed, student)
    found = _by_facts(found, facts)
    for other in range(seed + 1, seed + 1 + OTHER_SEEDS):
        if len(found) > 1:
            found = matching(found, other, again(other)) or found
    if not found:
        return None
    return Named(found[0], tuple(_joined(each) for each in found[1:]))


def _by_facts(found: list[Mistakes], facts: Collection[str]) -> list[Mistakes]:
    """Those that the source bears out; else those that ask for nothing in it."""
    borne_out = [each for each in found if _asks(each) and _asks(each) <= {*facts}]
    return borne_out or [each for each in found if not _asks(each)]


def _asks(mistakes: Mistakes) -> set[str]:
    """The facts that must be certain of the source."""
    return {each.when for each in mistakes if each.when}


def _pairs(
    lineup: Lineup, concept: Concept, student: Behaviour, own: Sequence[Mistakes], seed: int
) -> list[Mistakes]:
    """Two at once, where either leaves alone what the student got right, and both together spoil
    all that the student got wrong."""
    behaviours = lineup.behaviours(concept, own, seed, sorted(student))
    passed = {check for check, conduct in student.items() if conduct.passed}
    spoilt = [
        (suspect, {check for check, each in conduct.items() if not each.passed})
        for suspect, conduct in zip(own, behaviours, strict=True)
        if conduct is not None
    ]
    fitting = [(suspect, failed) for suspect, failed in spoilt if not failed & passed]
    wanted = set(student) - passed
    pairs = [
        (*one, *other)
        for (one, first), (other, second) in itertools.combinations(fitting, 2)
        if first | second >= wanted
    ]
    return pairs[:MOST_PAIRS]


def _joined(mistakes: Mistakes) -> str:
    return " + ".join(each.id for each in mistakes)
