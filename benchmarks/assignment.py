"""One assignment for every grader that is compared: a notebook with eight concepts of the course.

Each section is what a student writes, its concepts, and for each of them a test as the authors of
such assignments write it: plain asserts in a cell, PyTorch's numbers beside the student's. They
hold as many cases as mggrade has checks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


@dataclass(frozen=True)
class Test:
    """A concept's points, as in the course, and the peers' test of it."""

    concept: str
    points: int
    code: str


@dataclass(frozen=True)
class Section:
    """A cell for the student to fill in: its head, the answer, what is tested below it."""

    name: str
    head: str
    answer: str
    tests: tuple[Test, ...]

    def cell(self, answer: str | None = None) -> str:
        """The cell with the right answer, or with a student's own."""
        return f"{self.head}\n{self.answer if answer is None else answer}"


@dataclass(frozen=True)
class Student:
    """Who hands in: the answers that differ from the right ones, by section."""

    name: str
    answers: Mapping[str, str]

    def cells(self) -> list[str]:
        """The code cells of the notebook, the given one first."""
        return [GIVEN, *(each.cell(self.answers.get(each.name)) for each in SECTIONS)]


def plain_notebook(cells: Sequence[str]) -> str:
    """A notebook of code cells, as JSON."""
    return as_json([code_cell(each) for each in cells])


def code_cell(source: str, **metadata: Any) -> dict[str, Any]:
    """A cell that has not been run."""
    made = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {**made, "metadata": metadata, "source": source}


def as_json(cells: Sequence[dict[str, Any]]) -> str:
    """A notebook of these cells."""
    told = [{"id": f"cell-{number}", **each} for number, each in enumerate(cells)]
    return json.dumps({"cells": told, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})


GIVEN = '''import math


class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self.label = label
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op

    def __repr__(self):
        return f"Value(data={self.data})"'''

PLUS = """    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward
    return out


Value.__add__ = plus"""

TIMES = """    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = times"""

TANH = """    out = Value(math.tanh(self.data), (self,), "tanh")

    def _backward():
        self.grad += (1 - out.data**2) * out.grad

    out._backward = _backward
    return out


Value.tanh = tanh"""

ORDER = """    order, visited = [], set()

    def visit(node):
        if node not in visited:
            visited.add(node)
            for child in node._prev:
                visit(child)
            order.append(node)

    visit(root)
    return order"""

BACKWARD = """    self.grad = 1.0
    for node in reversed(topological_order(self)):
        node._backward()


Value.backward = backward"""

FORWARD = """import torch

for x, y in [(2.0, -3.0), (-0.75, 1.5)]:
    made = Value(x) {0} Value(y)
    expected = torch.tensor(x, dtype=torch.double) {0} torch.tensor(y, dtype=torch.double)
    assert isinstance(made, Value)
    assert abs(made.data - expected.item()) <= 1e-9"""

STEP = """import torch

for x, y, upstream in {1}:
    a, b = Value(x), Value(y)
    out = a {0} b
    out.grad = upstream
    out._backward()
    ta, tb = (torch.tensor(each, dtype=torch.double, requires_grad=True) for each in (x, y))
    (ta {0} tb).backward(torch.tensor(upstream, dtype=torch.double))
    assert abs(a.grad - ta.grad.item()) <= 1e-9
    assert abs(b.grad - tb.grad.item()) <= 1e-9"""

SQUASH = """import torch

for x in (-2.5, 0.1, 0.8814):
    made = Value(x).tanh()
    expected = torch.tanh(torch.tensor(x, dtype=torch.double))
    assert isinstance(made, Value)
    assert abs(made.data - expected.item()) <= 1e-9"""

SQUASH_STEP = """import torch

for x, upstream in [(-1.3, 0.5), (0.2, -2.0), (0.9, 3.0)]:
    a = Value(x)
    out = a.tanh()
    out.grad = upstream
    out._backward()
    ta = torch.tensor(x, dtype=torch.double, requires_grad=True)
    ta.tanh().backward(torch.tensor(upstream, dtype=torch.double))
    assert abs(a.grad - ta.grad.item()) <= 1e-9"""

