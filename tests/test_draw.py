"""Random programs: repeatable, within range, and using every leaf."""

import itertools
import json
import math

import pytest

from grader.expressions import Draft, Draw
from grader.expressions.draw import LARGEST, OPERATORS
from grader.worker.evaluate import evaluate
from tests import reference

SETS = ["+*", "+-*", ["+", "*", "tanh"], [*OPERATORS]]
SEEDS = range(60)


def drawn(seed, operators, shape="dag", **size):
    """A draft, its root and its leaves."""
    draft = Draft()
    root, leaves = getattr(Draw(f"test:{seed}"), shape)(draft, operators, **size)
    return draft, root, leaves


def steps_of(program):
    """The operators that a program uses, by the names they have in OPERATORS."""
    for step in program.steps:
        if step[0] == "op":
            yield f"**{step[3]}" if step[1] == "**" else step[1]
        elif step[0] == "neg":
            yield "neg"
        elif step[0] == "get" and step[2] in OPERATORS:
            yield step[2]


def uses(program):
    """How often each result is an operand."""
    counts = dict.fromkeys(range(len(program.steps)), 0)
    for step in program.steps:
        operands = {"op": step[2:], "neg": step[1:], "get": step[1:2]}.get(step[0], ())
        for operand in operands:
            if isinstance(operand, dict):
                counts[operand["ref"]] += 1
    return counts


def behind(program, root):
    """The results that the root is made of."""
    found, waiting = set(), [root._number]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            step = program.steps[number][1:]
            waiting += [each["ref"] for each in step if isinstance(each, dict)]
    return found


@pytest.mark.parametrize("shape", ["tree", "dag"])
@pytest.mark.parametrize("operators", SETS, ids=str)
def test_the_same_seed_draws_the_same_program(shape, operators):
    first, second, other = (drawn(seed, operators, shape)[0].program() for seed in ("1", "1", "2"))
    assert json.dumps(first.data()) == json.dumps(second.data())
    assert first.text == second.text
    assert first.data() != other.data()


@pytest.mark.parametrize("shape", ["tree", "dag"])
@pytest.mark.parametrize("operators", SETS, ids=str)
def test_every_operator_is_reachable_and_no_other(shape, operators):
    met = set()
    for seed in SEEDS:
        met.update(steps_of(drawn(seed, operators, shape)[0].program()))
    assert met <= set(operators) | {"+"}  # sums join what would be left over
    assert met >= set(operators)


@pytest.mark.parametrize("shape", ["tree", "dag"])
@pytest.mark.parametrize("operators", SETS, ids=str)
def test_values_are_finite_and_every_leaf_matters(shape, operators):
    for seed in SEEDS:
        draft, root, leaves = drawn(seed, operators, shape)
        root.backward()
        program = draft.show(root.data, *(leaf.grad for leaf in leaves)).program()
        data, *grads = evaluate(program.data(), reference.lookup)
        assert math.isfinite(data)
        assert all(math.isfinite(grad) for grad in grads)
        assert behind(program, root) >= {draft.number_of(leaf) for leaf in leaves}


@pytest.mark.parametrize("operators", SETS, ids=str)
def test_results_stay_in_range(operators):
    """Sums that only join what was left over may be larger, by as much as they join."""
    for seed in SEEDS:
        draft, root, leaves = drawn(seed, operators, "tree", leaves=5)
        [data] = evaluate(draft.show(root.data).program().data(), reference.lookup)
        assert abs(data) <= LARGEST * len(leaves)


ALLOWED = {
    "/": (0.4, LARGEST),
    "**": (0.2, LARGEST),
    "relu": (0.2, LARGEST),
    "exp": (0.0, 1.5),
    "tanh": (0.0, 2.5),
}


