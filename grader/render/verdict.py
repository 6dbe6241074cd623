"""What is said of one check that did not pass, whatever it is written on."""

from grader.model import CheckResult, Outcome
from grader.render.lines import is_number, lines_of, scalar

# A message such as "took too long and was stopped" needs someone who did it.
_SUBJECT = {
    Outcome.TIMEOUT: "timeout: ",
    Outcome.CRASHED: "crashed: ",
    Outcome.PROTOCOL: "broken answer: ",
    Outcome.INFRASTRUCTURE: "a fault of the grader, not yours: ",
}


def check_name(check: CheckResult) -> str:
    """`tanh in the middle`."""
    return check.id.rpartition("::")[2].removeprefix("test_").replace("_", " ")


def message_of(check: CheckResult) -> str:
    """Its message on one line, after who or what is meant."""
    return subject_of(check) + one_line(check.message)


def subject_of(check: CheckResult) -> str:
    """`timeout: `; empty where the message speaks of it itself."""
    return _SUBJECT.get(check.outcome, "")


def one_line(message: str) -> str:
    """A message of several lines as one."""
    return " ".join(lines_of(message, 3)) or "no reason was given"


def has_both_numbers(check: CheckResult) -> bool:
    """Whether the student's number can stand beside PyTorch's, which says it all."""
    pair = is_number(check.actual) and is_number(check.expected)
    return pair and "PyTorch says" in check.message


def value_to_tell(check: CheckResult) -> str | None:
    """The student's value, where the message leaves it out."""
    value = scalar(check.actual)
    if value is None or value in check.message or check.actual == check.expected:
        return None
    return value if check.outcome is Outcome.FAILED else None