SORTED = """for build in (
    lambda a, b, f: (a + b) * f,
    lambda a, b, f: (a * b).tanh() + f,
    lambda a, b, f: (a + f) * (b + f),
):
    root = build(Value(1.0), Value(2.0), Value(3.0))
    order = topological_order(root)
    behind, todo = {root}, [root]
    while todo:
        new = todo.pop()._prev - behind
        behind |= new
        todo += new
    assert set(order) == behind and len(order) == len(behind)
    place = {node: number for number, node in enumerate(order)}
    assert all(place[child] < place[node] for node in order for child in node._prev)"""

WHOLE_WAY = """import torch

for build, inputs in [
    (lambda a, b, c: a + b * c, (2.0, -3.0, 0.5)),
    (lambda a, b, c: (a * b + c).tanh(), (0.5, -0.25, 0.3)),
    (lambda a, b, c: (a + b) * c.tanh(), (1.5, 0.75, -0.4)),
    (lambda a, b, c: a.tanh() * b + c, (-0.6, 2.0, 1.0)),
    (lambda a, b, c: a * b * c, (1.2, -0.7, 2.0)),
    (lambda a, b, c: ((a + b).tanh() * c).tanh(), (0.1, 0.4, -1.1)),
    (lambda a, b, c: (a * b).tanh() + c.tanh(), (0.9, 0.3, -0.2)),
]:
    leaves = [Value(each) for each in inputs]
    build(*leaves).backward()
    tensors = [torch.tensor(each, dtype=torch.double, requires_grad=True) for each in inputs]
    build(*tensors).backward()
    for leaf, tensor in zip(leaves, tensors):
        assert abs(leaf.grad - tensor.grad.item()) <= 1e-9"""

THREE = "[(2.0, -3.0, 10.0), (-1.5, 0.5, -0.7), (0.25, 4.0, 1.5)]"
FOUR = "[(2.0, -3.0, 10.0), (-1.5, 0.5, -0.7), (0.25, 4.0, 1.5), (3.0, 1e-6, 1e6)]"

SECTIONS = (
    Section(
        "plus",
        "def plus(self, other):",
        PLUS,
        (
            Test("mg2.add", 2, FORWARD.format("+")),
            Test("mg3.add-backward", 3, STEP.format("+", THREE)),
        ),
    ),
    Section(
        "times",
        "def times(self, other):",
        TIMES,
        (
            Test("mg2.mul", 2, FORWARD.format("*")),
            Test("mg3.mul-backward", 4, STEP.format("*", FOUR)),
        ),
    ),
    Section(
        "tanh",
        "def tanh(self):",
        TANH,
        (Test("mg3.tanh", 2, SQUASH), Test("mg3.tanh-backward", 4, SQUASH_STEP)),
    ),
    Section(
        "order",
        "def topological_order(root):",
        ORDER,
        (Test("mg3.topological-order", 3, SORTED),),
    ),
    Section(
        "backward",
        "def backward(self):",
        BACKWARD,
        (Test("mg3.backward", 3, WHOLE_WAY),),
    ),
)
TESTS = tuple(test for section in SECTIONS for test in section.tests)
CONCEPTS = tuple(test.concept for test in TESTS)
POINTS = sum(test.points for test in TESTS)


def _with(name: str, section: str, old: str, new: str) -> Student:
    (right,) = (each.answer for each in SECTIONS if each.name == section)
    assert right.count(old) == 1, (section, old)
    return Student(name, {section: right.replace(old, new)})


OTHER_TANH = "1 - 2 / (math.exp(2 * self.data) + 1)"
CHILDREN_FIRST = """            for child in node._prev:
                visit(child)
            order.append(node)"""
NODE_FIRST = """            order.append(node)
            for child in node._prev:
                visit(child)"""

STUDENTS = (
    Student("right", {}),
    _with("right-otherwise", "tanh", "math.tanh(self.data)", OTHER_TANH),
    _with("tanh-of-the-input", "tanh", "out.data**2", "self.data**2"),
    _with("plus-without-upstream", "plus", "other.grad += out.grad", "other.grad += 1.0"),
    _with("times-own-data", "times", "other.data * out.grad", "self.data * out.grad"),
    _with("backward-without-seed", "backward", "self.grad = 1.0", "self.grad += 0.0"),
    _with("node-before-children", "order", CHILDREN_FIRST, NODE_FIRST),
    Student("not-yet", {"backward": "    raise NotImplementedError"}),
)
