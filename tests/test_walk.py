"""A learner's walk: filling in one function at a time raises exactly that concept."""

import shutil
from collections.abc import Collection
from pathlib import Path

import pytest

import grader
from grader import regions
from grader.course import Concept, Lesson, load_course
from grader.model import Report, State

from .conftest import SOLUTIONS
from .naming import graded

COURSE = load_course()
# What has a stub of its own; mg7.integration is about all the others.
CONCEPTS = [concept for concept in COURSE.concepts if concept.names]


def _passed(report: Report) -> set[str]:
    by_state = {concept.id: concept.state for concept in report.concepts}
    left = {name for name, state in by_state.items() if state is not State.PASSED}
    assert all(by_state[name] is State.TODO for name in left), by_state
    assert report.score + report.bonus == sum(
        concept.points for concept in COURSE.concepts if by_state.get(concept.id) is State.PASSED
    )
    return set(by_state) - left


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> dict[str, Report]:
    """The reports on a lesson with some of it filled in, every other lesson untouched; by `_name`.
    All of a lesson's are graded at one desk."""
    base = tmp_path_factory.mktemp("walk")
    found: dict[str, Report] = {}
    for lesson in COURSE.lessons:
        source = _source(lesson)
        order = regions.concepts_in(source)
        walk = [order[:number] for number in range(len(order) + 1)]
        alone = [[concept.id] for concept in CONCEPTS if concept.lesson == lesson.id]
        paths = {}
        for filled in (*walk, *alone):
            name = _name(lesson, filled)
            if name not in paths:
                paths[name] = _exercises(base / f"{lesson.id}-{len(paths)}")
                text = regions.exercise(source, filled)
                (paths[name] / f"{lesson.file}.py").write_text(text, encoding="utf-8")
        found |= graded(paths, [lesson.id], cache)
    return found


def _exercises(folder: Path) -> Path:
    """A folder with all exercises as a learner gets them."""
    folder.mkdir()
    for path in SOLUTIONS.glob("mg*.py"):
        text = regions.exercise(path.read_text(encoding="utf-8"))
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def _source(lesson: Lesson) -> str:
    return (SOLUTIONS / f"{lesson.file}.py").read_text(encoding="utf-8")


def _name(lesson: Lesson, filled: Collection[str]) -> str:
    return f"{lesson.id}: {' '.join(sorted(filled))}"


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)
def test_one_after_the_other(lesson: Lesson, reports: dict[str, Report]) -> None:
    """In the order of the file, with every earlier lesson still untouched."""
    done: set[str] = set()
    assert _passed(reports[_name(lesson, done)]) == set()
    for concept in regions.concepts_in(_source(lesson)):
        done.add(concept)
        assert _passed(reports[_name(lesson, done)]) == done


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.id)
def test_alone(concept: Concept, reports: dict[str, Report]) -> None:
    """With nothing else filled in, anywhere."""
    name = _name(COURSE.lesson(concept.lesson), [concept.id])
    assert _passed(reports[name]) == {concept.id}


def test_integration_needs_everything(tmp_path: Path, cache: Path) -> None:
    """mg7.integration passes with the student's own lessons 2 to 7, and gets no help."""
    folder = tmp_path / "mine"
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    report = grader.check(folder, concepts=["mg7.integration"], cache_folder=cache)
    assert report.concepts[0].state is State.PASSED
    source = (folder / "mg3_backpropagation.py").read_text(encoding="utf-8")
    text = regions.without(source, "mg3.backward")
    (folder / "mg3_backpropagation.py").write_text(text, encoding="utf-8")
    report = grader.check(folder, concepts=["mg7.integration"], cache_folder=cache)
    assert report.concepts[0].state is State.TODO
