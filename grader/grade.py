"""The pipeline: a submission in, a report out."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader import locate, look, reuse, scoring
from grader.cache import Cache, default_folder
from grader.course import Concept, Course, Lesson, load_course
from grader.errors import SubmissionError
from grader.model import CheckResult, ConceptResult, Isolation, LessonOutcomes, Report, State
from grader.submission import Submission, read_submission
from grader.version import __version__

Progress = Callable[[str], None]


def check(
    path: str | Path,
    *,
    lessons: Sequence[str] = (),
    concepts: Sequence[str] = (),
    seed: int | None = None,
    fresh: bool = False,
    isolation: str = "auto",
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
    cache_folder: where answers and outcomes are remembered; the user's cache folder by default.
    course: the course to grade by; the one that comes with the package by default.
    progress: called with a lesson's id when its grading begins.

    Raises SubmissionError or UsageError where there is nothing to grade as asked, and
    InfrastructureError where the grader itself can't work. Faults of the student's code are
    outcomes in the report.
    """
    clock, started = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
    course = course or load_course()
    seed = course.seed if seed is None else seed
    wanted = _selected(course, lessons, concepts)
    submission = read_submission(Path(path), course)
    store = Cache(cache_folder or default_folder())
    try:
        memory = reuse.Memory(course, submission, seed, isolation, store)
        chosen = _lessons(course, submission, wanted)
        known = {} if fresh else memory.recall(chosen)
        left = [lesson for lesson in chosen if lesson.id not in known]
        outcomes = dict(known)
        if left:
            from grader import running  # pytest and workers are needed only now

            outcomes |= running.run(
                course, submission, left, wanted, seed, store, memory.stamp, isolation, progress
            )
            memory.keep([each for each in left if _whole(each, wanted)], outcomes)
    finally:
        store.close()
    outcomes = {lesson.id: outcomes[lesson.id] for lesson in chosen}
    results = tuple(_result(course, submission, concept, outcomes) for concept in wanted)
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
    ]
    return Report(
        course=course.title,
        course_version=course.version,
        grader_version=__version__,
        seed=seed,
        isolation=_isolation(isolation, outcomes.values()),
        submission=submission.path.resolve().name,
        concepts=results,
        score=score,
        max_score=max_score,
        bonus=bonus,
        max_bonus=max_bonus,
        complete=scoring.is_complete(results),
        notes=tuple(notes + ([store.trouble] if store.trouble else [])),
        reused=len(known),
        started=started,
        seconds=round(time.perf_counter() - clock, 3),
    )


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
        diagnosis=found.diagnoses.get(concept.id) if found and working else None,
        place=locate.place_of(submission, concept, checks) if working else None,
        curve=found.curves.get(concept.id) if found else None,
    )
