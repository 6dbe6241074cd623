"""The pipeline: a submission in, a report out."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader import locate, look, reuse, scoring
from grader.cache import Cache, default_folder
from grader.course import Concept, Course, Lesson, load_course
from grader.errors import GraderError, SubmissionError
from grader.intake import Folder
from grader.model import (
    CheckResult,
    ConceptResult,
    Diagnosis,
    Isolation,
    LessonOutcomes,
    Report,
    State,
)
from grader.submission import Submission, read_submission
from grader.version import __version__

if TYPE_CHECKING:
    from grader.desk import Grade

Progress = Callable[[str], None]


def check(
    path: str | Path,
    *,
    lessons: Sequence[str] = (),
    concepts: Sequence[str] = (),
    seed: int | None = None,
    fresh: bool = False,
    isolation: str = "auto",
    notebooks: str = "auto",
    cache_folder: Path | None = None,
    course: Course | None = None,
    progress: Progress = lambda lesson: None,
) -> Report:
    """Grade a submission and return its report.

    path: a folder with lesson files, one lesson file (`.py` or `.ipynb`), or a micrograd of one's
        own (a file, a folder, a notebook).
    lessons, concepts: grade only these ids; everything by default.
    seed: draws the programs; the course's fixed seed by default.
    fresh: don't reuse the outcomes of unchanged lessons.
    isolation: "auto" seals the worker by what the system has and the report tells what is missing;
        "full" raises InfrastructureError where something is; "none" keeps to resource limits.
    notebooks: "execute" runs them cell by cell in a sealed kernel, "cells" reads their code cells
        as one module, "auto" executes those for which that may make a difference.
    cache_folder: where answers and outcomes are remembered; the user's cache folder by default.
    course: the course to grade by; the one that comes with the package by default.
    progress: called with a lesson's id when its grading begins.

    Raises SubmissionError or UsageError where there is nothing to grade as asked, and
    InfrastructureError where the grader itself can't work. Faults of the student's code are
    outcomes in the report.
    """
    grading = _Grading(
        course or load_course(), lessons, concepts, seed, fresh, isolation, notebooks, cache_folder
    )
    try:
        return grading.one(Path(path), progress)
    finally:
        grading.close()


def check_each(
    paths: Iterable[str | Path | Folder],
    each: Callable[[Path, Report | GraderError], None],
    *,
    lessons: Sequence[str] = (),
    concepts: Sequence[str] = (),
    seed: int | None = None,
    fresh: bool = False,
    isolation: str = "auto",
    notebooks: str = "auto",
    cache_folder: Path | None = None,
    course: Course | None = None,
) -> None:
    """Grade many submissions at one desk, much quicker than one by one; see `check`.

    paths: of submissions, or submissions that are in memory already.
    each: called with every path and its report, or with the error that grading it ended with.
    """
    grading = _Grading(
        course or load_course(), lessons, concepts, seed, fresh, isolation, notebooks, cache_folder
    )
    try:
        grading.many(paths, each)
    finally:
        grading.close()


class _Grading:
    """What is asked of every submission, and the cache."""

    def __init__(
        self,
        course: Course,
        lessons: Sequence[str],
        concepts: Sequence[str],
        seed: int | None,
        fresh: bool,
        isolation: str,
        notebooks: str,
        cache_folder: Path | None,
    ) -> None:
        self._course = course
        self._seed = course.seed if seed is None else seed
        self._wanted = _selected(course, lessons, concepts)
        self._fresh = fresh
        self._isolation = isolation
        self._notebooks = notebooks
        self._store = Cache(cache_folder or default_folder())

    def close(self) -> None:
        self._store.close()

    def one(self, path: Path, progress: Progress) -> Report:
        """Read a submission, recall what is known of it, run the rest."""
        job = self._job(path)
        if job.left:
            from grader import desk  # pytest and workers are needed only now

            warm = desk.kinds(job.submission, self._wanted)
            self._open(job.left, lambda grade: self._run(job, grade, progress), warm)
        return self._report(job)

    def many(
        self,
        paths: Iterable[str | Path | Folder],
        each: Callable[[Path, Report | GraderError], None],
    ) -> None:
        """The same for each, in one go."""

        def body(grade: "Grade") -> None:
            for given in paths:
                path = given.path if isinstance(given, Folder) else Path(given)
                try:
                    job = self._job(given if isinstance(given, Folder) else path)
                    if job.left:
                        self._run(job, grade, lambda lesson: None)
                    result: Report | GraderError = self._report(job)
                except GraderError as error:
                    result = error
                each(path, result)

        asked = dict.fromkeys(concept.lesson for concept in self._wanted)
        self._open([self._course.lesson(lesson) for lesson in asked], body)

    def _open(
        self, lessons: Sequence[Lesson], body: "Callable[[Grade], None]", warm: Sequence[str] = ()
    ) -> None:
        from grader import desk

        stamp = reuse.stamp(self._course)
        desk.open_desk(
            self._course, lessons, self._seed, self._store, stamp, self._isolation, body, warm
        )

    def _job(self, path: Path | Folder) -> "_Job":
        clock, started = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
        submission = read_submission(path, self._course, self._notebooks)
        memory = reuse.Memory(self._course, submission, self._seed, self._isolation, self._store)
        chosen = _lessons(self._course, submission, self._wanted)
        known = {} if self._fresh else memory.recall(chosen)
        return _Job(submission, memory, chosen, dict(known), len(known), started, clock)

    def _run(self, job: "_Job", grade: "Grade", progress: Progress) -> None:
        left = job.left
        job.outcomes |= grade(job.submission, left, self._wanted, progress)
        job.memory.keep([each for each in left if _whole(each, self._wanted)], job.outcomes)

    def _report(self, job: "_Job") -> Report:
        course, submission = self._course, job.submission
        outcomes = {lesson.id: job.outcomes[lesson.id] for lesson in job.chosen}
        results = tuple(_result(course, submission, each, outcomes) for each in self._wanted)
        if all(each.state is State.ABSENT for each in results):
            raise SubmissionError(
                f"{submission.path}: defines nothing of what is to be graded; "
                "ask for other concepts, or hand in what they build on as well"
            )
        score, max_score, bonus, max_bonus = scoring.totals(results)
        notes = [
            *submission.notes,
            *look.warnings(submission),
            *(note for each in outcomes.values() for note in each.notes),
            *([self._store.trouble] if self._store.trouble else []),
        ]
        return Report(
            course=course.title,
            course_version=course.version,
            grader_version=__version__,
            seed=self._seed,
            isolation=_isolation(self._isolation, outcomes.values()),
            submission=submission.path.resolve().name,
            concepts=results,
            score=score,
            max_score=max_score,
            bonus=bonus,
            max_bonus=max_bonus,
            complete=scoring.is_complete(results),
            notes=tuple(dict.fromkeys(notes)),  # a stranger's file is loaded for every lesson
            notebooks={
                file: way for each in outcomes.values() for file, way in each.notebooks.items()
            },
            reused=job.reused,
            started=job.started,
            seconds=round(time.perf_counter() - job.clock, 3),
        )


@dataclass
class _Job:
    """One submission on its way: `outcomes` fills up by lesson; `reused` came from the cache."""

    submission: Submission
    memory: reuse.Memory
    chosen: list[Lesson]
    outcomes: dict[str, LessonOutcomes]
    reused: int
    started: str
    clock: float

    @property
    def left(self) -> list[Lesson]:
        """The lessons still to be run."""
        return [lesson for lesson in self.chosen if lesson.id not in self.outcomes]


def _selected(
    course: Course, lessons: Sequence[str], concepts: Sequence[str]
) -> tuple[Concept, ...]:
    """The concepts asked for, in course order."""
    chosen = {course.concept(each).id for each in concepts}
    for lesson in lessons:
        chosen |= {concept.id for concept in course.lesson(lesson).concepts}
    return tuple(each for each in course.concepts if not chosen or each.id in chosen)


def _lessons(course: Course, submission: Submission, wanted: Sequence[Concept]) -> list[Lesson]:
    """The lessons asked for that the submission holds. Raises SubmissionError if there is none."""
    asked = dict.fromkeys(concept.lesson for concept in wanted)
    there = [each for each in asked if submission.own or each in submission.lessons]
    if not there:
        raise SubmissionError(f"{submission.path}: holds nothing of {', '.join(asked)}")
    return [course.lesson(each) for each in there]


def _isolation(asked: str, outcomes: Iterable[LessonOutcomes]) -> Isolation:
    missing = tuple(dict.fromkeys(layer for each in outcomes for layer in each.missing))
    if asked == "none":
        return Isolation("none", missing)
    return Isolation("reduced" if missing else "full", missing)


def _whole(lesson: Lesson, wanted: Sequence[Concept]) -> bool:
    return all(concept in wanted for concept in lesson.concepts)


def _result(
    course: Course,
    submission: Submission,
    concept: Concept,
    outcomes: dict[str, LessonOutcomes],
) -> ConceptResult:
    """The score of one concept."""
    found = outcomes.get(concept.lesson)
    checks: tuple[CheckResult, ...] = found.checks.get(concept.id, ()) if found else ()
    state = scoring.state_of(checks)
    working = state not in (State.PASSED, State.ABSENT)
    diagnosis = found.diagnoses.get(concept.id) if found and working else None
    return ConceptResult(
        id=concept.id,
        lesson=concept.lesson,
        title=concept.title,
        state=state,
        earned=scoring.earned(checks, concept.points),
        possible=scoring.counted(checks, concept.points),
        bonus=course.lesson(concept.lesson).bonus,
        carried=any(check.carried for check in checks),
        checks=checks,
        diagnosis=diagnosis,
        place=(
            locate.place_of(submission, concept, checks, _blamed(diagnosis)) if working else None
        ),
        curve=found.curves.get(concept.id) if found else None,
        boundary=found.boundaries.get(concept.id) if found else None,
    )


def _blamed(diagnosis: Diagnosis | None) -> str:
    """The method that a diagnosis speaks of."""
    if diagnosis is None or diagnosis.operator is None:
        return ""
    from grader.diagnosis.facts import method_of

    return method_of(diagnosis.operator)
