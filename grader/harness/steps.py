"""The steps a check is made of: programs for the student's code, and how replies are judged.

A check that only judges by `agree` and the like asks everybody the same programs, whatever they
reply. So its steps are noted once (grader/harness/script.py), and for the next student only the
replies are new.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

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


@dataclass(frozen=True)
class Step:
    """Programs that the student's code is asked at once, and how its replies are judged."""

    programs: tuple[Program, ...]

    for_pytorch: ClassVar[bool] = False  # PyTorch is asked them as well
    told: ClassVar[bool] = True  # what was said counts for the diagnosis
    looked_at: ClassVar[bool] = False  # how the check goes on hangs on the replies

    @property
    def judgements(self) -> int:
        """How many verdicts a pass stands for."""
        return 0

    def judge(self, replies: Sequence[Reply], answers: Answers) -> Boundary | None:
        """Raises CheckFailed or NoAnswer; a picture, where the step was about one."""
        raise NotImplementedError


@dataclass(frozen=True)
class Agree(Step):
    """The student's values are PyTorch's."""

    tolerance: Tolerance

    for_pytorch = True

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
class Raise(Step):
    """The student's code refuses the one program with an exception of this type."""

    kind: str
    sentence: str

    @property
    def judgements(self) -> int:
        """The refusal."""
        return 1

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """No exception, or another one."""
        [program], reply = self.programs, replies[0]
        if reply.fault is not None and reply.fault.type == self.kind:
            return
        if reply.fault is not None:
            raise NoAnswer(reply.fault, program)
        values = list(reply.values or ())
        raise CheckFailed(self.sentence, program, program.labels[0], self.kind, values)


@dataclass(frozen=True)
class Plane(Step):
    """The one program's scores all over the plane, for the picture of a classifier. Judges
    nothing."""

    columns: int
    edges: tuple[float, float, float, float]  # left, right, bottom, top
    points: tuple[tuple[float, float, int], ...]

    for_pytorch = True
    told = False

    def judge(self, replies: Sequence[Reply], answers: Answers) -> Boundary | None:
        """The picture, where the scores are numbers."""
        yours = _numbers(replies[0].values or ())
        if not yours:
            return None
        left, right, bottom, top = self.edges
        expected = _numbers(answers[0])
        return Boundary(left, right, bottom, top, self.columns, yours, expected, self.points)


@dataclass(frozen=True)
class Judge(Step):
    """The student's values satisfy a function, which raises CheckFailed where they don't."""

    verdict: Callable[..., None]

    @property
    def judgements(self) -> int:
        """The function's."""
        return 1

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """As the function says."""
        self.verdict(*(each for values in values_of(self.programs, replies) for each in values))


class Look(Step):
    """Values for the diagnosis. Judges nothing."""

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """Whatever came is right."""


class Attempt(Look):
    """Values that the check looks at before it goes on, or none."""

    looked_at = True


class Ask(Attempt):
    """Values that it can't go on without."""

    def judge(self, replies: Sequence[Reply], answers: Answers) -> None:
        """Only that there are values."""
        values_of(self.programs, replies)


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
