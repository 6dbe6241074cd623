"""Solutions to exercises: what should be there, what is there, and the difference made good."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader import regions
from grader.authoring.notebook import notebook
from grader.authoring.workshop import Workshop, files_in
from grader.course import Lesson
from grader.errors import UsageError

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
    """Every generated file, and every file no lesson claims; nothing is written.

    Raises CourseError where a solution can't be used, UsageError without the extra `authoring`.
    """
    made = [
        item
        for lesson in workshop.course.lessons
        for item in generated(workshop, lesson, workshop.source(lesson))
    ]
    return (*made, *(Item(path, Standing.UNCLAIMED) for path in unclaimed(workshop)))


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
    """A lesson's exercise as a script: every region a stub."""
    return regions.script(source)


def as_notebook(lesson: Lesson, source: str) -> str:
    """A lesson's exercise as a notebook."""
    return notebook(lesson.id, as_script(source))


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
