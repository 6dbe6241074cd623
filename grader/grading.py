"""One submission after the other graded: what was known of it is recalled, the rest is run."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from grader import look, reuse, scoring
from grader.cache import Cache, default_folder
from grader.course import Concept, Course, Lesson
from grader.errors import SubmissionError
from grader.intake import Folder
from grader.model import ConceptResult, LessonOutcomes, Report, State
from grader.results import isolation_of, not_run, result_of
from grader.submission import Submission, read_submission
from grader.version import __version__

if TYPE_CHECKING:
    from grader.desk import Grade
    from grader.sandbox.shared import Door

Progress = Callable[[str], None]
Results = Callable[[Sequence[ConceptResult]], None]
T = TypeVar("T")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while lessons were run; `report` says what had been graded, and what was not run."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


class Desk:
    """Checks one submission after the other, or the same one again and again.

    pytest's session, warm workers and PyTorch's answers are kept open; of a submission that is
    checked again, only the lessons that a change touches are run.
    """

    def __init__(self, grading: "Grading", grade: "Grade") -> None:
        self._grading = grading
        self._grade = grade
        self._last: _Job | None = None

    def check(
        self,
        path: str | Path | Folder,
        *,
        fresh: bool = False,
        progress: Progress = lambda lesson: None,
        done: Results | None = None,
    ) -> Report:
        """Grade what is at the path now. Raises what `grader.check` raises.

        fresh: run unchanged lessons as well.
        progress: called with a lesson's id when its grading begins.
        done: called with a lesson's results as soon as it has been run, in the course's order.

        A lesson that hung is not waited for again until something changes, or `fresh` is asked for.
        """
        given = path if isinstance(path, Folder) else Path(path)
        job = self._grading.job(given, fresh, self._last)
        if self._last is not None and self._last.submission.path != job.submission.path:
            self.keep()
        self._last = job
        self._grading.run(job, self._grade, progress, done)
        return self._grading.report(job)

    def keep(self) -> None:
        """Remember the outcomes of the last check on disk. A later check of the same path would
        replace them, so it is done once that is left, and when the desk is closed."""
        if self._last is not None:
            self._last.keep()


class Grading:
    """What is asked of every submission, and the cache."""

    def __init__(
        self,
        course: Course,
        lessons: Sequence[str],
        concepts: Sequence[str],
        seed: int | None,
        isolation: str,
        notebooks: str,
        cache_folder: Path | None,
        meanwhile: Callable[[], None] | None = None,
        door: "Door | None" = None,
    ) -> None:
        self._course = course
        self._seed = course.seed if seed is None else seed
        self._wanted = _selected(course, lessons, concepts)
        self._isolation = isolation
        self._notebooks = notebooks
        self._meanwhile = meanwhile
        self._door = door
        self._grounds = reuse.Grounds(course, self._seed, isolation)
        self._store = Cache(cache_folder or default_folder())

    def close(self) -> None:
        """Release the cache."""
        self._store.close()

    def one(self, path: Path, fresh: bool, progress: Progress) -> Report:
        """Read a submission, recall what is known of it, run the rest."""
        job = self.job(path, fresh)
        if job.left:
            from grader import desk  # pytest and workers are needed only now

            warm = desk.kinds(job.submission, self._wanted)
            try:
                self._open(job.left, lambda grade: self.run(job, grade, progress), warm)
            except KeyboardInterrupt:
                raise Interrupted(self.report(job)) from None
            finally:
                job.keep()
        return self.report(job)

    def at_desk(self, body: Callable[[Desk], T]) -> T:
        """Open a desk for all that was asked for."""
        results: list[T] = []

        def opened(grade: "Grade") -> None:
            desk = Desk(self, grade)
            try:
                results.append(body(desk))
            finally:
                desk.keep()

        asked = dict.fromkeys(concept.lesson for concept in self._wanted)
        self._open([self._course.lesson(lesson) for lesson in asked], opened)
        return results[0]

    def _open(
        self, lessons: Sequence[Lesson], body: "Callable[[Grade], None]", warm: Sequence[str] = ()
    ) -> None:
        from grader import desk
        from grader.sandbox import Sandbox

        stamp = reuse.stamp(self._course)
        with Sandbox(self._course.limits, self._isolation, self._meanwhile, self._door) as sandbox:
            desk.open_desk(
                self._course, lessons, self._seed, self._store, stamp, sandbox, body, warm
            )

    def job(self, path: Path | Folder, fresh: bool, last: "_Job | None" = None) -> "_Job":
        """What is at the path, and what is known of it: from the last job if that was the same
        path's, else from the cache."""
        clock, started = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
        submission = read_submission(path, self._course, self._notebooks)
        memory = reuse.Memory(self._grounds, submission, self._store)
        job = _Job(submission, memory, _lessons(self._course, submission, self._wanted))
        job.clock, job.started = clock, started
        if not fresh:
            if last is not None and last.submission.path == submission.path:
                job.outcomes |= last.still_true(memory)
                job.run = last.run & job.outcomes.keys()
            job.outcomes |= memory.recall(job.left)
        job.reused = len(job.outcomes)
        return job

    def run(
        self,
        job: "_Job",
        grade: "Grade",
        progress: Progress,
        done: Results | None = None,
    ) -> None:
        """Run what is left of a job."""
        broken = {name for name, found in job.outcomes.items() if not found.sound}
        graded = grade(job.submission, job.left, self._wanted, progress, broken)
        with contextlib.closing(graded):
            for lesson, outcomes in graded:
                job.outcomes[lesson.id] = outcomes
                if _whole(lesson, self._wanted):
                    job.run.add(lesson.id)
                if done is not None:
                    mine = [each for each in self._wanted if each.lesson == lesson.id]
                    done([result_of(self._course, job.submission, it, job.outcomes) for it in mine])

    def report(self, job: "_Job") -> Report:
        """What the outcomes of a job add up to."""
        submission = job.submission
        known = {**{lesson.id: not_run(lesson) for lesson in job.left}, **job.outcomes}
        results = tuple(result_of(self._course, submission, each, known) for each in self._wanted)
        if all(each.state is State.ABSENT for each in results):
            raise SubmissionError(
                f"{submission.path}: defines nothing of what is to be graded; "
                "ask for other concepts, or hand in what they build on as well"
            )
        score, max_score, bonus, max_bonus = scoring.totals(results)
        outcomes = [known[lesson.id] for lesson in job.chosen]
        notes = [
            *submission.notes,
            *look.warnings(submission),
            *(note for each in outcomes for note in each.notes),
            *([self._store.trouble] if self._store.trouble else []),
        ]
        return Report(
            course=self._course.title,
            course_version=self._course.version,
            grader_version=__version__,
            seed=self._seed,
            isolation=isolation_of(self._isolation, outcomes),
            submission=submission.path.resolve().name,
            concepts=results,
            score=score,
            max_score=max_score,
            bonus=bonus,
            max_bonus=max_bonus,
            complete=scoring.is_complete(results),
            notes=tuple(dict.fromkeys(notes)),  # a stranger's file is loaded for every lesson
            notebooks={file: way for each in outcomes for file, way in each.notebooks.items()},
            interrupted=bool(job.left),
            reused=job.reused,
            started=job.started,
            seconds=round(time.perf_counter() - job.clock, 3),
        )


