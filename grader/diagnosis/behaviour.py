"""What an engine did in a concept's checks, so that two engines can be compared by it."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.diagnosis.shapes import shape_of
from grader.harness import Exchange
from grader.model import CheckResult, Outcome, Plain
from grader.sandbox import Reply

# Two engines that compute the same thing in another order differ in the last digits.
RELATIVE, ABSOLUTE = 1e-9, 1e-13


@dataclass(frozen=True)
class Conduct:
    """One check: its outcome, what was said, the numbers given where PyTorch was asked too, and
    the shapes of what was judged by a rule.

    A structure that is right may be so in several ways (the order of a set): of what passed, no
    shapes are compared.
    """

    outcome: str
    said: str
    numbers: tuple[Plain, ...]
    shapes: tuple[Plain, ...]

    @property
    def passed(self) -> bool:
        """Whether the check was passed."""
        return self.outcome == Outcome.PASSED

    def resembles(self, other: "Conduct") -> bool:
        """Whether both did the same, but for the last digits."""
        if self.outcome != other.outcome:
            return False
        if self.passed:
            return True  # and so are the numbers PyTorch's, both times
        if not alike([*self.numbers], [*other.numbers]):
            return False
        if self.outcome == Outcome.FAILED and "PyTorch says" in self.said and self.numbers:
            return True  # the sentence holds the number, to some digits
        return self.said == other.said and self.shapes == other.shapes


Behaviour = Mapping[str, Conduct]  # by check


def behaviour(
    results: Iterable[CheckResult], ledger: Mapping[str, Sequence[Exchange]]
) -> dict[str, Conduct]:
    """How an engine behaved in these checks."""
    return {each.id: _conduct(each, ledger.get(each.id, ())) for each in results}


def resembles(one: Behaviour, other: Behaviour) -> bool:
    """Whether two engines did the same in every check that both were asked."""
    return all(one[name].resembles(other[name]) for name in one if name in other)


def same_answers(one: Behaviour, other: Behaviour) -> bool:
    """Whether two engines gave the same numbers, judged or not, and failed in the same way."""
    return all(
        alike([*one[name].numbers], [*other[name].numbers])
        and one[name].outcome == other[name].outcome
        and (one[name].passed or one[name].shapes == other[name].shapes)
        for name in one
        if name in other
    )


def replied(reply: Reply) -> Plain:
    """An engine's reply as plain data: its values, or what went wrong."""
    if reply.values is not None:
        return _portable([*reply.values])
    fault = reply.fault
    return _without_numbers(f"{fault.outcome}: {fault.message}") if fault else ""


def alike(one: Plain, other: Plain) -> bool:
    """Whether two replies are the same, but for the last digits."""
    if isinstance(one, list):
        return (
            isinstance(other, list)
            and len(one) == len(other)
            and all(map(alike, one, other))
        )  # fmt: skip
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(alike(one[name], other[name]) for name in one)
        )
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int) and isinstance(other, int):
        return one == other  # perhaps with more digits than a float has room for
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= max(ABSOLUTE, RELATIVE * max(abs(one), abs(other)))
    return one == other


def to_data(found: Behaviour) -> Plain:
    """As plain data, for the cache."""
    data: dict[str, Plain] = {
        name: [each.outcome, each.said, [*each.numbers], [*each.shapes]]
        for name, each in found.items()
    }
    return data


def from_data(data: Any) -> dict[str, Conduct] | None:
    """Read back; None for anything else."""
    try:
        return {
            str(name): Conduct(str(outcome), str(said), tuple(numbers), tuple(shapes))
            for name, (outcome, said, numbers, shapes) in data.items()
        }
    except (AttributeError, TypeError, ValueError):
        return None


def _conduct(result: CheckResult, exchanges: Sequence[Exchange]) -> Conduct:
    numbers: list[Plain] = []
    shapes: list[Plain] = []
    for exchange in exchanges:
        values = exchange.reply.values
        if values is None or exchange.expected is not None:
            numbers.append(replied(exchange.reply))
        else:
            shapes.append(shape_of(exchange.program, values))
    said = result.message if result.outcome is Outcome.FAILED else _without_numbers(result.message)
    return Conduct(str(result.outcome), said, tuple(numbers), tuple(shapes))


def _without_numbers(message: str) -> str:
    """An exception may speak of addresses, of numbers drawn by the student's code, and of where in
    Python the stack came to its end."""
    return _NUMBER.sub("…", _TOO_DEEP.sub(r"\1", message))


_TOO_DEEP = re.compile(r"(maximum recursion depth exceeded).*", re.DOTALL)
_NUMBER = re.compile(r"0x[0-9a-f]+|-?\d+(\.\d+)?(e[+-]?\d+)?")


def _portable(value: Plain) -> Plain:
    """JSON has no nan and no infinity."""
    if isinstance(value, list):
        return [_portable(each) for each in value]
    if isinstance(value, dict):
        return {name: _portable(each) for name, each in value.items() if name not in ("n", "repr")}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
