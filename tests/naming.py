"""Plant known mistakes in an engine, have all of them graded at one desk, and see what is named."""

import multiprocessing
import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader.diagnosis.catalogue import catalogue
from grader.errors import GraderError
from grader.grade import check_each
from grader.model import Report
from tests.conftest import SOLUTIONS
from tests.plants import planted, plants

# Beside another half of the tests (pytest -n 2), one has to do.
DESKS = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2


@dataclass(frozen=True)
class Told:
    """What grading said of one planted mistake: the ids named, the concepts that lost points."""

    mistake: str
    named: str | None
    ties: tuple[str, ...]
    lost: frozenset[str]

    @property
    def right(self) -> bool:
        """Whether the mistake was named first."""
        return self.named == self.mistake


def named_in(starts: Mapping[str, int], folder: Path, cache: Path, step: int = 1) -> list[Told]:
    """Every `step`-th mistake of the catalogue, from the number on that stands behind an engine,
    planted in that engine ("solutions": the reference), with its own lesson graded."""
    own = {mistake.id: mistake for mistake in catalogue()}
    by_lesson: dict[str, dict[str, Path]] = {}  # all engines at one desk
    for engine, start in starts.items():
        for name, path in _planted(engine, list(own)[start::step], folder / engine).items():
            by_lesson.setdefault(own[name].lesson, {})[f"{engine} {name}"] = path
    found = []
    for lesson, group in by_lesson.items():
        for each, report in graded(group, [lesson], cache).items():
            _, name = each.split()
            found.append(told(name, own[name].concept, report))
    return found


def _planted(engine: str, chosen: Iterable[str], folder: Path) -> dict[str, Path]:
    """The submissions by their mistakes, as far as these can be made in the engine."""
    if engine == "solutions":
        return {name: plant_in_solutions(name, folder / name) for name in chosen}
    there = {plant.id: plant for plant in plants(engine)}
    return {name: planted(engine, there[name], folder / name) for name in chosen if name in there}


def plant_in_solutions(name: str, folder: Path) -> Path:
    """A submission that is the reference with one mistake of the catalogue."""
    (mistake,) = (each for each in catalogue() if each.id == name)
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (path,) = folder.glob(f"{mistake.lesson}_*.py")
    path.write_text(mistake.apply(path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def graded(paths: Mapping[str, Path], lessons: Iterable[str], cache: Path) -> dict[str, Report]:
    """The reports on these submissions, by name, from two desks at once, or from one in here."""
    names, asked = list(paths), list(lessons)
    if DESKS == 1:
        return _graded(dict(paths), asked, cache)
    shares = [names[number::DESKS] for number in range(DESKS)]
    with ProcessPoolExecutor(DESKS, multiprocessing.get_context("spawn")) as pool:
        coming = [
            pool.submit(_graded, {name: paths[name] for name in share}, asked, cache)
            for share in shares
            if share
        ]
        return {name: report for each in coming for name, report in each.result().items()}


def _graded(paths: dict[str, Path], lessons: list[str], cache: Path) -> dict[str, Report]:
    reports: dict[Path, Report] = {}

    def keep(path: Path, result: Report | GraderError) -> None:
        if isinstance(result, GraderError):
            raise result
        reports[path] = result

    check_each(paths.values(), keep, lessons=lessons, cache_folder=cache)
    return {name: reports[path] for name, path in paths.items()}


def told(mistake: str, concept: str, report: Report) -> Told:
    """What a report says of a mistake in this concept."""
    (own,) = (each for each in report.concepts if each.id == concept)
    found = own.diagnosis
    lost = frozenset(each.id for each in report.concepts if each.state not in ("passed", "absent"))
    if found is None:
        return Told(mistake, None, (), lost)
    return Told(mistake, found.mistake, found.ties, lost)
