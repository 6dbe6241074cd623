"""How a learner stands: what the files hold now, and what the last checks said of them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader import locate
from grader.attempts import reference_text
from grader.course import Concept, Course
from grader.model import Place, State
from grader.progress import ConceptProgress, Progress
from grader.regions import concepts_in, stubs
from grader.submission import Module, Submission

UNCHECKED = "unchecked"  # written, and not checked yet
SLACK = 1.0  # seconds: the times of checks are kept to the second


@dataclass(frozen=True)
class Standing:
    """One concept. `state` is a State, or UNCHECKED; `earned` is in points.

    `stale`: the lesson's file has changed since the concept was last checked. `gap`: it is still
    to be written, or a part of it. `problem`: why the lesson's file can't be read, in words to
    follow its name. `path` is that file and `place` where in it to go on, None where the lesson is
    not there.
    """

    concept: Concept
    bonus: bool
    state: str
    earned: float
    stale: bool
    gap: bool
    problem: str
    known: ConceptProgress
    path: Path | None
    place: Place | None

    @property
    def done(self) -> bool:
        """Whether the last check passed."""
        return self.state == State.PASSED


@dataclass(frozen=True)
class CourseStanding:
    """All concepts, in course order."""

    title: str
    concepts: tuple[Standing, ...]

    @property
    def next(self) -> Standing | None:
        """The first concept that is not done and is there to be worked at."""
        open_ones = (each for each in self.concepts if not each.done and each.path is not None)
        return next(open_ones, None)

    @property
    def stale(self) -> tuple[str, ...]:
        """The lessons that hold something that has changed since it was checked."""
        lessons = (each.concept.lesson for each in self.concepts if each.stale)
        return tuple(dict.fromkeys(lessons))

    @property
    def checked(self) -> datetime | None:
        """When anything was last checked."""
        times = [each.known.checked for each in self.concepts if each.known.checked]
        return max(map(datetime.fromisoformat, times), default=None)

    def totals(self, bonus: bool) -> tuple[float, int]:
        """Points earned by the last checks, and all that can be, of the course or of its bonus."""
        chosen = [each for each in self.concepts if each.bonus is bonus]
        return (
            sum(round(100 * each.earned) for each in chosen) / 100,
            sum(each.concept.points for each in chosen),
        )


def standing(course: Course, submission: Submission, known: Progress) -> CourseStanding:
    """Read how things stand; nothing is run."""
    return CourseStanding(course.title, tuple(_each(course, submission, known)))


def _each(course: Course, submission: Submission, known: Progress) -> Iterator[Standing]:
    for lesson in course.lessons:
        module = submission.lessons.get(lesson.id)
        gaps = _gaps(module) if module else {}
        said = [known.of(concept.id).state for concept in lesson.concepts]
        broken = _no_python(module) if module and State.ERROR in said else None
        changed = module.path.stat().st_mtime if module else 0.0
        for concept in lesson.concepts:
            told, gap = known.of(concept.id), gaps.get(concept.id)
            stale = bool(module and told.checked) and changed > _seconds(told.checked) + SLACK
            state = _state(module, gap is not None, told, stale)
            if state == UNCHECKED and concept.id not in concepts_in(reference_text(lesson)):
                state = State.TODO  # there is nothing to write: mg7.integration
            yield Standing(
                concept,
                lesson.bonus,
                state,
                earned=told.earned if state == told.state else 0.0,
                stale=stale and state != State.TODO,
                gap=gap is not None,
                problem=(module.problem or "") if module else "",
                known=told,
                path=module.path if module else None,
                place=broken or _place(module, concept, gap) if module else None,
            )


def _place(module: Module, concept: Concept, gap: Place | None) -> Place:
    return gap or locate.definition_of(module, concept) or Place(module.path.name)


def _state(module: Module | None, gap: bool, told: ConceptProgress, stale: bool) -> str:
    """What was said counts, but a gap is a gap: unless the check saw it as well, and found some
    other part written."""
    if module is None:
        return State.ABSENT
    if module.problem:
        return State.ERROR
    if gap and (stale or told.state not in (State.PARTIAL, State.FAILED, State.ERROR)):
        return State.TODO
    if not gap and told.state in ("", State.TODO):
        return UNCHECKED
    return told.state


def _gaps(module: Module) -> Mapping[str, Place]:
    """The first gap of each concept that is still there."""
    found: dict[str, Place] = {}
    for name, code in module.cells:
        for stub in stubs(code):
            if stub.concept not in found:
                found[stub.concept] = locate.place(module, name, stub.line, stub.function or None)
    return found


def _no_python(module: Module) -> Place | None:
    """The line of a script's slip of syntax: nothing of the lesson works until it is mended."""
    for name, code in () if module.notebook else module.cells:
        try:
            ast.parse(code)
        except SyntaxError as error:
            return locate.place(module, name, error.lineno or 1, None)
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
