"""What a command works on when no path is given."""

from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import SubmissionError

if TYPE_CHECKING:
    from grader.course import Course


def default_path(course: "Course", command: str) -> Path:
    """`exercises/`, else the current folder if there is something of the course in it.

    `command` is what to type with a path, for the message: `mggrade check`.
    """
    from grader.submission import read_submission

    exercises, here = Path("exercises"), Path()
    if exercises.is_dir():
        return exercises
    files = [lesson.file + suffix for lesson in course.lessons for suffix in (".py", ".ipynb")]
    if not any((here / file).exists() for file in files):
        try:
            read_submission(here, course)
        except SubmissionError:
            raise SubmissionError(
                "no exercises/ here, nor lessons or a micrograd; go to the course's folder, or "
                f"name it: {command} PATH; to begin the course: mggrade init"
            ) from None
    return here
