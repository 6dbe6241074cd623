"""Graphs in a terminal: whole pictures, and the rules that they keep to.

After a wanted change: UPDATE_GOLDENS=1 pytest tests/test_graph_text.py, then read the diff.
"""

import math
import os
from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import Case, Node
from grader.render.graph_text import formula, graph_lines, share_lines

GOLDENS = Path(__file__).parent / "goldens" / "graph"
RULES = {  # operator: the result, and its derivative for each operand
    "+": (lambda x, y: x + y, lambda x, y: (1.0, 1.0)),
    "*": (lambda x, y: x * y, lambda x, y: (y, x)),
    "tanh": (math.tanh, lambda x: (1 - math.tanh(x) ** 2,)),
    "**3": (lambda x: x**3, lambda x: (3 * x**2,)),
    "1 -": (lambda x: 1 - x, lambda x: (-1.0,)),
    "neg": (lambda x: -x, lambda x: (-1.0,)),
}


def graph(*steps, wrong=None, judge="PyTorch"):
    """A case from numbers (leaves) and (operator, operand, …) tuples, with its right gradients.

    wrong: the student's gradients where they differ, by index; the last of them is the first wrong.
    """
    data, local = [], []
    for step in steps:
        if isinstance(step, float):
            data.append(step)
            local.append(())
            continue
        given = [data[operand] for operand in step[1:]]
        result, slopes = RULES[step[0]]
        data.append(result(*given))
        local.append(slopes(*given))
    grads = [0.0] * (len(steps) - 1) + [1.0]
    for index in reversed(range(len(steps))):
        operands = steps[index][1:] if isinstance(steps[index], tuple) else ()
        for operand, slope in zip(operands, local[index], strict=True):
            grads[operand] += grads[index] * slope
    wrong = wrong or {}
    states = dict.fromkeys(wrong, "wrong") | ({max(wrong): "first"} if wrong else {})
    nodes = tuple(
        Node(
            name="abcdefghijklmn"[index],
            operator=step[0] if isinstance(step, tuple) else "",
            operands=step[1:] if isinstance(step, tuple) else (),
            data=data[index],
            right_data=data[index],
            grad=wrong.get(index, grads[index]),
            right_grad=grads[index],
            local=local[index],
            state=states.get(index, "right"),
        )
        for index, step in enumerate(steps)
    )
    return Case("", "a.grad", 1.0, 2.0, judge, nodes)


def one_step():
    return graph(-0.33, ("tanh", 0), wrong={0: 0.99}, judge="reference")


def diamond():
    """b is overwritten: what came through a + b, where both payments belong."""
    return graph(-2.0, 3.0, ("*", 0, 1), ("+", 0, 1), ("*", 2, 3), wrong={1: -6.0, 0: -6.0})


def twice():
    return graph(3.0, ("+", 0, 0), ("**3", 1), ("1 -", 2), ("neg", 3), wrong={0: 108.0})


def twelve():
    steps = [0.5, -1.25, 0.75, ("tanh", 1)]
    steps += [("+", n - 1, n - 3) if n % 2 else ("*", n - 1, n - 4) for n in range(4, 11)]
    return graph(*steps, ("tanh", 10), wrong={4: 0.125, 1: 0.5, 0: 7.0})


def forwards():
    """A wrong result, and not a wrong gradient."""
    case = graph(2.0, ("1 -", 0), ("**3", 1))
    nodes = [
        replace(case.nodes[0], grad=None),
        replace(case.nodes[1], data=1.0, grad=None, state="first"),
        replace(case.nodes[2], data=1.0, grad=None, state="wrong"),
    ]
    return replace(case, nodes=tuple(nodes))


def no_seed():
    return graph(2.0, 3.0, ("*", 0, 1), wrong={2: 0.0, 1: 0.0, 0: 0.0})


