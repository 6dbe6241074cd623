"""What the package consists of, beside the learner's own code."""

import ast
import io
import tokenize
from collections.abc import Mapping
from datetime import date

from grader.merging import Merged, Plan
from grader.source_tree import Function

NAME = "micrograd"
ENGINE = ("Value", "topological_order", "trace")
NETWORK = ("Neuron", "Layer", "MLP", "squared_error", "descend", "zero_grad", "train")
CHALLENGE = ("softmax", "negative_log_likelihood", "hinge_loss", "accuracy", "train_classifier")


def plans(*, challenge: bool) -> tuple[Plan, ...]:
    """The two modules and the names that each is there for; with those of the challenge."""
    network = (*NETWORK, *CHALLENGE) if challenge else NETWORK
    return (
        Plan("engine", "An autograd engine: numbers that remember how they were made.", ENGINE),
        Plan("nn", "Neural networks made of nothing but Values, and how to train them.", network),
    )


def files(merged: Merged, course: str, today: date) -> dict[str, str]:
    """All files of the package by their paths, but for the page."""
    needed = "".join(f'"{each}", ' for each in merged.imports).removesuffix(", ")
    values = {"course": course, "year": str(today.year), "day": _day(today), "needed": needed}
    made = {f"{NAME}/{name}.py": text for name, text in merged.files.items()}
    return {
        "pyproject.toml": _filled(PYPROJECT, values),
        "README.md": _filled(README, values),
        f"{NAME}/__init__.py": INIT,
        **made,
        f"tests/test_{NAME}.py": TEST,
    }


def lines_of_code(text: str) -> int:
    """The lines on which code stands: no comments, docstrings or empty lines."""
    docstrings = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function | ast.ClassDef | ast.Module)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    code = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in _NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(code - docstrings)


_NO_CODE = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
     tokenize.ENDMARKER}
)  # fmt: skip


def outline(merged: Merged) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """By module, its classes with their methods, and its functions with none."""
    return {
        f"{name}.py": tuple(
            (node.name, tuple(_methods(node)))
            for node in ast.parse(text).body
            if isinstance(node, Function | ast.ClassDef)
        )
        for name, text in merged.files.items()
    }


def _methods(node: ast.stmt) -> list[str]:
    found: dict[str, None] = {}
    for each in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(each, Function):
            found[each.name] = None
        elif isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            found[each.targets[0].id] = None
    return list(found)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"<<{name}>>", value)
    return text


PYPROJECT = """[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "micrograd"
version = "1.0"
description = "An autograd engine and a small neural network library, written by hand"
readme = "README.md"
requires-python = ">=3.11"
dependencies = [<<needed>>]

[project.optional-dependencies]
test = ["pytest", "torch"]

[tool.setuptools]
packages = ["micrograd"]

[tool.pytest.ini_options]
pythonpath = ["."]
"""

README = """# micrograd

An autograd engine and a small neural network library on top, in plain Python. I wrote every
operator of it myself, in the course *<<course>>*, and finished on <<day>>.

    pip install .

```python
from micrograd import MLP, Value

a, b = Value(2.0), Value(-3.0)
c = (a * b + 1).tanh()
c.backward()
print(c.data, a.grad, b.grad)

model = MLP(2, [8, 1])
print(len(model.parameters()), "parameters")
```

`micrograd/engine.py` has the engine, `micrograd/nn.py` the networks and their training.
`graduation.html` shows what a network trained with them has learned. The tests compare both with
PyTorch: `pip install ".[test]"`, then `pytest`.
"""

INIT = '''"""An autograd engine and a small neural network library, written by hand."""

from .engine import Value
from .nn import MLP, Layer, Neuron

__all__ = ["MLP", "Layer", "Neuron", "Value"]
'''

TEST = '''"""The same numbers from this micrograd and from PyTorch."""

import random

import pytest

from micrograd import MLP, Value

torch = pytest.importorskip("torch")


def test_every_operator_once():
    def expression(a, b):
        c = 2 * a - b / 3 + (a * b).tanh()
        d = (c + a**2).exp() / (1 + b * b)
        return (c * d).relu() + (1 - d) / a - -b

    numbers = (0.7, -1.2)
    ours = [Value(each) for each in numbers]
    theirs = [torch.tensor(each, dtype=torch.double, requires_grad=True) for each in numbers]
    out, expected = expression(*ours), expression(*theirs)
    out.backward()
    expected.backward()
    assert out.data == pytest.approx(expected.item())
    assert [each.grad for each in ours] == pytest.approx([each.grad.item() for each in theirs])


def test_a_network():
    random.seed(1)
    model = MLP(3, [4, 4, 1])
    inputs = [0.5, -1.0, 2.0]
    out = model(inputs)
    out.backward()

    signal = torch.tensor(inputs, dtype=torch.double)
    weights = []
    for layer in model.layers:
        rows = [[w.data for w in neuron.w] for neuron in layer.neurons]
        w = torch.tensor(rows, dtype=torch.double, requires_grad=True)
        b = torch.tensor([n.b.data for n in layer.neurons], dtype=torch.double, requires_grad=True)
        signal = torch.tanh(w @ signal + b)
        weights.append((layer, w, b))
    signal.sum().backward()

    assert out.data == pytest.approx(signal.item())
    for layer, w, b in weights:
        for place, neuron in enumerate(layer.neurons):
            assert [v.grad for v in neuron.w] == pytest.approx(w.grad[place].tolist())
            assert neuron.b.grad == pytest.approx(b.grad[place].item())
'''
