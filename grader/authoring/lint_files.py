"""Promises about files: none is missing, none is left over, none is stale."""

from collections.abc import Iterator

from grader.authoring.build import Standing, generated, redrawn, unclaimed
from grader.authoring.workshop import Workshop, files_in


def check_files(workshop: Workshop) -> Iterator[str]:
    """Every lesson has its four files."""
    build = "run mggrade course build"
    for lesson in workshop.course.lessons:
        for path, remedy in (
            (workshop.solution(lesson), f"write lesson {lesson.id}"),
            (workshop.exercise(lesson), build),
            (workshop.notebook(lesson), build),
            (workshop.suite(lesson), f"write the checks of {lesson.id}"),
        ):
            if not path.is_file():
                yield f"{workshop.show(path)}: is missing; {remedy}"


def check_strays(workshop: Workshop) -> Iterator[str]:
    """The folders hold the lessons' files alone."""
    lessons = workshop.course.lessons
    solutions = {workshop.solution(lesson) for lesson in lessons}
    suites = {workshop.suite(lesson) for lesson in lessons} | {workshop.suites / "__init__.py"}
    for folder, claimed in ((workshop.solutions, solutions), (workshop.suites, suites)):
        for path in files_in(folder):
            if path not in claimed:
                yield f"{workshop.show(path)}: belongs to no lesson; remove it or rename it"
    for path in unclaimed(workshop):
        yield f"{workshop.show(path)}: belongs to no lesson; run mggrade course build --prune"


def check_figures(workshop: Workshop) -> Iterator[str]:
    """The graphs in the lessons' text show what the lessons' code computes."""
    for item in redrawn(workshop, dict(workshop.sources())):
        file = workshop.show(item.path)
        yield f"{file}: a figure is not what the code computes; run mggrade course build"


def check_fresh(workshop: Workshop) -> Iterator[str]:
    """The generated files are what the solutions give today. (Missing ones: check_files.)"""
    for lesson, source in workshop.sources():
        for item in generated(workshop, lesson, source):
            if item.standing is Standing.STALE:
                yield f"{workshop.show(item.path)}: is stale; run mggrade course build"