def strange():
    """What student code may put in the place of numbers."""
    case = graph(2.0, ("tanh", 0))
    told = ["x\x1b[31m" * 9, None, float("nan"), [1.0], True, 10**60]
    nodes = [replace(case.nodes[0], grad=each, state="wrong", operands=()) for each in told]
    return replace(case, nodes=(*nodes, replace(case.nodes[1], data="[bold]no[/]", state="first")))


CASES = [one_step, diamond, twice, twelve, forwards, no_seed, strange]


def picture(case, width=80):
    lines = [*graph_lines(case, width), *share_lines(case)]
    return "".join(f"{line.plain.rstrip()}\n" for line in lines)


@pytest.mark.parametrize("width", [80, 60, 40])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_golden(case, width):
    golden, text = GOLDENS / f"{case.__name__}_{width}.txt", picture(case(), width)
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_no_value_is_left_out(case):
    nodes = case().nodes
    rows = [row.lstrip("├└│─ ") for row in picture(case()).splitlines()[1:]]
    for index in range(len(nodes)):
        assert any(row.startswith(formula(nodes, index) + "  ") for row in rows)


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_lines_fit(case, width):
    rows = [line.plain for line in graph_lines(case(), width)]
    table = [row for row in rows if not row.startswith(("↓ used", "◀ first:", "✗ wrong"))]
    assert all(len(row) <= width for row in table)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_each_value_has_one_row_after_all_that_uses_it(case):
    nodes = case().nodes
    rows = picture(case()).splitlines()[1:]
    place = {
        index: number
        for index in range(len(nodes))
        for number, row in enumerate(rows)
        if row.lstrip("├└│─ ").startswith(formula(nodes, index) + "  ")
    }
    for index, node in enumerate(nodes):
        for operand in node.operands:
            assert place[operand] > place[index]


def test_the_first_wrong_one_is_marked_without_colour():
    [row] = [line for line in picture(diamond()).splitlines() if line.endswith("◀ first")]
    assert row.split() == ["└─", "b", "3.0", "-6.0", "-8.0", "◀", "first"]
    assert sum("✗" in line for line in picture(diamond()).splitlines()) == 2  # the row, the legend


def test_shares_are_upstream_times_local():
    lines = [line.plain for line in share_lines(diamond())]
    assert [line.split("  ", 1)[1].split()[-1] for line in lines[:2]] == ["-2.0", "-6.0"]
    assert lines[2] == "together b.grad = -8.0; yours is -6.0"


def test_both_uses_in_one_operator_are_two_shares():
    lines = [line.plain for line in share_lines(twice())]
    assert len(lines) == 3 and lines[0].startswith("from ") and lines[1].startswith("and ")
    assert lines[2] == "together a.grad = 216.0; yours is 108.0"


def test_nothing_to_share_at_the_root_or_where_the_data_is_wrong():
    assert list(share_lines(no_seed())) == []
    assert list(share_lines(forwards())) == []
    assert "every other gradient starts from it" in picture(no_seed())


def test_nothing_to_share_where_an_upstream_gradient_is_unknown():
    case = diamond()
    nodes = [replace(case.nodes[2], right_grad=None) if n == 2 else each
             for n, each in enumerate(case.nodes)]  # fmt: skip
    assert list(share_lines(replace(case, nodes=tuple(nodes)))) == []


def test_no_graph_is_no_picture():
    assert picture(Case("", "a", 1.0, 2.0, "PyTorch")) == ""


def test_hostile_numbers_command_no_terminal():
    text = picture(strange())
    assert "\x1b" not in text and "[bold]no[/]" in text


def test_a_deep_shared_graph_is_quick():
    """Every sum uses the one before twice: 2**13 paths, 14 rows."""
    case = graph(1.0, *(("+", n, n) for n in range(13)))
    assert len(picture(case, 200).splitlines()) == 15
    crossed = graph(1.0, 2.0, *(("+", n, n + 1) for n in range(12)))
    assert len([r for r in picture(crossed, 200).splitlines() if "↓" not in r]) == 15
