"""Mistakes are named from the numbers: in other engines, as people type them, two at a time.

The whole of the catalogue in all engines: `python benchmarks/naming.py`; here is a part of it.
"""

from itertools import pairwise
from pathlib import Path

import grader
from grader.course import load_course
from grader.diagnosis.catalogue import Mistake, catalogue
from grader.model import Report
from tests.conftest import EXERCISES, SOLUTIONS
from tests.naming import graded, named_in, plant_in_solutions, told
from tests.plants import engines
from tests.test_variants import load_variants

STEP = 12  # every twelfth mistake
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


def test_named_in_engines_that_differ_inside(tmp_path: Path, cache: Path) -> None:
    found = [
        each
        for start, engine in enumerate(engines())
        for each in named_in(engine, tmp_path, cache, STEP, start)
    ]
    wrong = [each for each in found if not each.right]
    assert len(found) >= 85
    assert len(wrong) <= 0.05 * len(found), wrong


def test_named_as_people_type_them(variant_reports: dict[str, Report]) -> None:
    variants = load_variants()
    found = [
        (each, told(each.mistake, each.concept, variant_reports[str(each)])) for each in variants
    ]
    wrong = [(str(each), one.named) for each, one in found if one.named not in NAMES[each.mistake]]
    assert len(found) >= 120
    assert len(wrong) <= 0.1 * len(found), wrong


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
