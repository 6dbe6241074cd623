"""Random numbers, expressions and graphs, from a seed: the same seed draws the same programs.

Numbers have two decimals, so that a learner can read them. While an expression is drawn its value
is computed along, and a step that would come near a kink (relu at 0), a singularity (1/0), the
flat ends of tanh or too large a number is drawn again.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.expressions.draft import Draft, Symbol

LARGEST = 6.0


@dataclass(frozen=True)
class Operator:
    """How to write an operator, what it computes, and where its operands may lie."""

    arity: int
    write: Callable[..., Symbol]
    compute: Callable[..., float]
    allowed: Callable[..., bool]


OPERATORS: dict[str, Operator] = {
    "+": Operator(2, lambda a, b: a + b, lambda a, b: a + b, lambda a, b: True),
    "-": Operator(2, lambda a, b: a - b, lambda a, b: a - b, lambda a, b: a != b),
    "*": Operator(2, lambda a, b: a * b, lambda a, b: a * b, lambda a, b: True),
    "/": Operator(2, lambda a, b: a / b, lambda a, b: a / b, lambda a, b: abs(b) >= 0.4),
    "neg": Operator(1, lambda a: -a, lambda a: -a, lambda a: True),
    "tanh": Operator(1, lambda a: a.tanh(), math.tanh, lambda a: abs(a) <= 2.5),
    "exp": Operator(1, lambda a: a.exp(), math.exp, lambda a: abs(a) <= 1.5),
    "relu": Operator(1, lambda a: a.relu(), lambda a: max(0.0, a), lambda a: abs(a) >= 0.2),
    "**2": Operator(1, lambda a: a**2, lambda a: a**2, lambda a: abs(a) >= 0.2),
    "**3": Operator(1, lambda a: a**3, lambda a: a**3, lambda a: abs(a) >= 0.2),
    "**-1": Operator(1, lambda a: a**-1, lambda a: a**-1, lambda a: abs(a) >= 0.4),
}


class Draw:
    """Draws from one stream of random numbers."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # reproducible on purpose
        self._data: dict[int, float] = {}

    def number(self, low: float = -2.0, high: float = 2.0, apart: float = 0.3) -> float:
        """A number in the range, at least `apart` away from zero. Raises ValueError if none is."""
        if low > high or max(abs(low), abs(high)) < apart:
            raise ValueError(f"no number from {low} to {high} is {apart} or more away from zero")
        while True:
            number = round(self._random.uniform(low, high), 2)
            if abs(number) >= apart:
                return number

    def numbers(
        self, count: int, low: float = -2.0, high: float = 2.0, apart: float = 0.3
    ) -> list[float]:
        """Numbers whose absolute values differ by 0.1 or more, so that no two are confused,
        and none of them near 1, which hides a forgotten factor.

        Raises ValueError if the range can't hold that many.
        """
        for _ in range(20):  # the first ones may lie so that the last finds no room
            chosen: list[float] = []
            for _ in range(100 * count):
                number = self.number(low, high, apart)
                taken = [1.0, *(abs(each) for each in chosen)]
                if all(abs(abs(number) - each) >= 0.1 for each in taken):
                    chosen.append(number)
                if len(chosen) == count:
                    return chosen
        raise ValueError(f"{count} numbers from {low} to {high} can't be 0.1 apart and off 1")

    def integer(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(low, high)

    def tree(
        self, draft: Draft, operators: Sequence[str], leaves: int = 4
    ) -> tuple[Symbol, list[Symbol]]:
        """An expression in which every result is used once; its root and its leaves."""
        if leaves == 1 and all(OPERATORS[name].arity > 1 for name in operators):
            raise ValueError("nothing can be made of one leaf with binary operators alone")
        symbols = self._leaves(draft, leaves)
        pool = [*symbols]
        while len(pool) > 1 or pool == symbols:
            name = self._random.choice(list(operators))
            operator = OPERATORS[name]
            if operator.arity > len(pool):
                continue
            operands = self._random.sample(pool, operator.arity)
            result = self._apply(operator, operands)
            if result is not None:
                pool = [each for each in pool if each not in operands] + [result]
            elif len(pool) == 2:  # perhaps nothing else fits: addition always does
                pool = [self._write(OPERATORS["+"], pool)]
        return pool[0], symbols

    def dag(
        self, draft: Draft, operators: Sequence[str], leaves: int = 3, steps: int = 7
    ) -> tuple[Symbol, list[Symbol]]:
        """A graph in which results are used several times; its root and its leaves."""
        symbols = self._leaves(draft, leaves)
        pool = [*symbols]
        unused = [*symbols]
        while steps > 0:
            operator = OPERATORS[self._random.choice(list(operators))]
            operands = [
                self._random.choice(unused if unused and self._random.random() < 0.4 else pool)
                for _ in range(operator.arity)
            ]
            result = self._apply(operator, operands)
            if result is not None:
                pool.append(result)
                unused = [each for each in unused if each not in operands] + [result]
                steps -= 1
        root = unused[0]
        for other in unused[1:]:
            root = root + other
        return root, symbols

    def _leaves(self, draft: Draft, count: int) -> list[Symbol]:
        self._data.clear()
        symbols = []
        for data in self.numbers(count, -1.5, 1.5):
            symbol = draft.value(data)
            self._data[symbol._number] = data
            symbols.append(symbol)
        return symbols

    def _apply(self, operator: Operator, operands: Sequence[Symbol]) -> Symbol | None:
        data = [self._data[operand._number] for operand in operands]
        if not operator.allowed(*data):
            return None
        if abs(operator.compute(*data)) > LARGEST:
            return None
        return self._write(operator, operands)

    def _write(self, operator: Operator, operands: Sequence[Symbol]) -> Symbol:
        symbol = operator.write(*operands)
        data = [self._data[operand._number] for operand in operands]
        self._data[symbol._number] = operator.compute(*data)
        return symbol
