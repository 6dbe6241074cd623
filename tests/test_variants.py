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
from .naming import graded, told

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


# The names that families of tests/variants have in the catalogue; in lesson 4, + * and tanh are
# written anew, and their mistakes have names of their own.
NAMES = {
    "tanh: square of the input": {"tanh-derivative-of-input"},
    "tanh: square of the whole bracket": {"tanh-squares-the-bracket"},
    "tanh: upstream gradient forgotten": {"tanh-forgets-upstream"},
    "add: upstream gradient forgotten": {"add-forgets-upstream"},
    "add: closure attached inside itself": {"add-closure-attached-inside-itself"},
    "mul: upstream gradient forgotten": {"mul-forgets-upstream"},
    "mul: both terms to self": {"mul-both-terms-to-self", "mul-sums-both-terms-in-self"},
    "mul: operands swapped": {"mul-keeps-own-data"},
    "mul: gradient of the sibling": {"mul-multiplies-by-siblings-grad"},
    "mul: closure called": {"mul-closure-called"},
    "order: appended outside the visited test": {"order-appends-outside-the-test"},
    "order: visited set fresh in each call": {"order-visited-anew-in-every-call"},
    "order: node before its children": {"order-node-before-its-children"},
    "backward: order not reversed": {"backward-order-not-reversed"},
    "backward: seed not set": {"backward-without-seed"},
    "add: gradient overwritten": {"add-overwrites"},
    "mul: gradient overwritten": {"mul-overwrites"},
    "tanh: gradient overwritten": {"tanh-overwrites"},
    "exp: gradient overwritten": {"exp-overwrites"},
    "pow: gradient overwritten": {"pow-overwrites"},
    "relu: gradient overwritten": {"relu-overwrites"},
    "exp: the input as local derivative": {"exp-derivative-of-input"},
    "pow: exponent not lowered": {"pow-exponent-not-lowered"},
    "pow: exponent not multiplied": {"pow-exponent-not-multiplied"},
    "number not wrapped": {"add-number-not-wrapped", "mul-number-not-wrapped"},
    "sub: reflected the wrong way round": {"rsub-the-wrong-way-round"},
    "div: reflected the wrong way round": {"rdiv-the-wrong-way-round"},
    "sub: neg leaves the graph": {"neg-leaves-the-graph"},
    "sub: leaves the graph": {"sub-leaves-the-graph"},
    "relu: gated by the gradient": {"relu-gated-on-upstream-gradient"},
    "relu: not gated": {"relu-not-gated"},
    "neuron: bias not added": {"neuron-bias-not-added"},
    "layer: one neuron shared": {"layer-neurons-shared"},
    "loss: mean for sum": {"loss-mean-for-sum"},
    "parameters: without the bias": {"parameters-forget-the-bias"},
    "parameters: without the last layer": {"parameters-forget-the-last-layer"},
    "step: uphill": {"step-uphill"},
    "train: gradients never zeroed": {"train-without-zero-grad", "train-zero-grad-once"},
    "train: zeroed between backward and the step": {"train-zero-grad-after-backward"},
    "log: upstream gradient forgotten": {"log-forgets-upstream"},
    "softmax: divided by a plain number": {"softmax-total-as-number"},
    "nll: minus forgotten": {"nll-without-minus"},
}

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
    codes = {str(each): (each.lesson, each.mended if mended else each.code) for each in VARIANTS}
    reports: dict[tuple[str, str], Report] = {}
    for lesson in dict.fromkeys(each.lesson for each in VARIANTS):
        mine = {key: name for name, key in codes.items() if key[0] == lesson}
        group = {}
        for number, (key, name) in enumerate(mine.items()):  # mended, some are the same
            place = folder / f"{lesson}-{number}"
            place.mkdir()
            group[name] = hand_in(place, *key)
        found = graded(group, [lesson], cache)
        reports |= {key: found[name] for key, name in mine.items()}
    return {name: reports[key] for name, key in codes.items()}


@pytest.fixture(scope="module")
def variant_reports(tmp_path_factory, cache):
    return graded_variants(tmp_path_factory.mktemp("variants"), cache)


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


def test_named_as_people_type_them(variant_reports):
    found = [
        (each, told(each.mistake, each.concept, variant_reports[str(each)])) for each in VARIANTS
    ]
    wrong = [(str(each), one.named) for each, one in found if one.named not in NAMES[each.mistake]]
    assert len(found) >= 120
    assert len(wrong) <= 0.1 * len(found), wrong
