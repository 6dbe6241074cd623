"""Where a check runs: the engine it examines, PyTorch beside it, the tolerance."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from grader.course import Tolerance
from grader.model import Boundary, Plain, Program
from grader.sandbox import Engine, Reply


class Judge(Protocol):
    """Who knows the right answers."""

    def answers(self, programs: Sequence[Program]) -> list[tuple[Plain, ...]]:
        """The right values for each program."""


class Exchange(NamedTuple):
    """A program, what the examined engine replied, and the right values where they were asked."""

    program: Program
    reply: Reply
    expected: tuple[Plain, ...] | None


@dataclass(frozen=True)
class Bench:
    """What one attempt at a lesson's checks is made with. `ledger` fills with what was said in each
    check, by its id: diagnosis goes by it. `planes` fills with pictures of classifiers."""

    student: Engine
    oracle: Judge
    tolerance: Tolerance
    seed: int
    ledger: dict[str, tuple[Exchange, ...]] = field(default_factory=dict)
    planes: dict[str, Boundary] = field(default_factory=dict)
