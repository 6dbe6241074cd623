"""Where an author works: a course and the folders that belong to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import regions
from grader.course import SUITES, Course, Lesson
from grader.errors import CourseError


@dataclass(frozen=True)
class Workshop:
    """A course, its single sources, what is generated from them, and its hidden suites."""

    course: Course
    solutions: Path
    exercises: Path
    suites: Path = SUITES

    def solution(self, lesson: Lesson) -> Path:
        """The single source of a lesson."""
        return self.solutions / f"{lesson.file}.py"

    def exercise(self, lesson: Lesson) -> Path:
        """The generated exercise, as a script."""
        return self.exercises / f"{lesson.file}.py"

    def notebook(self, lesson: Lesson) -> Path:
        """The generated exercise, as a notebook."""
        return self.exercises / "notebooks" / f"{lesson.file}.ipynb"

    def suite(self, lesson: Lesson) -> Path:
        """The hidden suite of a lesson."""
        return self.suites / lesson.suite.name

    def source(self, lesson: Lesson) -> str:
        """The text of a lesson's single source, its markers proved to pair up."""
        path = self.solution(lesson)
        try:
            text = path.read_text(encoding="utf-8")
            regions.concepts_in(text)
        except FileNotFoundError:
            raise CourseError(f"{self.show(path)}: is missing; write lesson {lesson.id}") from None
        except UnicodeDecodeError:
            raise CourseError(f"{self.show(path)}: is not UTF-8; save it as UTF-8") from None
        except OSError as error:
            reason = error.strerror or error
            raise CourseError(f"{self.show(path)}: can't be read ({reason})") from None
        except regions.MarkerError as error:
            raise CourseError(f"{self.show(path)}: {error}") from None
        return text

    def sources(self) -> Iterator[tuple[Lesson, str]]:
        """The lessons with their single sources; those that can't be used are left out."""
        for lesson in self.course.lessons:
            try:
                yield lesson, self.source(lesson)
            except CourseError:
                continue

    def show(self, path: Path) -> str:
        """A path for people: relative to the folder that holds the solutions, if it is below."""
        root = self.solutions.resolve().parent
        path = path.resolve()
        return str(path.relative_to(root) if path.is_relative_to(root) else path)


def files_in(folder: Path) -> Iterator[Path]:
    """All files below a folder but hidden ones and Python's caches."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(each.startswith((".", "__pycache__")) for each in parts):
            yield path
