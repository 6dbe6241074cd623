"""What an engine did in a concept's checks, so that two engines can be compared by it."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.harness import Exchange
from grader.model import CheckResult, Outcome, Plain

# Two engines that compute the same thing in another order differ in the last digits.
RELATIVE, ABSOLUTE = 1e-9, 1e-13


@dataclass(frozen=True)
class Conduct:
    """One check: its outcome, what was said, and the numbers given where PyTorch was asked too.

    Where a check judges a structure there is freedom in it (the order of a set), and only the
    sentence counts.
    """

    outcome: str
    said: str
    numbers: tuple[Plain, ...]

    @property
    def passed(self) -> bool:
        """Whether the check was passed."""
        return self.outcome == Outcome.PASSED

    def resembles(self, other: "Conduct") -> bool:
        """Whether both did the same, but for the last digits."""
        if self.outcome != other.outcome:
            return False
        if self.outcome != Outcome.FAILED and self.said != other.said:
            return False
        if self.numbers or other.numbers:
            return _alike(list(self.numbers), list(other.numbers)) and (
                "PyTorch says" in self.said or self.said == other.said or self.passed
            )
        return self.said == other.said


Behaviour = Mapping[str, Conduct]  # by check


def behaviour(
    results: Iterable[CheckResult], ledger: Mapping[str, Sequence[Exchange]]
) -> dict[str, Conduct]:
    """How an engine behaved in these checks."""
    return {each.id: _conduct(each, ledger.get(each.id, ())) for each in results}


def resembles(one: Behaviour, other: Behaviour) -> bool:
    """Whether two engines did the same in every check that both were asked."""
    return all(one[name].resembles(other[name]) for name in one if name in other)


def to_data(found: Behaviour) -> Plain:
    """As plain data, for the cache."""
    data: dict[str, Plain] = {
        name: [each.outcome, each.said, list(each.numbers)] for name, each in found.items()
    }
    return data


def from_data(data: Any) -> dict[str, Conduct] | None:
    """Read back; None for anything else."""
    try:
        return {
            str(name): Conduct(str(outcome), str(said), tuple(numbers))
            for name, (outcome, said, numbers) in data.items()
        }
    except (AttributeError, TypeError, ValueError):
        return None


def _conduct(result: CheckResult, exchanges: Sequence[Exchange]) -> Conduct:
    numbers: list[Plain] = []
    for exchange in exchanges:
        if exchange.expected is not None:
            values = exchange.reply.values
            numbers.append(_fault(exchange) if values is None else _portable(list(values)))
    said = result.message if result.outcome is not Outcome.PASSED else ""
    return Conduct(str(result.outcome), _ID.sub("…", said), tuple(numbers))


# Addresses, and what a learner may call their own things.
_ID = re.compile(r"0x[0-9a-f]+")


def _fault(exchange: Exchange) -> str:
    fault = exchange.reply.fault
    return _ID.sub("…", f"{fault.outcome}: {fault.message}") if fault else ""


def _portable(value: Plain) -> Plain:
    """JSON has no nan and no infinity."""
    if isinstance(value, list):
        return [_portable(each) for each in value]
    if isinstance(value, dict):
        return {name: _portable(each) for name, each in value.items() if name not in ("n", "repr")}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _alike(one: Plain, other: Plain) -> bool:
    if isinstance(one, list):
        return (
            isinstance(other, list)
            and len(one) == len(other)
            and all(map(_alike, one, other))
        )  # fmt: skip
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(_alike(one[name], other[name]) for name in one)
        )
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= max(ABSOLUTE, RELATIVE * max(abs(one), abs(other)))
    return one == other
