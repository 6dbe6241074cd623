"""Name the mistake that explains a concept's wrong numbers, or say that none does."""

import itertools
import operator
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from grader.course import Concept
from grader.diagnosis.behaviour import Behaviour, resembles, same_answers
from grader.diagnosis.catalogue import Mistake, bases_of, mistakes_of
from grader.diagnosis.lineup import Lineup, Mistakes
from grader.harness import Exchange

MOST_PAIRS = 12  # the commonest mistakes stand first
DRAWS = 5  # seeds whose programs may tell two mistakes apart


@dataclass(frozen=True)
class Named:
    """One mistake or two at once; `ties` are the ids of those that explain the numbers as well."""

    mistakes: tuple[Mistake, ...]
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
    again: lets the student's code do the checks once more, leniently, with programs of a seed.
    candidates: mistakes of other concepts to try when none of this one's fits, alone or with one.
    """
    checks = sorted(student)

    def matching(suspects: Sequence[Mistakes]) -> list[Mistakes]:
        fits = lineup.fits(concept, suspects, evidence)
        suspects = [suspect for suspect, each in zip(suspects, fits, strict=True) if all(each)]
        found = lineup.behaviours(concept, suspects, checks)
        return [
            suspect
            for suspect, conduct in zip(suspects, found, strict=True)
            if conduct is not None and resembles(student, conduct)
        ]

    own: list[Mistakes] = [(each,) for each in mistakes_of(concept.id)]
    met: list[Mistakes] = [(each,) for each in candidates]
    rounds: list[Callable[[], Sequence[Mistakes]]] = [
        lambda: own,
        lambda: [(base, *each) for base in bases_of(concept.id) for each in own],
        lambda: met,
        lambda: _pairs([*met, *own], lineup.fits(concept, [*met, *own], evidence)),
    ]
    found: list[Mistakes] = []
    for suspects in rounds:
        found = found or _by_facts(matching(suspects()), facts)
    for other in range(seed, seed + DRAWS):
        if len(found) > 1:
            seen = again(other)
            conducts = lineup.behaviours(concept, found, checks, leniently=other)
            found = [
                suspect
                for suspect, conduct in zip(found, conducts, strict=True)
                if conduct is not None and same_answers(seen, conduct)
            ] or found
    names = list(dict.fromkeys(map(_joined, found)))
    return Named(_mistakes(found[0]), tuple(names[1:])) if found else None


def _by_facts(found: list[Mistakes], facts: Collection[str]) -> list[Mistakes]:
    """Those that the source bears out; else those that ask for nothing in it."""
    borne_out = [each for each in found if _asks(each) and _asks(each) <= {*facts}]
    return borne_out or [each for each in found if not _asks(each)]


def _asks(suspect: Mistakes) -> set[str]:
    """The facts that must be certain of the source."""
    return {each.when for each in _mistakes(suspect) if each.when}


def _mistakes(suspect: Mistakes) -> tuple[Mistake, ...]:
    return tuple(each for each in suspect if isinstance(each, Mistake))


def _pairs(own: Sequence[Mistakes], fits: Sequence[Sequence[bool]]) -> list[Mistakes]:
    """Two at once: first those that explain most of the programs, one this and the other that."""
    pairs = list(itertools.combinations(zip(own, fits, strict=True), 2))
    pairs.sort(key=lambda pair: -sum(map(operator.or_, pair[0][1], pair[1][1])))
    return [(*one, *other) for (one, _), (other, _) in pairs[:MOST_PAIRS]]


def _joined(mistakes: Mistakes) -> str:
    return " + ".join(each.id for each in _mistakes(mistakes))
