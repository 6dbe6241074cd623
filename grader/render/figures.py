"""Numbers of a case for people: the student's beside the right ones, and what flows back."""

import math

from grader.model import Case, Plain
from grader.render.lines import is_number, number_pair, scalar
from grader.render.untrusted import inert

LONGEST = 24


def figure(value: Plain) -> str:
    """One number; what is none is quoted, and nothing is a dash."""
    if value is None:
        return "–"
    if isinstance(value, str) and value in ("nan", "inf", "-inf"):
        return value  # as JSON gives them back
    return inert(scalar(value) or repr(value), LONGEST)


def both(actual: Plain, expected: Plain) -> tuple[str, str]:
    """The student's number and the right one, with as many digits as tell them apart."""
    if is_number(actual) and is_number(expected) and actual != expected:
        return number_pair(actual, expected)
    return figure(actual), figure(expected)


def alike(actual: Plain, expected: Plain) -> bool:
    """Whether a reader should take them for one number."""
    one, other = _real(actual), _real(expected)
    if one is None or other is None:
        return actual == expected
    both_nan = math.isnan(one) and math.isnan(other)
    return both_nan or math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


def share_of(case: Case, user: int, place: int) -> tuple[str, str, str]:
    """What a result hands back to its operand at `place`: upstream, local derivative, product."""
    node = case.nodes[user]
    local = node.local[place] if place < len(node.local) else None
    upstream = _real(node.right_grad)
    if local is None or upstream is None:
        return figure(node.right_grad), figure(local), figure(None)
    return figure(upstream), figure(local), figure(upstream * local)


def judge_name(judge: str) -> str:
    """Whose the right numbers are."""
    return inert(judge, 12)


def _real(value: Plain) -> float | None:
    """The number as a float; None for what is none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:  # of an int
        return math.inf if value > 0 else -math.inf
