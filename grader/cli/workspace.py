"""A learner's lessons and what is remembered of them, for the commands that show or change both."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Course
    from grader.progress import Progress
    from grader.selfstudy.standing import CourseStanding
    from grader.submission import Submission


@dataclass(frozen=True)
class Workspace:
    """`path` is where the lessons are, `folder` where `.mggrade/` is or would be."""

    course: "Course"
    path: Path
    folder: Path
    submission: "Submission"
    known: "Progress"

    def standing(self) -> "CourseStanding":
        """How the learner stands."""
        from grader.selfstudy.standing import standing

        return standing(self.course, self.submission, self.known)

    def file_of(self, lesson_id: str) -> Path:
        """The file of a lesson. Raises UsageError where it is not there."""
        module = self.submission.lessons.get(lesson_id)
        if module is None:
            raise UsageError(
                f"{self.path} holds nothing of {lesson_id}; mggrade init, in the folder above, "
                "adds the exercises that are missing"
            )
        return module.path


def open_workspace(course: "Course", path: Path | None, command: str) -> Workspace:
    """The lessons at a path, or those of the current folder. `command` is for messages.

    Raises SubmissionError or UsageError where there are none, or where what is remembered can't be
    read.
    """
    from grader import progress
    from grader.cli.paths import default_path
    from grader.intake import is_archive
    from grader.submission import read_submission

    path = default_path(course, command) if path is None else path
    if is_archive(path):
        raise UsageError(f"{path} is an archive; unpack it, and name its folder")
    submission = read_submission(path, course)
    if not submission.lessons:
        raise UsageError(
            f"{path} holds no lessons of the course; for a folder with them: mggrade init DIR"
        )
    folder = progress.workspace(path)
    return Workspace(course, path, folder, submission, progress.load(folder))
