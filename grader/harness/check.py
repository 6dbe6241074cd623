"""What a check may do: let the student's code and PyTorch answer the same programs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.course import Tolerance
from grader.expressions import Draft
from grader.harness.bench import Bench, Exchange
from grader.harness.compare import Difference, describe, difference, show
from grader.model import Boundary, Plain, Program
from grader.sandbox import Fault


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


class Check:
    """The fixture `check`. Everything said to a learner when a check fails is made here."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.judged = 0  # a check that judged nothing proves nothing
        self.output = ""  # what the student's code printed meanwhile
        self.exchanges: list[Exchange] = []
        self.boundary: Boundary | None = None

    def draft(self) -> Draft:
        """An empty program."""
        return Draft()

    def agree(
        self, *drafts: Draft, relative: float | None = None, absolute: float | None = None
    ) -> None:
        """The student's code and PyTorch give the same values for every draft.

        Raises CheckFailed for the first value that differs by more than the tolerance.
        """
        programs = [draft.program() for draft in drafts]
        standard = self._bench.tolerance
        tolerance = Tolerance(relative or standard.relative, absolute or standard.absolute)
        self._bench.student.submit(programs)  # it computes while PyTorch does
        answers = self._bench.oracle.answers(programs)
        replies = self._collect(programs, answers)
        for program, expected, actual in zip(programs, answers, replies, strict=True):
            self.judged += 1
            for label, left, right in zip(program.labels, expected, actual, strict=True):
                found = difference(left, right, tolerance)
                if found:
                    raise _failed(program, label, found)

    def run(self, *drafts: Draft) -> list[tuple[Plain, ...]]:
        """The student's values for each draft, to be judged with `require`."""
        programs = [draft.program() for draft in drafts]
        self._bench.student.submit(programs)
        return self._collect(programs)

    def attempt(self, draft: Draft) -> tuple[Plain, ...] | None:
        """The student's values, or None where there are none: for a look that judges nothing."""
        try:
            return self.run(draft)[0]
        except NoAnswer:
            return None

    def plane(
        self,
        draft: Draft,
        columns: int,
        edges: tuple[float, float, float, float],
        points: Sequence[tuple[float, float, int]],
    ) -> None:
        """For the picture of a classifier, beside PyTorch's: the draft shows its scores, row by row
        from the top left; `edges` are left, right, bottom and top. Judges nothing."""
        program = draft.program()
        self._bench.student.submit([program])
        expected = self._bench.oracle.answers([program])[0]
        reply = self._bench.student.collect()[0]
        self.output += reply.output
        yours = _numbers(reply.values or ())
        if yours:
            left, right, bottom, top = edges
            self.boundary = Boundary(
                left, right, bottom, top, columns, yours, _numbers(expected), tuple(points)
            )

    def require(
        self,
        holds: bool,
        sentence: str,
        draft: Draft | None = None,
        expected: Plain = None,
        actual: Plain = None,
    ) -> None:
        """Judge a condition. Raises CheckFailed with `sentence`, which is for the learner."""
        self.judged += 1
        if not holds:
            program = draft.program() if draft else None
            shown = program.labels[0] if program else None
            raise CheckFailed(sentence, program, shown, expected, actual)

    def is_number(self, value: Plain, name: str, draft: Draft) -> float:
        """The value as a float. Raises CheckFailed where it is no finite number."""
        found = difference(0.0, value, Tolerance(0.0, float("inf")))
        if found or isinstance(value, dict | list | str) or value is None:
            sentence = found.sentence if found else f"is {describe(value)}, not a number"
            raise CheckFailed(f"{name} {sentence}", draft.program(), name, None, value)
        return float(value)

    def raises(self, draft: Draft, kind: str, sentence: str) -> None:
        """The student's code refuses the draft with an exception of this type."""
        self.judged += 1
        program = draft.program()
        self._bench.student.submit([program])
        reply = self._bench.student.collect()[0]
        self.exchanges.append(Exchange(program, reply, None))
        self.output += reply.output
        if reply.fault is not None and reply.fault.type == kind:
            return
        if reply.fault is not None:
            raise NoAnswer(reply.fault, program)
        raise CheckFailed(sentence, program, program.labels[0], kind, list(reply.values or ()))

    def _collect(
        self, programs: Sequence[Program], expected: Sequence[tuple[Plain, ...]] | None = None
    ) -> list[tuple[Plain, ...]]:
        replies = self._bench.student.collect()
        right: Sequence[tuple[Plain, ...] | None] = expected or [None] * len(programs)
        self.exchanges += map(Exchange, programs, replies, right)
        answers = []
        for program, reply in zip(programs, replies, strict=False):
            self.output += reply.output
            if reply.values is None:
                fault = reply.fault
                raise NoAnswer(fault, program) if fault else RuntimeError("an empty reply")
            answers.append(reply.values)
        return answers


def _numbers(values: Sequence[Plain]) -> tuple[float, ...]:
    """Scores to six digits, as much as a picture needs; nothing where one is no number."""
    scores = [each for each in values if isinstance(each, float) and math.isfinite(each)]
    return tuple(float(f"{each:.6g}") for each in scores) if len(scores) == len(values) else ()


def _failed(program: Program, label: str, found: Difference) -> CheckFailed:
    shown = f"{label}{found.where}"
    return CheckFailed(f"{shown} {found.sentence}", program, shown, found.expected, found.actual)


__all__ = ["Check", "CheckFailed", "NoAnswer", "describe", "show"]