@dataclass
class _Job:
    """One submission on its way: `outcomes` fills up by lesson; `reused` of them were known; `run`
    are the lessons that were run whole and are not in the cache yet."""

    submission: Submission
    memory: reuse.Memory
    chosen: list[Lesson]
    outcomes: dict[str, LessonOutcomes] = field(default_factory=dict)
    run: set[str] = field(default_factory=set)
    reused: int = 0
    started: str = ""
    clock: float = 0.0

    @property
    def left(self) -> list[Lesson]:
        """The lessons still to be run."""
        return [lesson for lesson in self.chosen if lesson.id not in self.outcomes]

    def still_true(self, memory: reuse.Memory) -> dict[str, LessonOutcomes]:
        """The outcomes that nothing has changed for, in the eyes of a later memory."""
        same = [each for each in self.chosen if memory.key(each) == self.memory.key(each)]
        return {
            each.id: self.outcomes[each.id]
            for each in same
            if each.id in self.outcomes and not reuse.graders_fault(self.outcomes[each.id])
        }

    def keep(self) -> None:
        """Write what was run to the cache."""
        self.memory.keep([each for each in self.chosen if each.id in self.run], self.outcomes)
        self.run.clear()


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


def _whole(lesson: Lesson, wanted: Sequence[Concept]) -> bool:
    return all(concept in wanted for concept in lesson.concepts)
