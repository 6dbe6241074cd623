"""What a check leaves in a learner's own workspace, and in nobody else's.

A check is remembered where all of this holds:

- it was of lessons: their folder or one of their files, no archive and no stranger's micrograd;
- the person stands in the workspace: whoever grades somebody's folder from outside leaves no trace;
- the path was left to mggrade (a bare `mggrade check`), or `.mggrade/` is there already.
"""

import contextlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader import progress
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Course
    from grader.model import Report


def with_memory(report: "Report", path: Path, course: "Course", bare: bool) -> "Report":
    """Remember a report where that is right, and tell in it of solutions asked for too early.

    `bare`: no path was given. What can't be remembered is one note in the report.
    """
    if not _holds_lessons(path, course):
        return report
    try:
        folder = progress.workspace(path)
        if not _is_own(folder, bare):
            with contextlib.suppress(UsageError):  # somebody else's file; they will hear of it
                report = progress.with_given_up(report, progress.load(folder))
            return report
        known = progress.remember(folder, report, datetime.now().astimezone())
        return progress.with_given_up(report, known)
    except (UsageError, OSError) as error:
        return replace(report, notes=(*report.notes, str(error)))


def _holds_lessons(path: Path, course: "Course") -> bool:
    names = {f"{lesson.file}{suffix}" for lesson in course.lessons for suffix in (".py", ".ipynb")}
    if path.is_dir():
        return any((path / name).exists() for name in names)
    return path.name in names


def _is_own(folder: Path, bare: bool) -> bool:
    here = Path.cwd().resolve()
    return here.is_relative_to(folder) and (bare or (folder / progress.FOLDER).is_dir())
