"""Concepts as ordinary tests, for the test panel of an editor: collected from lesson files, graded
by `mggrade check` in a process of its own, so that the verdicts are the same.
"""

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.course import Concept, Course, Lesson, load_course
from grader.errors import GraderError
from grader.locate import definition_of
from grader.model import ConceptResult, Report, State
from grader.regions import stubs
from grader.render.json_format import report_from_data
from grader.render.states import is_graders_fault
from grader.render.told import account
from grader.submission import Module, read_submission

SKIPPED = {
    State.TODO: "still to be written",
    State.ABSENT: "not in this submission",
    State.NOT_RUN: "not run",
}


class Concepts:
    """The plugin: which files are lessons, and the reports on their folders."""

    def __init__(self) -> None:
        self._course = load_course()
        self._reports: dict[Path, Report | str] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """A lesson in the place of a test file: it is never imported here."""
        found = yield
        lesson = self._lesson(file_path)
        if lesson is None:
            return found
        if _is_twin(file_path, parent.config):
            return []
        node = LessonFile.from_parent(parent, path=file_path)
        node.plugin, node.course, node.lesson = self, self._course, lesson
        return [node]

    def result(self, item: "ConceptItem") -> ConceptResult | str:
        """The verdict on a concept, or why there is none. A folder is graded once, on the lessons
        that this run selected."""
        folder = item.path.parent
        if folder not in self._reports:
            items = [each for each in item.session.items if isinstance(each, ConceptItem)]
            lessons = [each.concept.lesson for each in items if each.path.parent == folder]
            self._reports[folder] = _graded(folder, list(dict.fromkeys(lessons)))
        report = self._reports[folder]
        if isinstance(report, str):
            return report
        return next(each for each in report.concepts if each.id == item.concept.id)

    def _lesson(self, path: Path) -> Lesson | None:
        if path.suffix not in (".py", ".ipynb"):
            return None
        return next((each for each in self._course.lessons if each.file == path.stem), None)


class LessonFile(pytest.File):
    """One lesson."""

    plugin: Concepts
    course: Course
    lesson: Lesson

    def collect(self) -> Iterator[pytest.Item]:
        """Its concepts, each where it is written."""
        try:
            module = read_submission(self.path, self.course).lessons[self.lesson.id]
        except GraderError as error:
            raise self.CollectError(str(error)) from None
        for concept in self.lesson.concepts:
            item = ConceptItem.from_parent(self, name=concept.id)
            item.plugin, item.concept, item.line = self.plugin, concept, _line(module, concept)
            yield item


class ConceptItem(pytest.Item):
    """One concept. `line` counts from 0, as pytest's lines do; None in a notebook."""

    plugin: Concepts
    concept: Concept
    line: int | None

    def runtest(self) -> None:
        """Pass, skip what is still to be written, or fail with what there is to say."""
        result = self.plugin.result(self)
        if isinstance(result, str):
            raise _Verdict(result)
        if result.state in SKIPPED:
            pytest.skip(SKIPPED[result.state])
        if is_graders_fault(result):
            raise _Verdict("the grader itself failed here: no verdict, please report it")
        if result.state is not State.PASSED:
            raise _Verdict(account(result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *more: Any) -> str:
        """The verdict alone: the traceback would be the grader's."""
        if isinstance(excinfo.value, _Verdict):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where an editor jumps to."""
        return self.path, self.line, f"{self.concept.id}: {self.concept.title}"


class _Verdict(Exception):
    """What is said of a concept that did not pass."""


def _graded(folder: Path, lessons: list[str]) -> Report | str:
    """The report on some lessons of a folder, or the one line that says why there is none."""
    command = [sys.executable, "-P", "-m", "grader", "check", str(folder)]
    result = subprocess.run(
        [*command, "--lesson", ",".join(lessons), "--json", "-"], capture_output=True, check=False
    )
    try:
        return report_from_data(json.loads(result.stdout))
    except ValueError:
        told = result.stderr.decode("utf-8", "replace").strip()
        return told or f"mggrade check ended with {result.returncode} and said nothing"


def _is_twin(path: Path, config: pytest.Config) -> bool:
    """Whether a notebook lies below the same lesson as a script, and was not asked for itself."""
    if path.suffix != ".ipynb" or not (path.parent.parent / f"{path.stem}.py").exists():
        return False
    asked = [(config.invocation_params.dir / each.split("::")[0]).resolve() for each in config.args]
    return not any(each in (path, path.parent) for each in asked)


def _line(module: Module, concept: Concept) -> int | None:
    """The gap, or else the definition."""
    if module.notebook:
        return None
    for _, code in module.cells:
        for stub in stubs(code):
            if stub.concept == concept.id:
                return stub.line - 1
    place = definition_of(module, concept)
    return place.line - 1 if place is not None and place.line is not None else None
