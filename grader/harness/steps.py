"""The steps a check is made of: programs for the student's code, and how replies are judged.

A check that only judges by `agree` and the like asks everybody the same programs, whatever they
reply. So its steps are noted once (grader/harness/script.py), and for the next student only the
replies are new.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.course import Tolerance
from grader.harness.compare import Difference, difference
from grader.model import Boundary, Plain, Program
from grader.sandbox import Fault, Reply

Answers = Sequence[tuple[Plain, ...]]


@dataclass
class CheckFailed(Exception):
    """The student's answer is not the expected one."""

    message: str
    program: Program | None = None
    shown: str | None = None
    expected: Plain = None
    actual: Plain = None


@dataclass
class NoAnswer(Exception):
    """The student's code raised, hung or died; `fault` says how."""

    fault: Fault
    program: Program


class Step(Protocol):
    """Programs that are asked at once.

    `for_pytorch`: PyTorch is asked them as well. `told`: what was said counts for the diagnosis.
    `looked_at`: how the check goes on hangs on the replies.
    """

    @property
    def programs(self) -> tuple[Program, ...]:
        """What the student's code is asked."""

    @property
    def for_pytorch(self) -> bool:
        """Whether PyTorch's answers are needed."""

    @property
    def told(self) -> bool:
        """Whether the exchanges are kept."""

    def judge(self, replies: Sequence[Reply], answers: Answers) -> Boundary | None:
        """Raises CheckFailed or NoAnswer; a picture, where the step was about one."""

    @property
    def looked_at(self) -> bool:
        """Whether what comes next is not known before."""

    @property
    def judgements(self) -> int:
        """How many verdicts a pass stands for."""


@dataclass(frozen=True)
class Agree:
    """The student's values are PyTorch's."""

    programs: tuple[Program, ...]
    tolerance: Tolerance
    for_pytorch: bool = True
    told: bool = True
    looked_at: bool = False

    @property
    def judgements(self) -> int:
        """One a program."""
        return len(self.programs)

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """The first value that differs by more than the tolerance."""
        values = values_of(self.programs, replies)
        for program, expected, actual in zip(self.programs, answers, values, strict=True):
            for label, right, own in zip(program.labels, expected, actual, strict=True):
                found = difference(right, own, self.tolerance)
                if found:
                    raise _failed(program, label, found)


@dataclass(frozen=True)
class Raise:
    """The student's code refuses the program with an exception of this type."""

    program: Program
    kind: str
    sentence: str
    for_pytorch: bool = False
    told: bool = True
    looked_at: bool = False
    judgements: int = 1

    @property
    def programs(self) -> tuple[Program, ...]:
        """The one."""
        return (self.program,)

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """No exception, or another one."""
        reply = replies[0]
        if reply.fault is not None and reply.fault.type == self.kind:
            return
        if reply.fault is not None:
            raise NoAnswer(reply.fault, self.program)
        label, values = self.program.labels[0], list(reply.values or ())
        raise CheckFailed(self.sentence, self.program, label, self.kind, values)


@dataclass(frozen=True)
class Plane:
    """Scores all over the plane, for the picture of a classifier. Judges nothing."""

    program: Program
    columns: int
    edges: tuple[float, float, float, float]  # left, right, bottom, top
    points: tuple[tuple[float, float, int], ...]
    for_pytorch: bool = True
    told: bool = False
    looked_at: bool = False
    judgements: int = 0

    @property
    def programs(self) -> tuple[Program, ...]:
        """The one."""
        return (self.program,)

    def judge(self, replies: Sequence[Reply], answers: Answers) -> Boundary | None:
        """The picture, where the scores are numbers."""
        yours = _numbers(replies[0].values or ())
        if not yours:
            return None
        left, right, bottom, top = self.edges
        expected = _numbers(answers[0])
        return Boundary(left, right, bottom, top, self.columns, yours, expected, self.points)


@dataclass(frozen=True)
class Judge:
    """The student's values satisfy a function, which raises CheckFailed where they don't."""

    programs: tuple[Program, ...]
    verdict: Callable[..., None]
    for_pytorch: bool = False
    told: bool = True
    looked_at: bool = False
    judgements: int = 1

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """As the function says."""
        self.verdict(*(each for values in values_of(self.programs, replies) for each in values))


@dataclass(frozen=True)
class Ask:
    """Values that it hangs on how the check goes on."""

    programs: tuple[Program, ...]
    looked_at: bool = True
    for_pytorch: bool = False
    told: bool = True
    judgements: int = 0

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """Only that there are values."""
        values_of(self.programs, replies)


@dataclass(frozen=True)
class Look:
    """Values that are not judged: for the diagnosis, or `looked_at` by the check itself."""

    programs: tuple[Program, ...]
    looked_at: bool = False
    for_pytorch: bool = False
    told: bool = True
    judgements: int = 0

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """Whatever came is right."""


def values_of(programs: Sequence[Program], replies: Sequence[Reply]) -> list[tuple[Plain, ...]]:
    """The values of each reply. Raises NoAnswer for the first that has none."""
    found = []
    for program, reply in zip(programs, replies, strict=False):
        if reply.values is None:
            raise NoAnswer(reply.fault, program) if reply.fault else RuntimeError("an empty reply")
        found.append(reply.values)
    return found


def _numbers(values: Sequence[Plain]) -> tuple[float, ...]:
    """Scores to six digits, as much as a picture needs; nothing where one is no number."""
    scores = [each for each in values if isinstance(each, float) and math.isfinite(each)]
    return tuple(float(f"{each:.6g}") for each in scores) if len(scores) == len(values) else ()


def _failed(program: Program, label: str, found: Difference) -> CheckFailed:
    shown = f"{label}{found.where}"
    return CheckFailed(f"{shown} {found.sentence}", program, shown, found.expected, found.actual)
