"""Where a check runs: the engine it examines, PyTorch beside it, the tolerance."""

from dataclasses import dataclass

from grader.course import Tolerance
from grader.harness.oracle import Oracle
from grader.sandbox import Engine


@dataclass(frozen=True)
class Bench:
    """What one attempt at a lesson's checks is made with."""

    student: Engine
    oracle: Oracle
    tolerance: Tolerance
    seed: int
