"""The pipeline: lessons that pass, a package that grades as they did, a network, a page."""

import contextlib
import os
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from grader import grade
from grader.course import Concept, Course
from grader.errors import INCOMPLETE, GraderError, InfrastructureError, UsageError
from grader.files import write_whole
from grader.graduation import package
from grader.graduation.training import STEPS, Trained, train_on_moons
from grader.merging import Plan, merge
from grader.model import ConceptResult, Report, State
from grader.render.graduation import Achievement, render_graduation
from grader.submission import Submission, read_submission

Progress = Callable[[str], None]
LESSONS = ("mg2", "mg3", "mg4", "mg5", "mg6", "mg7")  # what a whole micrograd is made of
CHALLENGE = "mg8"  # joins them where all of it passes
PAGE = "graduation.html"


@dataclass
class NotYet(GraderError):
    """Something of lessons 2 to 7 does not pass yet: `left` in course order, and the lessons'
    files that are `missing`. `next` is where to go on."""

    left: tuple[ConceptResult, ...]
    missing: tuple[str, ...]

    exit_code = INCOMPLETE

    def __str__(self) -> str:
        names = ", ".join([*(each.id for each in self.left), *self.missing])
        return f"not yet: {names} must pass first"


class Helped(GraderError):
    """A concept passes, but not on the learner's own earlier lessons."""

    exit_code = INCOMPLETE


@dataclass(frozen=True)
class Graduation:
    """What was written: the folder, the files' lines of code by module, the trained network."""

    folder: Path
    lines: Mapping[str, int]
    trained: Trained


def graduate(
    lessons: Path,
    target: Path,
    *,
    course: Course,
    today: date,
    isolation: str = "auto",
    cache_folder: Path | None = None,
    progress: Progress = lambda step: None,
    steps: int = STEPS,
) -> Graduation:
    """Write the package `micrograd` that someone's lessons make, into a new folder, whole or not.

    lessons, target: where the lessons are, and the folder to be made.
    today: the date of the page.
    progress: called with a few words when something that takes time begins.
    steps: how long the network is trained.

    Raises NotYet where a lesson does not pass, Helped where it does not pass on its own, UsageError
    where the folder can't be made, SubmissionError where there are no lessons, MergeError where
    they can't be merged, and InfrastructureError where the package does not grade as they did.
    """
    _ensure_new(target)
    submission = _lessons(lessons, course)

    def check(path: Path) -> Report:
        return grade.check(
            path, course=course, isolation=isolation, cache_folder=cache_folder
        )  # fmt: skip

    progress("checking your lessons")
    report = check(lessons)
    wanted = _passing(report, submission, course)
    progress("merging them")
    sources = [(each, submission.lessons[each]) for each in submission.lessons if each in wanted]
    plans = package.plans(challenge=CHALLENGE in wanted)
    merged = merge(sources, plans)
    with _whole_folder(target) as folder:
        files = package.files(merged, course.title, today)
        for name, text in files.items():
            _write(folder / name, text)
        progress("checking the package")
        inside = folder / package.NAME
        _ensure_same(report, check(inside), _concepts(course, wanted, plans))
        progress("training your network on two moons")
        trained = train_on_moons(read_submission(inside, course), course.limits, isolation, steps)
        lines = {each.name: package.lines_of_code(merged.files[each.name]) for each in plans}
        achievement = Achievement(
            course=course.title,
            score=report.score,
            max_score=report.max_score,
            bonus=report.bonus,
            day=today,
            lines=lines,
            outline=package.outline(merged),
            curve=trained.curve,
            boundary=trained.boundary,
            right=trained.right,
            parameters=trained.parameters,
            folder=target.name,
        )
        _write(folder / PAGE, render_graduation(achievement))
    return Graduation(target, lines, trained)


def _ensure_new(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise UsageError(
            f"{target} exists already, and nothing in it is overwritten; name another folder"
        )
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}; create it first")


def _lessons(path: Path, course: Course) -> Submission:
    submission = read_submission(path, course)
    if not submission.lessons:
        raise UsageError(
            f"{path} holds a micrograd of your own already, and no lessons to make one of; "
            "name the folder of your lessons with --lessons"
        )
    return submission


def _passing(report: Report, submission: Submission, course: Course) -> set[str]:
    """The lessons that the package is made of. Raises NotYet."""
    missing = tuple(course.lesson(each).file for each in LESSONS if each not in submission.lessons)
    left = tuple(
        each
        for each in report.concepts
        if each.lesson in LESSONS
        and each.lesson in submission.lessons
        and each.state not in (State.PASSED, State.ABSENT)
    )
    if left or missing:
        raise NotYet(left, missing)
    challenge = [each.state for each in report.concepts if each.lesson == CHALLENGE]
    wanted = {*LESSONS}
    if challenge and all(state is State.PASSED for state in challenge):
        wanted.add(CHALLENGE)
    first = course.lessons[0].id
    return wanted | ({first} & set(submission.lessons))  # lesson 2 may use what lesson 1 has


def _concepts(course: Course, lessons: set[str], plans: tuple[Plan, ...]) -> list[Concept]:
    """The concepts that the package has as well."""
    names = {name for plan in plans for name in plan.wanted}
    return [
        concept
        for concept in course.concepts
        if concept.lesson in lessons
        and concept.requires
        and all(name.partition(".")[0] in names for name in concept.requires)
    ]


def _ensure_same(lessons: Report, made: Report, concepts: list[Concept]) -> None:
    """Raises InfrastructureError where the package does not earn what the lessons did, and Helped
    where the lessons had help."""
    earned = {each.id: each.earned for each in lessons.concepts}
    carried = {each.id: each.carried for each in lessons.concepts}
    found = {each.id: each for each in made.concepts}
    lost = [
        found[each.id]
        for each in concepts
        if found[each.id].state is not State.PASSED or found[each.id].earned != earned[each.id]
    ]
    helped = [each.id for each in lost if carried[each.id]]
    if helped:
        raise Helped(
            f"{', '.join(helped)} passed only with the reference's earlier lessons in the place of "
            "yours, and a package of your own has to do without; nothing was written. Look for "
            "what an earlier lesson of yours does differently there"
        )
    if lost:
        shown = ", ".join(f"{each.id} ({each.state})" for each in lost[:4])
        more = f" and {len(lost) - 4} more" if len(lost) > 4 else ""
        raise InfrastructureError(
            "your lessons pass, but merged into one package they do not: "
            f"{shown}{more}{_why(lost[0])}; nothing was written. That is the merging's fault and "
            "not yours: please report it"
        )


def _why(concept: ConceptResult) -> str:
    messages = [each.message for each in concept.checks if each.message]
    return f"; the first one says: {messages[0]}" if messages else ""


@contextmanager
def _whole_folder(target: Path) -> Generator[Path]:
    """A folder to write into, which becomes the target at the end, or is gone."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        temporary.mkdir()
        yield temporary
        temporary.rename(target)
    except OSError as error:
        raise UsageError(
            f"can't write {target}: {error.strerror or error}; name another folder"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(temporary)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode("utf-8"))
