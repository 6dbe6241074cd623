"""Promise 3, one bug costs one concept: mistakes planted in the lessons themselves.

Each row changes one thing in the solutions and names the one concept that must lose points.
mg7.integration is exempt: it is about the student's own lessons together, without any help.
"""

import shutil
from pathlib import Path

import pytest

import grader
from grader.model import State

from .conftest import SOLUTIONS

MISTAKES = [
    ("mg1", "6 * x - 4", "6 * x + 4", "mg1.slope"),
    ("mg1", "(f(x + h) - f(x)) / h", "(f(x + h) - f(x - h)) / h", "mg1.difference-quotient"),
    ("mg1", "(f(x + h) - f(x - h)) / (2 * h)", "(f(x + h) - f(x - h)) / h",
     "mg1.central-difference"),
    ("mg1", "up, down = list(args), list(args)", "up, down = args, list(args)", "mg1.partial"),
    ("mg1", "for index in range(len(args))]", "for index in range(1, len(args))]",
     "mg1.gradient"),
    ("mg2", 'return f"Value(data={self.data})"', 'return f"Value({self.data})"', "mg2.value"),
    ("mg2", "self.grad = 0.0\n", "self.grad = None\n", "mg2.value"),
    ("mg2", "Value(self.data + other.data", "Value(self.data - other.data", "mg2.add"),
    ("mg2", "Value(self.data * other.data", "Value(self.data + other.data", "mg2.mul"),
    ("mg2", 'self.data * other.data, (self, other), "*")', "self.data * other.data)", "mg2.graph"),
    ("mg2", "self._prev = set(_children)", "self._prev = set()", "mg2.graph"),
    ("mg3", "self.grad = out.grad\n        other.grad = out.grad",
     "self.grad = 1.0\n        other.grad = 1.0", "mg3.add-backward"),
    ("mg3", "other.grad = out.grad", "self.grad = out.grad", "mg3.add-backward"),
    ("mg3", "self.grad = other.data * out.grad", "self.grad = self.data * out.grad",
     "mg3.mul-backward"),
    ("mg3", "self.grad = other.data * out.grad", "self.grad = other.grad * out.grad",
     "mg3.mul-backward"),
    ("mg3", "self.grad = other.data * out.grad", "self.grad = other.data", "mg3.mul-backward"),
    ("mg3", "(1 - out.data**2) * out.grad", "(1 - self.data**2) * out.grad", "mg3.tanh-backward"),
    ("mg3", "(1 - out.data**2) * out.grad", "(1 - out.data) ** 2 * out.grad", "mg3.tanh-backward"),
    ("mg3", "(1 - out.data**2) * out.grad", "1 - out.data**2", "mg3.tanh-backward"),
    ("mg3", "order.append(v)", "order.insert(0, v)", "mg3.topological-order"),
    ("mg3", "visited.add(v)", "pass", "mg3.topological-order"),
    ("mg3", "self.grad = 1.0\n", "self.grad = 0.0\n", "mg3.backward"),
    ("mg3", "reversed(topological_order(self))", "topological_order(self)", "mg3.backward"),
    ("mg4", "self.grad += out.grad\n        other.grad += out.grad",
     "self.grad = out.grad\n        other.grad = out.grad", "mg4.accumulate"),
    ("mg4", "self.grad += other.data * out.grad\n        other.grad += self.data * out.grad",
     "self.grad = other.data * out.grad\n        other.grad = self.data * out.grad",
     "mg4.accumulate"),
    ("mg4", "self.grad += (1 - out.data**2)", "self.grad = (1 - out.data**2)", "mg4.accumulate"),
    ("mg4", "def __rmul__(self, other)", "def __rmull__(self, other)", "mg4.numbers"),
    ("mg4", "        other = Value(other)\n        ### END SOLUTION\n    ### BEGIN SOLUTION "
     'mg4.accumulate\n    out = Value(self.data + other.data, (self, other), "+")',
     "        return self.data + other\n        ### END SOLUTION\n    ### BEGIN SOLUTION "
     'mg4.accumulate\n    out = Value(self.data + other.data, (self, other), "+")',
     "mg4.numbers"),
    ("mg4", "self.grad += out.data * out.grad", "self.grad = out.data * out.grad", "mg4.exp"),
    ("mg4", "self.grad += out.data * out.grad", "self.grad += self.data * out.grad", "mg4.exp"),
    ("mg4", "self.grad += other * self.data ** (other - 1) * out.grad",
     "self.grad = other * self.data ** (other - 1) * out.grad", "mg4.pow"),
    ("mg4", "self.grad += other * self.data ** (other - 1) * out.grad",
     "self.grad += other * self.data**other * out.grad", "mg4.pow"),
    ("mg4", 'Value(self.data**other, (self,), f"**{other}")', "Value(self.data**other)", "mg4.pow"),
    ("mg4", "return other * self**-1", "return self * other**-1", "mg4.div"),
    ("mg4", "return self * other**-1", "return self * (1 / other.data)", "mg4.div"),
    ("mg4", "return other + (-self)", "return self - other", "mg4.sub"),
    ("mg4", "return self * -1", "return Value(-self.data)", "mg4.sub"),
    ("mg4", "(out.data > 0) * out.grad", "(out.grad > 0) * out.grad", "mg4.relu"),
    ("mg4", "(out.data > 0) * out.grad", "out.grad", "mg4.relu"),
    ("mg4", "return (e - 1) / (e + 1)", "return Value(((e - 1) / (e + 1)).data)",
     "mg4.tanh-from-exp"),
    ("mg5", "dtype=torch.double, ", "", "mg5.torch-neuron"),
    ("mg5", "zip(self.w, x)), self.b)", "zip(self.w, x)))", "mg5.neuron"),
    ("mg5", "return n.tanh()", "return n", "mg5.neuron"),
    ("mg5", "random.uniform(-1, 1)) for", "random.random()) for", "mg5.neuron"),
    ("mg5", "[Neuron(nin) for _ in range(nout)]", "[Neuron(nin)] * nout", "mg5.layer"),
    ("mg5", "outs[0] if len(outs) == 1 else outs", "outs", "mg5.layer"),
    ("mg5", "            x = layer(x)\n        return x",
     "            y = layer(x)\n        return y", "mg5.mlp"),
    ("mg6", "sum((p - t) ** 2 for t, p in zip(targets, predictions))",
     "sum((p - t) ** 2 for t, p in zip(targets, predictions)) / len(targets)", "mg6.loss"),
    ("mg6", "[*self.w, self.b]", "[*self.w]", "mg6.parameters"),
    ("mg6", "for layer in self.layers for p", "for layer in self.layers[:-1] for p",
     "mg6.parameters"),
    ("mg6", "p.data -= learning_rate", "p.data += learning_rate", "mg6.step"),
    ("mg7", "p.grad = 0.0", "p.data = 0.0", "mg7.zero-grad"),
    ("mg7", "        zero_grad(model.parameters())\n", "", "mg7.train"),
    ("mg7", "        zero_grad(model.parameters())\n        loss.backward()",
     "        loss.backward()\n        zero_grad(model.parameters())", "mg7.train"),
    ("mg8", "3 * math.cos(3 * b)", "math.cos(3 * b)", "mg8.gradient"),
    ("mg8", "self.grad += out.grad / self.data", "self.grad = out.grad / self.data", "mg8.log"),
    ("mg8", "math.log(self.data)", "math.log10(self.data)", "mg8.log"),
    ("mg8", "(logit - largest).exp()", "logit.exp()", "mg8.softmax"),
    ("mg8", "return -softmax", "return softmax", "mg8.nll"),
    ("mg8", "sum(losses) / len(losses)", "sum(losses)", "mg8.hinge"),
    ("mg8", "(s.data > 0) == (y > 0)", "(s.data > 0) == (y < 0)", "mg8.accuracy"),
    ("mg8", "labels, model.parameters(), alpha)", "labels)", "mg8.moons"),
]  # fmt: skip


def _plant(tmp_path: Path, lesson: str, old: str, new: str) -> Path:
    folder = tmp_path / "submission"
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (path,) = folder.glob(f"{lesson}_*.py")
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("lesson", "old", "new", "concept"), MISTAKES, ids=lambda value: str(value)[:24]
)
def test_one_bug_costs_one_concept(
    tmp_path: Path, cache: Path, lesson: str, old: str, new: str, concept: str
) -> None:
    folder = _plant(tmp_path, lesson, old, new)
    report = grader.check(folder, lessons=_affected(lesson), cache_folder=cache)
    lost = {each.id for each in report.concepts if each.state is not State.PASSED}
    assert lost - {"mg7.integration"} == {concept}


def _affected(lesson: str) -> list[str]:
    """The lesson and all later ones. mg5's torch worker takes a second to start, so it is asked
    only where it is the one in question: its networks are built on by mg6 to mg8 as well."""
    lessons = [f"mg{number}" for number in range(int(lesson[2:]), 9)]
    return [each for each in lessons if each != "mg5" or lesson == "mg5"]
