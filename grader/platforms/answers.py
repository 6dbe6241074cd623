"""PyTorch's answers, baked: whoever has them grades without PyTorch."""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from grader import grade
from grader.attempts import solutions_folder
from grader.cache import Cache
from grader.course import Course
from grader.errors import InfrastructureError, SubmissionError
from grader.merging import Plan, merge
from grader.submission import read_submission

FOLDER = "answers"
CACHE = "cache.sqlite"  # as grader.cache names it
_ABOUT_TORCH = (
    "Metadata-Version: 2.1\nName: torch\nVersion: {version}\n"
    "Summary: Not PyTorch itself: only the version of it that the answers beside this are of.\n"
)
# Answers, and for which suites and seed all of them are there; not what was graded meanwhile.
_KINDS = ("answer", "suite")


def baked(course: Course, concepts: Sequence[str], seed: int, torch: str) -> dict[str, bytes]:
    """The files of the folder `answers`: a cache that knows all that checks of these concepts ask
    PyTorch, and the version of it. The solutions are graded for that.

    Raises InfrastructureError where PyTorch is not there, or the solutions lose points.
    """
    with TemporaryDirectory(prefix="mggrade-") as folder:
        full, kept = Path(folder, "full"), Path(folder, "kept")
        report = grade.check(
            solutions_folder(), concepts=concepts, seed=seed, course=course, cache_folder=full
        )
        _grade_a_stranger(Path(folder, "micrograd.py"), course, concepts, seed, full)
        lost = [each.id for each in report.concepts if each.earned < each.possible]
        if lost:
            raise InfrastructureError(
                f"the course's own solutions lose points ({', '.join(lost)}), and so would "
                "everybody; mggrade doctor may tell why"
            )
        Cache(kept).close()
        _copy(full, kept)
        return {
            f"{FOLDER}/{CACHE}": Path(kept, CACHE).read_bytes(),
            f"{FOLDER}/torch-{torch}.dist-info/METADATA": _ABOUT_TORCH.format(
                version=torch
            ).encode(),
        }


# Names that lessons know; a few checks ask something else of a micrograd that does not have them.
_PRIVATE = {"_backward": "_pass_on", "_prev": "_made_of"}


def _grade_a_stranger(
    path: Path, course: Course, concepts: Sequence[str], seed: int, cache: Path
) -> None:
    """The solutions once more, as a micrograd of somebody's own, for what only these are asked."""
    modules = read_submission(solutions_folder(), course).lessons
    lessons = [(each.id, modules[each.id]) for each in course.lessons if not each.bonus]
    plan = Plan(path.stem, "A micrograd of one's own.", ("Value", "MLP"))
    text = merge(lessons, [plan]).files[path.stem]
    for name, other in _PRIVATE.items():
        text = text.replace(name, other)
    path.write_text(text, encoding="utf-8")
    with contextlib.suppress(SubmissionError):  # there is nothing to ask it, as of mg1
        grade.check(path, concepts=concepts, seed=seed, course=course, cache_folder=cache)


def _copy(full: Path, kept: Path) -> None:
    """Of the one cache what `_KINDS` says, into the other; that is then one file."""
    connection = sqlite3.connect(kept / CACHE)
    try:
        connection.execute("ATTACH ? AS full", (os.fspath(full / CACHE),))
        with connection:
            marks = ", ".join("?" * len(_KINDS))
            connection.execute(
                f"INSERT INTO entries SELECT * FROM full.entries WHERE kind IN ({marks}) "
                "ORDER BY kind, key",
                _KINDS,
            )
        connection.execute("DETACH full")
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()
