"""What the numbers tell where no known mistake explains them: never a guess."""

import math

from grader.diagnosis.divergence import Parting, as_number
from grader.harness.compare import show

WORDS = {
    "+": "plus",
    "-": "minus",
    "*": "times",
    "/": "the division",
    "**": "the power",
    "neg": "the minus sign",
}
SHARES = (
    "Each operand's share is the upstream gradient times the operator's local derivative for it; "
    "a Value that is used twice gets the sum of its shares."
)
FACTORS = {-1.0: "has the wrong sign", 2.0: "is twice too large", 0.5: "is only half of it"}


def sentence_for(parting: Parting) -> str:
    """One sentence about the first number that is wrong. The names are those of the case."""
    if parting.forward:
        return _of_data(parting)
    yours = parting.yours[2 * parting.first + 1]
    if not parting.operators:
        return (
            f"The result's own gradient is {show(yours)}; everything begins with "
            f"{show(parting.right[2 * parting.first + 1])} there."
        )
    return _of_gradient(parting, as_number(yours))


def thought_for(parting: Parting) -> str:
    """How to go about it."""
    if parting.forward:
        return "Compute this one step by hand, and compare it with what your code does."
    return SHARES if parting.operators else "Backwards, a result's slope along itself comes first."


def word(operator: str) -> str:
    """What an operator is called in a sentence."""
    return WORDS.get(operator, operator)


def _of_data(parting: Parting) -> str:
    yours, right = parting.yours[2 * parting.first], parting.right[2 * parting.first]
    if not parting.operators:
        return f"A new Value holds {show(yours)} where it was given {show(right)}."
    operator = word(parting.operators[0])
    sentence = f"{operator} gives {show(yours)} where it should give {show(right)}."
    return sentence[0].upper() + sentence[1:]


def _of_gradient(parting: Parting, yours: float) -> str:
    name, operators = parting.name, " and ".join(map(word, parting.operators))
    shares, right = parting.shares(), as_number(parting.right[2 * parting.first + 1])
    if math.isnan(yours):
        return f"The gradient of {name} is no number after {operators} took its step back."
    if yours == 0:
        return f"No gradient arrives at {name}: {operators} should hand it one."
    if len(shares) > 1 and any(_equal(yours, share) for share in shares):
        return (
            f"Only one share of {name}'s gradient is left: {name} is used {len(shares)} times, "
            "and each use has a share."
        )
    if len(shares) == 1:
        local, upstream = _factors(parting, shares[0])
        if _equal(yours, local):
            return f"{name} gets the local derivative of {operators} alone, without the upstream."
        if _equal(yours, upstream):
            return f"{name} gets the upstream gradient alone, without {operators}'s own slope."
    for factor, verdict in FACTORS.items():
        if _equal(yours, factor * right):
            return f"The gradient that {operators} hands to {name} {verdict}."
    return (
        f"Going backwards, the gradient of {name} is the first that is wrong: "
        f"look at the step that {operators} takes."
    )


def _factors(parting: Parting, share: float) -> tuple[float, float]:
    """The local derivative and the upstream gradient that make the only share."""
    [user] = parting.graph.users()[parting.first]
    upstream = as_number(parting.right[2 * user + 1])
    return (share / upstream if upstream else math.nan), upstream


def _equal(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-12)
