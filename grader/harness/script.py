"""What a check asks whoever it examines, noted before it examines anyone."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.expressions import Draft
from grader.harness.bench import Bench
from grader.harness.check import Check
from grader.harness.steps import Step
from grader.model import Plain, Program
from grader.sandbox import Reply


@dataclass(frozen=True)
class Script:
    """The steps of a check up to where they hang on a reply; `whole` if nowhere. What a whole one
    judges needs no second look at the check's own code."""

    steps: tuple[Step, ...]
    whole: bool

    @functools.cached_property
    def programs(self) -> tuple[Program, ...]:
        """All that can be asked at once."""
        return tuple(program for step in self.steps for program in step.programs)


def script_of(bench: Bench, play: Callable[[Check], None]) -> Script:
    """Note what a check does. `play` runs it; of the bench, only tolerance and seed are used.

    A check that is broken has a script as far as it comes; when it is run, it breaks again.
    """
    notes = _Notes(bench)
    try:
        play(notes)
    except KeyboardInterrupt:
        raise
    except BaseException:  # _Unforeseen, or the check itself is broken, or pytest's skip
        return Script(tuple(notes.steps), whole=False)
    finally:
        notes.noting = False
    return Script(tuple(notes.steps), whole=True)


class _Unforeseen(Exception):
    """From here on, what is asked or judged hangs on a reply."""


class _Notes(Check):
    """Instead of asking, takes note."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.steps: list[Step] = []
        self.noting = True

    def take(self, step: Step) -> Sequence[Reply]:
        """Note a step. Raises _Unforeseen after one whose replies the check itself looks at."""
        self.steps.append(step)
        if step.looked_at:
            raise _Unforeseen
        return ()

    def require(
        self,
        holds: bool,
        sentence: str,
        draft: Draft | None = None,
        expected: Plain = None,
        actual: Plain = None,
    ) -> None:
        """Later, in the verdict of a step, as always. Raises _Unforeseen for one that comes from
        nowhere."""
        if self.noting:
            raise _Unforeseen
        super().require(holds, sentence, draft, expected, actual)
