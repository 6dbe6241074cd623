"""What is known of a learner's work while it is watched, and the one concept that is looked at."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader import scoring
from grader.model import CheckResult, ConceptResult, State
from grader.render.states import fault_of, is_graders_fault


@dataclass(frozen=True)
class Board:
    """`results` are by concept, in course order; `focus` is the concept in hand, "" if there is
    none.

    `passed` and `finished` are the concepts and lessons that the last save brought to pass, `fell`
    the concepts that it took back; `gone` are the names of lessons' files that were there before.
    `trouble` is why nothing could be checked; `notes` are remarks.
    """

    results: Mapping[str, ConceptResult] = field(default_factory=dict)
    focus: str = ""
    passed: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    fell: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    trouble: str = ""
    notes: tuple[str, ...] = ()
    checked: datetime | None = None
    seconds: float = 0.0

    @property
    def concept(self) -> ConceptResult | None:
        """The result of the concept in hand."""
        return self.results.get(self.focus)

    @property
    def fault(self) -> CheckResult | None:
        """Why nothing of the lesson in hand could be graded, if so."""
        here = self.concept
        return fault_of(self.lesson(here.lesson)) if here and here.checks else None

    @property
    def lessons(self) -> tuple[str, ...]:
        """The lessons that are there, in course order."""
        return tuple(
            dict.fromkeys(
                each.lesson for each in self.results.values() if each.state is not State.ABSENT
            )
        )

    @property
    def complete(self) -> bool:
        """Whether everything but the bonus is done."""
        return scoring.is_complete(tuple(self.results.values()))

    def lesson(self, lesson_id: str) -> list[ConceptResult]:
        """The results of one lesson."""
        return [each for each in self.results.values() if each.lesson == lesson_id]

    def with_results(self, results: Iterable[ConceptResult], saved: Collection[str]) -> "Board":
        """After a lesson was graded. `saved` are the lessons that the learner has just saved: what
        changes in them is what they work at, and the focus follows."""
        new = {each.id: each for each in results}
        first = not self.results
        changed = [each for each in new.values() if _differ(self.results.get(each.id), each)]
        board = replace(self, results={**self.results, **new}, trouble="")
        if first:
            return replace(board, focus=board._first_open())
        gained = [each.id for each in changed if each.state is State.PASSED]
        lost = [each.id for each in changed if self._had_passed(each.id) and _is_wrong(each)]
        lost = lost if fault_of([*new.values()]) is None else []  # that it does not load says all
        done = [each for each in {self.results[name].lesson for name in gained if name in
                self.results} if board._is_done(each)]  # fmt: skip
        board = replace(
            board,
            passed=(*self.passed, *gained),
            finished=(*self.finished, *done),
            fell=(*self.fell, *lost),
        )
        at_work = [each for each in changed if each.lesson in saved and _is_wrong(each)]
        return board._refocused(at_work)

    def differs(self, results: Iterable[ConceptResult], lessons: Collection[str]) -> bool:
        """Whether something else is said of these lessons than is known."""
        mine = (each for each in results if each.lesson in lessons)
        return any(_differ(self.results.get(each.id), each) for each in mine)

    def saved(self) -> "Board":
        """When a save is about to be checked: what the one before it changed is old news."""
        return replace(self, passed=(), finished=(), fell=(), trouble="", notes=())

    def after_check(
        self, results: Sequence[ConceptResult], saved: Collection[str], notes: Sequence[str]
    ) -> "Board":
        """When all lessons have been graded: the whole report."""
        board = self.with_results(results, saved)
        kept = {each.id: each for each in results}
        board = replace(board, results=kept, notes=tuple(notes))
        return board if _is_open(board.concept) else replace(board, focus=board._next_open())

    def moved(self) -> "Board":
        """The next open concept in hand; after the last, the first again."""
        return replace(self, focus=self._next_open())

    def _refocused(self, at_work: Sequence[ConceptResult]) -> "Board":
        """Go where the learner is: to what they have just changed; on from what has passed."""
        if at_work and self.focus not in {each.id for each in at_work}:
            loads = fault_of(self.lesson(at_work[0].lesson)) is None
            here = self.concept
            if loads or here is None or here.lesson != at_work[0].lesson:
                return replace(self, focus=at_work[0].id)
        return self if _is_open(self.concept) else replace(self, focus=self._next_open())

    def _first_open(self) -> str:
        return next((name for name, each in self.results.items() if _is_open(each)), "")

    def _next_open(self) -> str:
        names = list(self.results)
        start = names.index(self.focus) + 1 if self.focus in names else 0
        order = [*names[start:], *names[:start]]
        return next((name for name in order if _is_open(self.results[name])), "")

    def _is_done(self, lesson_id: str) -> bool:
        return all(each.state in (State.PASSED, State.ABSENT) for each in self.lesson(lesson_id))

    def _had_passed(self, concept_id: str) -> bool:
        old = self.results.get(concept_id)
        return old is not None and old.state is State.PASSED


def _is_open(result: ConceptResult | None) -> bool:
    """Whether there is something left for the learner to do."""
    if result is None or result.state in (State.PASSED, State.ABSENT):
        return False
    return not is_graders_fault(result)


def _is_wrong(result: ConceptResult) -> bool:
    return result.state in (State.FAILED, State.PARTIAL, State.ERROR)


def _differ(old: ConceptResult | None, new: ConceptResult) -> bool:
    """Whether a check says something else than before."""
    if old is None or old.state is not new.state or old.earned != new.earned:
        return True
    return [(each.outcome, each.message) for each in old.checks] != [
        (each.outcome, each.message) for each in new.checks
    ]
