"""What a check may do: let the student's code and PyTorch answer the same programs."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from grader.course import Tolerance
from grader.expressions import Draft
from grader.harness.bench import Bench, Exchange
from grader.harness.compare import describe, difference
from grader.harness.steps import Agree, Ask, Attempt, CheckFailed, Judge, Look, Plane, Raise, Step
from grader.model import Boundary, Plain, Program
from grader.sandbox import Reply


class Check:
    """The fixture `check`. What a check can ask and judge."""

    def __init__(self, bench: Bench, ahead: Iterable[tuple[Program, Reply]] = ()) -> None:
        """`ahead`: the first programs with their replies, asked before the check began."""
        self._bench = bench
        self._ahead = deque(ahead)
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
        standard = self._bench.tolerance
        tolerance = Tolerance(relative or standard.relative, absolute or standard.absolute)
        self.take(Agree(_programs(drafts), tolerance))

    def run(self, *drafts: Draft) -> list[tuple[Plain, ...]]:
        """The student's values for each draft, where it hangs on them what is asked next. Where it
        does not, `judges` is quicker."""
        replies = self.take(Ask(_programs(drafts)))
        return [reply.values for reply in replies if reply.values is not None]

    def judges(self, *drafts: Draft) -> Callable[[Callable[..., None]], None]:
        """Decorates a function that judges the student's values, which it gets as its arguments:
        those of the first draft, then those of the next. It may use `require` and `is_number`, but
        ask nothing more."""

        def decorate(verdict: Callable[..., None]) -> None:
            self.take(Judge(_programs(drafts), verdict))

        return decorate

    def attempt(self, *drafts: Draft) -> list[tuple[Plain, ...] | None]:
        """The student's values for each draft, None where there are none: to be looked at, not to
        be judged."""
        replies = self.take(Attempt(_programs(drafts)))
        return [reply.values for reply in replies] + [None] * (len(drafts) - len(replies))

    def look(self, draft: Draft) -> None:
        """Nobody's fault, whatever comes: numbers that tell apart mistakes which are equal in what
        is judged."""
        self.take(Look(_programs([draft])))

    def plane(
        self,
        draft: Draft,
        columns: int,
        edges: tuple[float, float, float, float],
        points: Sequence[tuple[float, float, int]],
    ) -> None:
        """For the picture of a classifier, beside PyTorch's: the draft shows its scores, row by row
        from the top left; `edges` are left, right, bottom and top. Judges nothing."""
        self.take(Plane(_programs([draft]), columns, edges, tuple(points)))

    def raises(self, draft: Draft, kind: str, sentence: str) -> None:
        """The student's code refuses the draft with an exception of this type."""
        self.take(Raise(_programs([draft]), kind, sentence))

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

    def take(self, step: Step) -> Sequence[Reply]:
        """Take one step: ask, and judge. Raises CheckFailed or NoAnswer."""
        programs = step.programs
        asked = bool(self._ahead)
        if not asked:
            self._bench.student.submit(programs)  # it computes while PyTorch does
        answers = self._bench.oracle.answers(programs) if step.for_pytorch else ()
        replies = self._replies(programs) if asked else self._bench.student.collect()
        if step.told:
            right: Sequence[tuple[Plain, ...] | None] = answers or [None] * len(programs)
            self.exchanges += map(Exchange, programs, replies, right)
        for reply in replies:
            self.output += reply.output
        self.boundary = step.judge(replies, answers) or self.boundary
        self.judged += step.judgements
        return replies

    def _replies(self, programs: Sequence[Program]) -> list[Reply]:
        """From those that were asked ahead. Raises RuntimeError where these were others."""
        replies = []
        for program in programs:
            if not self._ahead:
                break  # the worker ended
            asked, reply = self._ahead.popleft()
            if asked is not program and asked != program:
                raise RuntimeError("it asks other programs from one time to the next")
            replies.append(reply)
        return replies


def _programs(drafts: Iterable[Draft]) -> tuple[Program, ...]:
    return tuple(draft.program() for draft in drafts)
