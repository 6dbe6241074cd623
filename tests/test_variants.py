"""Mistakes as different learners type them: each costs its own concept, and no other.

`tests/variants/` holds families of one mistake each, with some spellings of it. A variant's `code`
takes the place of the functions or the class of the same name in the reference's lesson.
With `right` in the place of `wrong`, the same code must earn full marks: nothing else is wrong.
"""

import ast
import shutil
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course import load_course
from grader.model import Outcome, Report

from .conftest import SOLUTIONS
from .naming import graded

FOLDER = Path(__file__).parent / "variants"
FILES = {lesson.id: f"{lesson.file}.py" for lesson in load_course().lessons}


@dataclass(frozen=True)
class Variant:
    """One spelling of a mistake; `mistake` is the name of its family."""

    mistake: str
    lesson: str
    concept: str
    number: int
    code: str
    wrong: str
    right: str

    @property
    def mended(self) -> str:
        """The same code without the mistake."""
        return self.code.replace(self.wrong, self.right)

    def __str__(self) -> str:
        return f"{self.mistake}, {self.number}"


def load_variants() -> list[Variant]:
    """All variants of all families, in the order of their files."""
    return [
        Variant(family["mistake"], data["lesson"], family["concept"], number, **spelling)
        for path in sorted(FOLDER.glob("*.toml"))
        for data in [tomllib.loads(path.read_text(encoding="utf-8"))]
        for family in data["family"]
        for number, spelling in enumerate(family["variant"], 1)
    ]


def hand_in(folder: Path, lesson: str, code: str) -> Path:
    """The reference with this code in the place of what it defines, as a submission."""
    for file in FILES.values():
        shutil.copy(SOLUTIONS / file, folder)
    path = folder / FILES[lesson]
    path.write_text(_replaced(path.read_text(encoding="utf-8"), code), encoding="utf-8")
    return folder


def _replaced(text: str, code: str) -> str:
    names = {_name(node) for node in _definitions(code)}
    lines = text.split("\n")
    found = [node for node in _definitions(text) if _name(node) in names]
    assert found, code
    for node in reversed(found):
        first = min(each.lineno for each in (node, *node.decorator_list))
        lines[first - 1 : node.end_lineno] = code.split("\n") if node is found[0] else []
    return "\n".join(lines)


def _definitions(code: str) -> list[ast.FunctionDef | ast.ClassDef]:
    return [
        each for each in ast.parse(code).body if isinstance(each, ast.FunctionDef | ast.ClassDef)
    ]


def _name(node: ast.FunctionDef | ast.ClassDef) -> tuple[str, ...]:
    """With the decorators: three classes have a method `parameters`."""
    return (node.name, *map(ast.unparse, node.decorator_list))


def losses(report: Report) -> set[str]:
    return {each.id for each in report.concepts if each.earned < each.possible}


VARIANTS = load_variants()
ALL = pytest.mark.parametrize("variant", VARIANTS, ids=str)


def test_families_are_whole():
    """Several spellings of each, no two alike, under one name in one place."""
    spellings = Counter(each.mistake for each in VARIANTS)
    assert len(spellings) >= 22
    assert min(spellings.values()) >= 3, spellings
    assert len({each.code for each in VARIANTS}) == len(VARIANTS)
    places = {(each.mistake, each.lesson, each.concept) for each in VARIANTS}
    assert len(places) == len(spellings)


def graded_variants(folder: Path, cache: Path, mended: bool = False) -> dict[str, Report]:
    """The report on every variant, by its name, or on all of them without the mistake."""
    reports: dict[str, Report] = {}
    for lesson in dict.fromkeys(each.lesson for each in VARIANTS):
        group = {}
        for number, each in enumerate(each for each in VARIANTS if each.lesson == lesson):
            place = folder / f"{lesson}-{number}"
            place.mkdir()
            group[str(each)] = hand_in(place, lesson, each.mended if mended else each.code)
        reports |= graded(group, [lesson], cache)
    return reports


@pytest.fixture(scope="module")
def mended(tmp_path_factory, cache):
    return graded_variants(tmp_path_factory.mktemp("mended"), cache, mended=True)


@ALL
def test_costs_its_own_concept_only(variant, variant_reports):
    report = variant_reports[str(variant)]
    assert losses(report) == {variant.concept}
    [concept] = [each for each in report.concepts if each.id == variant.concept]
    found = {check.outcome for check in concept.checks}
    assert found <= {Outcome.PASSED, Outcome.FAILED, Outcome.ERROR}


@ALL
def test_is_right_without_the_mistake(variant, mended):
    assert variant.wrong in variant.code
    assert losses(mended[str(variant)]) == set()
