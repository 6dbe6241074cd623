"""Solutions to exercises: what should be there, what is there, and the difference made good."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader import exercise_text
from grader.authoring import figures
from grader.authoring.notebook import notebook
from grader.authoring.workshop import Workshop, files_in
from grader.course import Lesson
from grader.errors import UsageError
from grader.sandbox import Sandbox

# Written by hand, and nobody's exercise.
KEPT = frozenset({"README.md"})


class Standing(StrEnum):
    """How a file in the exercises' folder stands to what should be there."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"
    UNCLAIMED = "unclaimed"  # no lesson has a file of this name


@dataclass(frozen=True)
class Item:
    """A file that is or should be among the exercises, and what it should hold."""

    path: Path
    standing: Standing
    content: bytes = b""


def plan(workshop: Workshop) -> tuple[Item, ...]:
    """Every generated file, the sources with stale figures, and every file that no lesson claims;
    nothing is written.

    Raises CourseError where a solution can't be used, UsageError without the extra `authoring`.
    """
    sources = {lesson: workshop.source(lesson) for lesson in workshop.course.lessons}
    made = list(redrawn(workshop, sources))
    drawn = {item.path: item.content.decode("utf-8") for item in made}
    for lesson, source in sources.items():
        source = drawn.get(workshop.solution(lesson), source)
        made += generated(workshop, lesson, source)
    return (*made, *(Item(path, Standing.UNCLAIMED) for path in unclaimed(workshop)))


def redrawn(workshop: Workshop, sources: Mapping[Lesson, str]) -> Iterator[Item]:
    """The solutions whose figures are not what their code computes, with these mended.

    Raises CourseError where a figure can't be drawn.
    """
    with Sandbox(workshop.course.limits) as sandbox:
        for lesson, text in figures.with_figures(sources, sandbox).items():
            if text != sources[lesson]:
                yield Item(workshop.solution(lesson), Standing.STALE, text.encode("utf-8"))


def generated(workshop: Workshop, lesson: Lesson, source: str) -> Iterator[Item]:
    """What is made of one lesson: the script and the notebook."""
    for path, text in (
        (workshop.exercise(lesson), as_script(source)),
        (workshop.notebook(lesson), as_notebook(lesson, source)),
    ):
        content = text.encode("utf-8")
        yield Item(path, _standing(path, content), content)


def unclaimed(workshop: Workshop) -> Iterator[Path]:
    """The files among the exercises that no lesson claims."""
    claimed = {workshop.exercise(lesson) for lesson in workshop.course.lessons}
    claimed |= {workshop.notebook(lesson) for lesson in workshop.course.lessons}
    claimed |= {workshop.exercises / name for name in KEPT}
    for path in files_in(workshop.exercises):
        if path not in claimed:
            yield path


def carry_out(items: Iterable[Item], prune: bool = False) -> None:
    """Write what is stale or missing; with `prune` remove what no lesson claims.

    Each file is replaced whole or not at all. Raises UsageError where a file can't be written.
    """
    for item in items:
        try:
            if item.standing in (Standing.STALE, Standing.MISSING):
                _replace(item.path, item.content)
            elif item.standing is Standing.UNCLAIMED and prune:
                item.path.unlink()
        except OSError as error:
            raise UsageError(
                f"{item.path}: can't be changed ({error.strerror or error}); "
                "make the folder writable, or choose another with --exercises"
            ) from None


def as_script(source: str) -> str:
    """A lesson's exercise as a script."""
    return exercise_text.script(source)


def as_notebook(lesson: Lesson, source: str) -> str:
    """A lesson's exercise as a notebook."""
    return notebook(lesson.id, exercise_text.exercise(source))


def _standing(path: Path, content: bytes) -> Standing:
    try:
        return Standing.FRESH if path.read_bytes() == content else Standing.STALE
    except FileNotFoundError:
        return Standing.MISSING
    except OSError:
        return Standing.STALE  # what is wrong with it shows when it is written


def _replace(path: Path, content: bytes) -> None:
    """Write beside it, then rename: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
