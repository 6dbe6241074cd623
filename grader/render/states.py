"""What states look like to people, and which check of a concept to speak of first."""

from collections.abc import Iterator

from grader.model import CheckResult, ConceptResult, Outcome, State

# State: glyph, word, style.
STATES = {
    State.PASSED: ("✓", "passed", "green"),
    State.PARTIAL: ("◐", "partial", "yellow"),
    State.FAILED: ("✗", "failed", "red"),
    State.ERROR: ("!", "error", "red"),
    State.TODO: ("·", "todo", "dim"),
}

FAULTS = frozenset({Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.PROTOCOL})
STATE_OF = {
    Outcome.PASSED: State.PASSED,
    Outcome.FAILED: State.FAILED,
    Outcome.TODO: State.TODO,
}


def first_to_mend(concept: ConceptResult) -> Iterator[CheckResult]:
    """The first check that says what went wrong; where all of them wait, the first of these."""
    waiting = [check for check in concept.checks if check.outcome is not Outcome.PASSED]
    wrong = [check for check in waiting if check.outcome is not Outcome.TODO]
    yield from (wrong or waiting)[:1]


def is_graders_fault(concept: ConceptResult) -> bool:
    """Whether nothing is left to mend but what the grader itself could not do."""
    outcomes = {check.outcome for check in concept.checks} - {Outcome.PASSED}
    return outcomes == {Outcome.INFRASTRUCTURE}
