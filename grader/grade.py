"""The pipeline: a submission in, a report out."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from grader.course import Course, load_course
from grader.errors import GraderError
from grader.grading import Desk, Grading, Interrupted, Progress
from grader.intake import Folder
from grader.model import Report

if TYPE_CHECKING:
    from grader.sandbox.shared import Door

__all__ = ["Desk", "Interrupted", "at_desk", "check", "check_each"]

T = TypeVar("T")


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
    outcomes in the report. Ctrl-C raises Interrupted once there is something to tell.
    """
    grading = Grading(
        course or load_course(), lessons, concepts, seed, isolation, notebooks, cache_folder
    )
    try:
        return grading.one(Path(path), fresh, progress)
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
    door: "Door | None" = None,
) -> None:
    """Grade many submissions at one desk, much quicker than one by one; see `check`.

    paths: of submissions, or submissions that are in memory already.
    each: called with every path and its report, or with the error that grading it ended with.
    door: see `at_desk`.
    """

    def body(desk: Desk) -> None:
        for given in paths:
            try:
                result: Report | GraderError = desk.check(given, fresh=fresh)
            except GraderError as error:
                result = error
            each(given.path if isinstance(given, Folder) else Path(given), result)

    at_desk(
        body,
        lessons=lessons,
        concepts=concepts,
        seed=seed,
        isolation=isolation,
        notebooks=notebooks,
        cache_folder=cache_folder,
        course=course,
        door=door,
    )


def at_desk(
    body: "Callable[[Desk], T]",
    *,
    lessons: Sequence[str] = (),
    concepts: Sequence[str] = (),
    seed: int | None = None,
    isolation: str = "auto",
    notebooks: str = "auto",
    cache_folder: Path | None = None,
    course: Course | None = None,
    meanwhile: Callable[[], None] | None = None,
    door: "Door | None" = None,
) -> T:
    """Open a desk, hand it to `body`, close it; what `body` returns. For the options see `check`.

    meanwhile: called before every request to a worker, and every 50 ms while one is waited for. It
        may raise `grader.errors.Abandoned`: the check ends with that, and the desk stays open.
    door: where this grader shares what is slow to start with others on this machine.
    """
    grading = Grading(
        course or load_course(),
        lessons,
        concepts,
        seed,
        isolation,
        notebooks,
        cache_folder,
        meanwhile,
        door,
    )
    try:
        return grading.at_desk(body)
    finally:
        grading.close()
