"""The other engines are right, and the mistakes that are planted in them fit."""

from pathlib import Path

import pytest

import grader
from grader.diagnosis.catalogue import catalogue

from . import plants
from .naming import graded

LESSON_OF = {mistake.id: mistake.lesson for mistake in catalogue()}

each_engine = pytest.mark.parametrize("engine", plants.engines())


@pytest.fixture(scope="module")
def reports(cache: Path) -> dict[str, grader.Report]:
    """The reports on all engines."""
    return graded({each: plants.ENGINES / each for each in plants.engines()}, [], cache)


@each_engine
def test_engine_gets_full_marks(reports: dict[str, grader.Report], engine: str) -> None:
    report = reports[engine]
    assert (report.score, report.bonus) == (100, 20)
    assert not [concept.id for concept in report.concepts if concept.carried]


@each_engine
def test_plants_apply_and_compile(engine: str) -> None:
    for plant in plants.plants(engine):
        path = plants.source(engine, plant.lesson)
        compile(plant.apply(path.read_text(encoding="utf-8")), f"{plant.id}: {path.name}", "exec")


@each_engine
def test_plants_are_mistakes_of_the_catalogue(engine: str) -> None:
    found = plants.plants(engine)
    ids = [plant.id for plant in found]
    assert len(ids) == len(set(ids)) >= 60
    assert {plant.id: plant.lesson for plant in found}.items() <= LESSON_OF.items()
    assert plants.not_here(engine) <= LESSON_OF.keys() - set(ids)


def test_planted_is_the_engine_with_one_lesson_changed(tmp_path: Path) -> None:
    engine, plant = "operators", plants.plants("operators")[0]
    folder = plants.planted(engine, plant, tmp_path)
    texts = {path.name: path.read_text() for path in folder.glob("*.py")}
    before = {path.name: path.read_text() for path in (plants.ENGINES / engine).glob("*.py")}
    assert [name for name in before if texts[name] != before[name]] == [
        plants.source(engine, plant.lesson).name
    ]
