"""What states look like to people, and which check of a concept to speak of first."""

from collections.abc import Sequence

from grader.model import CheckResult, ConceptResult, Outcome, Report, State

# State: glyph, word, style.
STATES = {
    State.PASSED: ("✓", "passed", "green"),
    State.PARTIAL: ("◐", "partial", "yellow"),
    State.FAILED: ("✗", "failed", "red"),
    State.ERROR: ("!", "error", "red"),
    State.TODO: ("·", "todo", "dim"),
    State.NOT_RUN: ("–", "not run", "dim"),
}

SETTLED = frozenset({State.PASSED, State.NOT_RUN})  # nothing to do about these, as far as known
WAITING = frozenset({State.TODO, State.NOT_RUN})  # nothing can be said of these yet

# What is said of a concept whose solution was asked for before it passed.
GAVE_UP = "after a look at the solution"

_FAULTS = frozenset({Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.PROTOCOL})
STATE_OF = {
    Outcome.PASSED: State.PASSED,
    Outcome.FAILED: State.FAILED,
    Outcome.TODO: State.TODO,
    Outcome.NOT_RUN: State.NOT_RUN,
}


def first_to_mend(concept: ConceptResult) -> CheckResult | None:
    """The first check that says what went wrong; where all of them wait, the first of these."""
    waiting = [check for check in concept.checks if check.outcome is not Outcome.PASSED]
    wrong = [check for check in waiting if check.outcome is not Outcome.TODO]
    return next(iter(wrong or waiting), None)


def fault_of(lesson: Sequence[ConceptResult]) -> CheckResult | None:
    """Why nothing of a lesson could be graded: every check ended alike, before its program ran."""
    checks = [check for concept in lesson for check in concept.checks]
    reasons = {(each.outcome, each.message, each.place, each.program) for each in checks}
    if len(reasons) != 1 or checks[0].program is not None:
        return None
    return checks[0] if checks[0].outcome in _FAULTS else None


def points_of(lesson: Sequence[ConceptResult]) -> tuple[float, int]:
    """What the concepts of a lesson earned, to the hundredth of a point, and could earn."""
    earned = sum(round(100 * concept.earned) for concept in lesson) / 100
    return earned, sum(concept.possible for concept in lesson)


def is_graders_fault(concept: ConceptResult) -> bool:
    """Whether nothing is left to mend but what the grader itself could not do."""
    outcomes = {check.outcome for check in concept.checks} - {Outcome.PASSED}
    return outcomes == {Outcome.INFRASTRUCTURE}


def is_open(concept: ConceptResult) -> bool:
    """Whether it is for the learner to go on with, as far as that is known."""
    return concept.state not in SETTLED and not is_graders_fault(concept)


def trouble_of(report: Report) -> tuple[str, ...]:
    """What keeps a report from being the whole truth, in sentences."""
    sentences = []
    if report.infrastructure:
        sentences.append(
            "The grader itself failed on some checks: no verdict on them, please report it."
        )
    if report.interrupted:
        sentences.append("Grading was stopped early: what is not run has no verdict yet.")
    return tuple(sentences)


def how_read(report: Report) -> list[str]:
    """What is said of how its notebooks were read; nothing where there are none."""
    ways = list(report.notebooks.values())
    executed = ways.count("execute")
    told = [(executed, "executed"), (len(ways) - executed, "read by code cells")]
    counted = [f"{_notebooks(count)} {what}" for count, what in told if count]
    return [", ".join(counted)] if counted else []


def _notebooks(count: int) -> str:
    return "1 notebook" if count == 1 else f"{count} notebooks"
