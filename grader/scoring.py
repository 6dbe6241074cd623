"""Outcomes to scores: pure functions, nothing else decides a point."""

from collections.abc import Iterable, Sequence

from grader.model import CheckResult, ConceptResult, Outcome, State


def state_of(checks: Sequence[CheckResult]) -> State:
    """What the outcomes of one concept's checks add up to; no checks at all is `absent`."""
    outcomes = {check.outcome for check in checks}
    if not outcomes:
        return State.ABSENT
    if outcomes == {Outcome.PASSED}:
        return State.PASSED
    if outcomes == {Outcome.NOT_RUN}:
        return State.NOT_RUN
    if Outcome.PASSED in outcomes:
        return State.PARTIAL
    if Outcome.FAILED in outcomes:
        return State.FAILED
    if Outcome.TODO in outcomes:
        return State.TODO
    return State.ERROR


def earned(checks: Sequence[CheckResult], possible: int) -> float:
    """Points for a concept: shared equally by its checks, rounded down to the hundredth.

    Rounding down means that a concept with a fault never shows its full points. A check that the
    grader itself failed on has no share.
    """
    judged = _judged(checks)
    if not judged:
        return 0.0
    passed = sum(check.outcome is Outcome.PASSED for check in judged)
    return possible * 100 * passed // len(judged) / 100


def counted(checks: Sequence[CheckResult], possible: int) -> int:
    """What a concept counts in the total: nothing where the grader failed on all its checks."""
    return possible if _judged(checks) or not checks else 0


def better(first: CheckResult, second: CheckResult) -> CheckResult:
    """The better of two results for one check; `first` where they are equally good."""
    return second if _RANK[second.outcome] > _RANK[first.outcome] else first


def totals(concepts: Iterable[ConceptResult]) -> tuple[float, int, float, int]:
    """`(score, max_score, bonus, max_bonus)` over the concepts that are in the submission."""
    present = [concept for concept in concepts if concept.state is not State.ABSENT]
    main = [concept for concept in present if not concept.bonus]
    extra = [concept for concept in present if concept.bonus]
    return (
        _sum(concept.earned for concept in main),
        sum(concept.possible for concept in main),
        _sum(concept.earned for concept in extra),
        sum(concept.possible for concept in extra),
    )


def is_complete(concepts: Iterable[ConceptResult]) -> bool:
    """Whether every graded concept passed. Bonus counts only where nothing else was graded."""
    present = [concept for concept in concepts if concept.state is not State.ABSENT]
    required = [concept for concept in present if not concept.bonus] or present
    return bool(required) and all(concept.state is State.PASSED for concept in required)


def _judged(checks: Sequence[CheckResult]) -> list[CheckResult]:
    return [check for check in checks if check.outcome is not Outcome.INFRASTRUCTURE]


# A check may be tried twice: alone, and with the reference's help. A stub that is still there
# says more than a failure that some other stub caused.
_RANK = {
    Outcome.NOT_RUN: 0,
    Outcome.INFRASTRUCTURE: 0,
    Outcome.PROTOCOL: 1,
    Outcome.CRASHED: 1,
    Outcome.TIMEOUT: 1,
    Outcome.ERROR: 2,
    Outcome.FAILED: 3,
    Outcome.TODO: 4,
    Outcome.PASSED: 5,
}


def _sum(points: Iterable[float]) -> float:
    """Add hundredths as integers: 0.1 + 0.2 is 0.3 on a report card."""
    return sum(round(100 * value) for value in points) / 100
