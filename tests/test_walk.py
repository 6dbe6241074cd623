"""A learner's walk: filling in one function at a time raises exactly that concept."""

import shutil
from pathlib import Path

import pytest

import grader
from grader import regions
from grader.course import load_course
from grader.model import State

from .conftest import SOLUTIONS

COURSE = load_course()
# What has a stub of its own; mg7.integration is about all the others.
CONCEPTS = [concept for concept in COURSE.concepts if concept.names]


def _passed(folder: Path, lesson: str, cache: Path) -> set[str]:
    report = grader.check(folder, lessons=[lesson], cache_folder=cache)
    by_state = {concept.id: concept.state for concept in report.concepts}
    left = {name for name, state in by_state.items() if state is not State.PASSED}
    assert all(by_state[name] is State.TODO for name in left), by_state
    assert report.score + report.bonus == sum(
        concept.points for concept in COURSE.concepts if by_state.get(concept.id) is State.PASSED
    )
    return set(by_state) - left


@pytest.fixture
def untouched(tmp_path: Path) -> Path:
    """A folder with all exercises as a learner gets them."""
    folder = tmp_path / "exercises"
    folder.mkdir()
    for path in SOLUTIONS.glob("mg*.py"):
        text = regions.exercise(path.read_text(encoding="utf-8"))
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)
def test_one_after_the_other(untouched: Path, cache: Path, lesson) -> None:
    """In the order of the file, with every earlier lesson still untouched."""
    source = (SOLUTIONS / f"{lesson.file}.py").read_text(encoding="utf-8")
    done: set[str] = set()
    assert _passed(untouched, lesson.id, cache) == set()
    for concept in regions.concepts_in(source):
        done.add(concept)
        text = regions.exercise(source, done)
        (untouched / f"{lesson.file}.py").write_text(text, encoding="utf-8")
        assert _passed(untouched, lesson.id, cache) == done


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.id)
def test_alone(untouched: Path, cache: Path, concept) -> None:
    """With nothing else filled in, anywhere."""
    lesson = COURSE.lesson(concept.lesson)
    source = (SOLUTIONS / f"{lesson.file}.py").read_text(encoding="utf-8")
    text = regions.exercise(source, {concept.id})
    (untouched / f"{lesson.file}.py").write_text(text, encoding="utf-8")
    assert _passed(untouched, lesson.id, cache) == {concept.id}


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
