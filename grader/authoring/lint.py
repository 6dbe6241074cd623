"""The author's contract as code: one `check_*` function per promise, each finding with its remedy.

A finding is one line that names the file, what is wrong with it, and what to do.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.authoring import lint_course, lint_files, lint_runs
from grader.authoring.workshop import Workshop
from grader.course import COURSE_FILE, SUITES, load_course
from grader.errors import CourseError, InfrastructureError


@dataclass(frozen=True)
class Promise:
    """What an author promises, and the function that finds where it is not kept."""

    title: str
    check: Callable[[Workshop], Iterable[str]]
    runs: bool = False  # grades the whole course, which takes seconds


@dataclass(frozen=True)
class Verdict:
    """One promise, and where it is not kept."""

    title: str
    findings: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.findings


VALID = "course.toml is valid"
PROMISES = (
    Promise("the points add up to 100, and 20 as a bonus", lint_course.check_points),
    Promise("titles and names are unique", lint_course.check_unique),
    Promise("hints are short and give no line away", lint_course.check_hints),
    Promise("every lesson has its solution, exercise, notebook and suite", lint_files.check_files),
    Promise("no stray files among them", lint_files.check_strays),
    Promise("every concept has a stub, every stub a concept", lint_course.check_stubs),
    Promise("every solution defines what its concepts name", lint_course.check_names),
    Promise("figures show what the code computes", lint_files.check_figures),
    Promise("exercises and notebooks are fresh", lint_files.check_fresh),
    Promise("every concept has a check, every check a concept", lint_runs.check_suites),
    Promise("the solutions score everything, in both forms", lint_runs.check_solutions, runs=True),
    Promise("untouched exercises score 0, all todo", lint_runs.check_exercises, runs=True),
)


def lint(
    solutions: Path,
    exercises: Path,
    suites: Path = SUITES,
    course_file: Path = COURSE_FILE,
    fast: bool = False,
) -> Iterator[Verdict]:
    """Test promise after promise; `fast` leaves out those that grade the whole course.

    If course.toml is not valid, that is the only verdict: the others are about what it says.
    """
    try:
        course = load_course(course_file)
    except CourseError as error:
        yield Verdict(VALID, (str(error),))
        return
    yield Verdict(VALID)
    workshop = Workshop(course, solutions, exercises, suites)
    for promise in PROMISES:
        if not (fast and promise.runs):
            yield Verdict(promise.title, _findings(promise, workshop))


def _findings(promise: Promise, workshop: Workshop) -> tuple[str, ...]:
    try:
        return tuple(promise.check(workshop))
    except (CourseError, InfrastructureError) as error:
        return (str(error),)
