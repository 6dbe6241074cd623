"""Mistakes are named from the numbers: in other engines, and two at a time.

The whole of the catalogue in all engines: `python benchmarks/naming.py`; here is a part of it.
"""

from itertools import pairwise
from pathlib import Path

import grader
from grader.course import load_course
from grader.diagnosis.catalogue import Mistake, catalogue
from tests.conftest import EXERCISES, SOLUTIONS
from tests.naming import graded, named_in, plant_in_solutions, told
from tests.plants import engines

STEP = 16  # every sixteenth mistake


def test_named_in_engines_that_differ_inside(tmp_path: Path, cache: Path) -> None:
    starts = {engine: start for start, engine in enumerate(engines())}
    found = named_in(starts, tmp_path, cache, STEP)
    wrong = [each for each in found if not each.right]
    assert len(found) >= 60
    assert len(wrong) <= 0.05 * len(found), wrong


def test_two_mistakes_in_different_concepts_are_both_named(tmp_path: Path, cache: Path) -> None:
    """The i-th mistake of one concept with the i-th of the next, within each lesson."""
    pairs = _pairs()
    paths = {}
    for one, other in pairs:
        path = plant_in_solutions(one.id, tmp_path / f"{one.id}+{other.id}")
        (file,) = path.glob(f"{other.lesson}_*.py")
        file.write_text(other.apply(file.read_text(encoding="utf-8")), encoding="utf-8")
        paths[one.id, other.id] = path
    both = 0
    for lesson in dict.fromkeys(one.lesson for one, _ in pairs):
        group = {f"{a.id} {b.id}": paths[a.id, b.id] for a, b in pairs if a.lesson == lesson}
        reports = graded(group, [lesson], cache)
        for a, b in (pair for pair in pairs if pair[0].lesson == lesson):
            report = reports[f"{a.id} {b.id}"]
            both += all(told(each.id, each.concept, report).right for each in (a, b))
    assert len(pairs) >= 40
    assert both >= 0.8 * len(pairs)


def test_nothing_is_named_where_nothing_is_wrong(cache: Path) -> None:
    for path in (SOLUTIONS, EXERCISES):
        report = grader.check(path, lessons=["mg2", "mg3", "mg4", "mg6"], cache_folder=cache)
        assert [each.id for each in report.concepts if each.diagnosis] == []


def _pairs() -> list[tuple[Mistake, Mistake]]:
    """Mistakes of neighbouring concepts that can stand in one file."""
    own: dict[str, list[Mistake]] = {}
    for mistake in catalogue():
        own.setdefault(mistake.concept, []).append(mistake)
    pairs = []
    for lesson in load_course().lessons:
        concepts = [each.id for each in lesson.concepts if each.id in own]
        for one, other in pairwise(concepts):
            pairs += [
                pair for pair in zip(own[one][:3], own[other][1:4], strict=False) if _fit(*pair)
            ]
    return [pair for pair in pairs if "mg5" not in pair[0].lesson]


def _fit(one: Mistake, other: Mistake) -> bool:
    (path,) = SOLUTIONS.glob(f"{one.lesson}_*.py")
    try:
        other.apply(one.apply(path.read_text(encoding="utf-8")))
    except grader.errors.CourseError:
        return False
    return True