def test_operands_keep_away_from_kinks_and_singularities():
    for seed in SEEDS:
        draft, *_ = drawn(seed, [*OPERATORS], "dag", leaves=3, steps=9)
        delicate = []
        for step in draft.program().steps:
            if step[0] == "op" and step[1] in ALLOWED:
                delicate.append((step[1], step[3] if step[1] == "/" else step[2]))
            elif step[0] == "get" and step[2] in ALLOWED:
                delicate.append((step[2], step[1]))
        for _, operand in delicate:
            draft.show(draft.symbol(operand["ref"]).data)
        values = evaluate(draft.program().data(), reference.lookup)
        for (name, _), value in zip(delicate, values, strict=True):
            least, most = ALLOWED[name]
            assert least <= abs(value) <= most


@pytest.mark.parametrize("operators", SETS, ids=str)
@pytest.mark.parametrize("leaves", [1, 2, 3, 4, 5])
def test_a_tree_uses_every_result_once(operators, leaves):
    if leaves == 1:
        operators = [*operators, "neg", "**-1"]
    for seed in SEEDS:
        draft, root, symbols = drawn(seed, operators, "tree", leaves=leaves)
        assert len(symbols) == leaves
        program = draft.program()
        results = [n for n, step in enumerate(program.steps) if step[0] in ("op", "neg", "call")]
        counts = uses(program)
        for number in results:
            assert counts[number] == (0 if number == draft.number_of(root) else 1)


def test_dags_reuse_results():
    shared = sum(
        max(uses(drawn(seed, "+*", "dag", leaves=3, steps=5)[0].program()).values()) > 1
        for seed in SEEDS
    )
    assert shared > 0.9 * len(SEEDS)


def test_a_tree_of_one_leaf_with_binary_operators_alone_is_refused():
    with pytest.raises(ValueError, match="one leaf"):
        Draw("s").tree(Draft(), "+*", leaves=1)


# What the suites ask for: count, low, high, apart.
ASKED = [
    (1, -2.0, 2.0, 0.3),
    (3, -2.0, 2.0, 0.3),
    (5, -2.0, 2.0, 0.3),
    (4, -4.0, 4.0, 0.3),
    (3, -1.0, 1.0, 0.3),
    (2, -3.0, 3.0, 0.3),
    (5, -1.2, 1.2, 0.1),
    (4, -1.8, 1.8, 0.3),
    (4, -1.2, 1.2, 0.3),
    (5, -1.5, 1.5, 0.3),
    (2, 0.3, 3.0, 0.3),
    (2, 0.7, 2.0, 0.3),
    (2, 0.5, 1.8, 0.3),
    (2, 1.2, 2.0, 0.3),
    (8, -2.0, 2.0, 0.3),
]


@pytest.mark.parametrize(("count", "low", "high", "apart"), ASKED)
def test_numbers_are_apart_and_in_range(count, low, high, apart):
    for seed in range(200):
        numbers = Draw(f"{seed}").numbers(count, low, high, apart)
        assert len(numbers) == count
        assert all(low <= each <= high and abs(each) >= apart for each in numbers)
        assert all(each == round(each, 2) for each in numbers)
        sizes = sorted([1.0, *(abs(each) for each in numbers)])
        assert all(b - a >= 0.0999 for a, b in itertools.pairwise(sizes))


@pytest.mark.parametrize(
    ("count", "low", "high", "apart"),
    [(30, -2.0, 2.0, 0.3), (9, -1.0, 1.0, 0.3), (2, 0.95, 1.05, 0.3), (2, 0.5, 0.55, 0.0)],
)
def test_numbers_that_a_range_can_not_hold_are_refused(count, low, high, apart):
    with pytest.raises(ValueError, match=f"{count} numbers"):
        Draw("s").numbers(count, low, high, apart)


@pytest.mark.parametrize(("low", "high", "apart"), [(-0.2, 0.2, 0.3), (2.0, 1.0, 0.1)])
def test_a_number_that_a_range_can_not_hold_is_refused(low, high, apart):
    with pytest.raises(ValueError, match="no number"):
        Draw("s").number(low, high, apart)


def test_integers_reach_both_ends():
    draw = Draw("s")
    assert {draw.integer(2, 4) for _ in range(100)} == {2, 3, 4}
