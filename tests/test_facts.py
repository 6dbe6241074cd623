"""Facts in the source: certain or silent, and where the definitions are."""

import pytest

from grader.course import load_course
from grader.diagnosis.facts import facts, where
from grader.submission import read_submission
from tests.conftest import EXERCISES, ROOT, SOLUTIONS

ENGINES = ROOT / "tests" / "engines"
COURSE = load_course()


def told(code, names=(), operator=None, file="mg4_activation.py"):
    """The kinds of the facts about one file."""
    return [fact.kind for fact in facts([(file, code)], names, operator)]


def facts_by_concept(path):
    """The kinds told of each concept that a submission holds."""
    submission = read_submission(path, COURSE)
    found = {}
    for concept in COURSE.concepts:
        lesson = submission.lessons.get(concept.lesson)
        modules = submission.own or ((lesson,) if lesson else ())
        cells = [cell for module in modules for cell in module.cells]
        kinds = {fact.kind for fact in facts(cells, concept.names, None)}
        if kinds:
            found[concept.id] = kinds
    return found


# Whole submissions

CORRECT = [
    SOLUTIONS,
    EXERCISES,
    EXERCISES / "notebooks",
    *sorted((ENGINES / "correct").iterdir()),
]


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.name)
def test_nothing_is_held_against_a_correct_engine(path):
    if path.name != "__pycache__":
        assert facts_by_concept(path) == {}


SEEN = {  # the engines whose mistake can be seen in the source, and the concept that it belongs to
    "exp_closure_registered_inside_itself": ("attached-inside-itself", "mg4.exp"),
    "no_import_math": ("missing-import-math", "mg3.tanh"),
    "pow_closure_called_when_attached": ("closure-called", "mg4.pow"),
    "prev_stored_and_underscore_prev_read": ("prev-and-underscore-prev", "mg3.backward"),
    "relu_closure_never_attached": ("never-attached", "mg4.relu"),
    "rmul_misspelt": ("misspelt-method", "mg4.numbers"),
    "tanh_closure_attached_to_self": ("attached-to-self", "mg3.tanh-backward"),
    "mul_multiplies_by_siblings_grad": ("reads-operands-gradient", "mg3.mul-backward"),
    "train_without_zero_grad": ("never-zeroes", "mg7.train"),
    "visited_local_to_each_call": ("visited-anew", "mg3.backward"),
    "weights_shared_between_neurons": ("one-object-repeated", "mg5.layer"),
    "zero_grad_after_backward": ("zeroes-after-backward", "mg7.train"),
}


@pytest.mark.parametrize("path", sorted((ENGINES / "faulty").glob("*.py")), ids=lambda p: p.stem)
def test_of_a_faulty_engine_only_what_is_true(path):
    found = facts_by_concept(path)
    if path.stem not in SEEN:
        assert found == {}
        return
    kind, concept = SEEN[path.stem]
    assert found[concept] == {kind}
    assert {each for kinds in found.values() for each in kinds} == {kind}


# Closures

RELU = """\
@add_to_class(Value)
def relu(self):
    out = Value(max(self.data, 0), (self,), "ReLU")

    def _backward():
        self.grad += (out.data > 0) * out.grad
{ending}
"""
NAMES = ("Value.relu",)


@pytest.mark.parametrize(
    ("ending", "kinds"),
    [
        ("\n    out._backward = _backward\n    return out", []),
        ("\n        out._backward = _backward\n    return out", ["attached-inside-itself"]),
        ("\n    return out", ["never-attached"]),
        ("\n    out._backward = _backward()\n    return out", ["closure-called"]),
        ("\n    _backward()\n    return out", ["closure-called"]),
        ("\n    self._backward = _backward\n    return out", ["attached-to-self"]),
        ("\n    return out\n    out._backward = _backward", ["returned-before-attached"]),
        # What might be meant
        ("\n    return out.with_step(_backward)", []),
        ("\n    steps = [_backward]\n    out._backward = steps[0]\n    return out", []),
        ("\n    if True:\n        out._backward = _backward\n    return out", []),
        ("\n    setattr(out, '_backward', locals()['_backward'])\n    return out", []),
        ("\n    self._backward = out._backward = _backward\n    return out", []),
        ("\n    self._backward = _backward\n    return self", []),
    ],
)
def test_closures(ending, kinds):
    assert told(RELU.format(ending=ending), NAMES) == kinds


def test_a_closure_whose_return_went_astray():
    ending = "\n        out._backward = _backward\n        return out"
    assert told(RELU.format(ending=ending), NAMES) == ["attached-inside-itself", "no-return"]


def test_a_function_that_makes_closures_may_be_called():
    code = """\
class Value:
    def exp(self):
        out = Value(0)
        def make():
            def step():
                self.grad += out.grad
            return step
        out._backward = make()
        return out
"""
    assert told(code) == []


def test_backward_in_place_of_underscore_backward():
    code = RELU.format(ending="\n    out.backward = _backward\n    return out")
    other = RELU.format(ending="\n    out._backward = _backward\n    return out")
    assert told(code, NAMES) == []  # an engine may keep its steps so
    assert told(other.replace("relu", "exp") + code, NAMES) == ["attached-under-another-name"]


# Statements


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("self.grad == out.grad", ["comparison-as-statement"]),
        ("self.grad + out.grad", ["result-dropped"]),
        ("self.grad =+ out.grad", ["equals-plus"]),
        ("self.grad =+ out.data * out.grad", ["equals-plus"]),
        ("self.grad = self.grad + out.grad", []),
        ("self.grad += +out.grad", []),
        ("out.f(self)", []),
    ],
)
def test_statements(line, kinds):
    code = RELU.format(ending="\n    out._backward = _backward\n    return out")
    with_line = code.replace("\n    out._back", f"\n        {line}\n\n    out._back")
    assert told(with_line, NAMES) == kinds


@pytest.mark.parametrize(
    ("code", "names", "kinds"),
    [
        ("def slope(x):\n    y = 2 * x", ["slope"], ["no-return"]),
        ("def slope(x):\n    print(2 * x)", ["slope"], ["no-return"]),
        ("def slope(x):\n    def f():\n        y = x\n        return y", ["slope"], []),
        ("def slope(x):\n    raise NotImplementedError('mg1.slope')", ["slope"], []),
        ("def slope(x):\n    pass", ["slope"], []),
        ("def slope(x):\n    yield f(x)", ["slope"], []),
        ("def zero_grad(ps):\n    for p in ps:\n        p.grad = 0", ["zero_grad"], []),
        ("class Value:\n    def tanh():\n        return 1", ["Value.tanh"], ["no-self"]),
        ("class Value:\n    @staticmethod\n    def one():\n        return 1", ["Value.one"], []),
        ("class Value:\n    def tanh(*args):\n        return 1", ["Value.tanh"], []),
        ("def f(n):\n    return [Neuron(2)] * n", ["f"], ["one-object-repeated"]),
        ("def f(n):\n    return [0.0] * n", ["f"], []),
    ],
)
def test_functions(code, names, kinds):
    assert told(code, names) == kinds


def test_it_says_where_a_return_went():
    code = "def trace(root):\n    nodes = 1\n    def build():\n        f()\n        return nodes\n"
    [fact] = facts([("mg2.py", code)], ["trace"], None)
    assert fact.line == 5 and "`return` in line 5 is indented into `build`" in fact.sentence


def test_it_says_that_printing_is_not_giving_back():
    [fact] = facts([("mg1.py", "def slope(x):\n    print(2 * x)")], ["slope"], None)
    assert "prints, and gives nothing back" in fact.sentence


def test_defined_twice_in_one_class():
    code = (
        "class Value:\n    def exp(self):\n        return 1\n    def exp(self):\n        return 2\n"
    )
    [fact] = facts([("m.py", code)], ["Value.exp"], None)
    assert fact.kind == "defined-twice" and fact.line == 4
    assert "line 2 and again in line 4" in fact.sentence


def test_defined_anew_in_a_notebook_is_how_lessons_grow():
    cell = "class Value:\n    def exp(self):\n        return 1\n"
    assert facts([("n.ipynb[cell 1]", cell), ("n.ipynb[cell 2]", cell)], ["Value.exp"], None) == []


def test_getters_and_setters_are_no_repetition():
    code = (
        "class Value:\n    @property\n    def grad(self):\n        return 1\n"
        "    @grad.setter\n    def grad(self, g):\n        f(g)\n"
    )
    assert told(code) == []


USES_MATH = "class Value:\n    def exp(self):\n        return math.exp(self.data)\n"


@pytest.mark.parametrize(
    ("head", "kinds"),
    [
        ("", ["missing-import-math"]),
        ("from math import exp\n", ["missing-import-math"]),
        ("import math\n", []),
        ("import numpy as math\n", []),
        ("import math.stuff\n", []),
        ("from mg3_backpropagation import *\n", []),
        ("math = __import__('math')\n", []),
    ],
)
def test_math(head, kinds):
    assert told(head + USES_MATH, ["Value.exp"]) == kinds


def test_math_is_imported_in_another_cell_but_not_in_another_file():
    cells = [("n.ipynb[cell 1]", "import math"), ("n.ipynb[cell 2]", USES_MATH)]
    assert facts(cells, ["Value.exp"], None) == []
    [fact] = facts([("a.py", "import math"), ("b.py", USES_MATH)], ["Value.exp"], None)
    assert fact.file == "b.py" and "b.py, line 3" in fact.sentence


def test_parameters_overwritten():
    code = """\
class Neuron:
    def parameters(self):
        self.parameters = [*self.w, self.b]
        return self.parameters
"""
    assert told(code, ["Neuron.parameters"]) == ["method-overwritten"]
    assert told(code.replace("self.parameters =", "listed ="), ["Neuron.parameters"]) == []


# Names


@pytest.mark.parametrize(
    ("typed", "kind", "right"),
    [
        ("__rmull__", "misspelt-method", "__rmul__"),
        ("__radd_", "misspelt-method", "__radd__"),
        ("_radd__", "misspelt-method", "__radd__"),
        ("__truedive__", "misspelt-method", "__truediv__"),
        ("__turediv__", "misspelt-method", "__truediv__"),
        ("__div__", "misspelt-method", "__truediv__"),
        ("__rdiv__", "misspelt-method", "__rtruediv__"),
        ("__mult__", "misspelt-method", "__mul__"),
        ("__intit__", "misspelt-method", "__init__"),
        ("_init_", "single-underscores", "__init__"),
        ("_add_", "single-underscores", "__add__"),
        ("_repr_", "single-underscores", "__repr__"),
    ],
)
def test_misspelt(typed, kind, right):
    code = f"class Value:\n    def {typed}(self, other):\n        return other\n"
    [fact] = facts([("m.py", code)], [f"Value.{right}"], None)
    assert (fact.kind, fact.names_hit) == (kind, (f"Value.{right}",))
    assert f"`{right}`" in fact.sentence and "line 2" in fact.sentence
    attached = f"@add_to_class(Value)\ndef {typed}(self, other):\n    return other\n"
    assert told(attached, [f"Value.{right}"]) == [kind]
    assert told(code, ["Value.nothing"]) == ([kind] if right == "__init__" else [])
    # It may be a helper of one's own.
    assert told(f"{code}    {right} = {typed}\n", [f"Value.{right}"]) == []
    assert told(f"{code}    def {right}(self, o):\n        return o\n", [f"Value.{right}"]) == []
    assert told(f"def {typed}(a, b):\n    return a\n", [f"Value.{right}"]) == []


@pytest.mark.parametrize(
    "proper",
    [
        "__iadd__",
        "__rand__",
        "__rpow__",
        "__neg__",
        "__len__",
        "_add",
        "_int_",
        "__exp__",
        "__rul__",
    ],
)
def test_properly_spelt(proper):
    assert told(f"class Value:\n    def {proper}(self):\n        return 1\n") == []


NESTED = """\
class Value:
    def backward(self):
        topo = []
        self.grad = 1.0

        def tanh(self):
            return Value(1)
"""


def test_nested_by_indentation():
    [fact] = facts([("m.py", NESTED)], ["Value.tanh"], None)
    assert (fact.kind, fact.line) == ("nested-in-another-method", 6)
    assert told(NESTED, ["Value.backward"]) == []
    proper = f"{NESTED}\n    def tanh(self):\n        return Value(2)\n"
    assert told(proper, ["Value.tanh"]) == []
    assert told(NESTED.replace("tanh(self)", "tanh(v)"), ["Value.tanh"]) == []


INIT = """\
class Value:
    def __init__(self, data, _children=()):
        self.data = data
        {first}
        {second}

def topological_order(root):
    return [*root._prev, root]
"""


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ("self.prev = set(_children)", "", ["prev-and-underscore-prev"]),
        ("self.children = _children", "", ["prev-and-underscore-prev"]),
        ("self._prev = set()", "self.prev = set(_children)", ["prev-and-underscore-prev"]),
        ("self._prev = set(_children)", "", []),
        ("self._prev = set(_children)", "self.prev = _children", []),
        ("self.prev = set(_children)", "self._prev = self.prev", []),
        ("self.prev = set(_children)", "setattr(self, '_prev', _children)", []),
        ("self.other = set(_children)", "", []),
    ],
)
def test_prev(first, second, kinds):
    code = INIT.format(first=first, second=second)
    assert told(code, ["topological_order"]) == kinds
    assert told(code, ["Value.__init__"]) == kinds
    assert told(code, ["nudge"]) == []


def test_a_second_class_value():
    head = "from mg2_chain_rule import Value, add_to_class\n"
    assert told(f"{head}class Value:\n    x = 1\n", ["Value.tanh"]) == ["class-defined-again"]
    assert told(f"{head}class Value(Value):\n    x = 1\n", ["Value.tanh"]) == []
    assert told("class Value:\n    x = 1\n", ["Value.tanh"]) == []


# What is told, and when


def test_only_what_concerns_the_concept():
    broken = RELU.format(ending="\n    return out")
    assert told(broken, ["Value.exp"]) == []
    assert told(broken, ["Value.exp"], operator="ReLU") == ["never-attached"]
    assert told(broken) == ["never-attached"]


def test_the_operator_comes_first():
    broken = RELU.format(ending="\n    return out")
    code = broken.replace("relu", "exp") + broken
    names = ("Value.exp", "Value.relu")
    assert [each.names_hit for each in facts([("m.py", code)], names, None)] == [
        ("Value.exp",),
        ("Value.relu",),
    ]
    assert facts([("m.py", code)], names, "relu")[0].names_hit == ("Value.relu",)


def test_only_the_last_definition_counts():
    good = RELU.format(ending="\n    out._backward = _backward\n    return out")
    bad = RELU.format(ending="\n    return out")
    cells = [("n.ipynb[cell 2]", bad), ("n.ipynb[cell 5]", good)]
    assert facts(cells, NAMES, None) == []
    [fact] = facts(cells[::-1], NAMES, None)
    assert fact.file == "n.ipynb[cell 2]" and "(cell 2, line 5)" in fact.sentence


@pytest.mark.parametrize(
    "code",
    ["def f(:\n", "\x00", "(" * 9000, "-" * 9**5 + "1", "1" + "+1" * 9**5, "x = " + "9" * 9999],
)
def test_what_is_no_python_has_no_facts(code):
    broken = RELU.format(ending="\n    return out")
    assert facts([("a.py", broken), ("b.py", code)], NAMES, None) == []
    assert where([("a.py", broken), ("b.py", code)], NAMES) == ("a.py", 2)


def test_a_doubtful_escape_warns_nobody(recwarn):
    assert told('def f(x):\n    return "\\d"\n', ["f"]) == []
    assert not recwarn.list


# Where a name is defined


@pytest.mark.parametrize(
    ("code", "name", "line"),
    [
        ("class Value:\n    def tanh(self):\n        return 1\n", "Value.tanh", 2),
        ("@add_to_class(Value)\ndef tanh(self):\n    return 1\n", "Value.tanh", 2),
        ("def tanh(self):\n    return 1\nx = 1\nValue.tanh = tanh\n", "Value.tanh", 1),
        ("x = 1\nValue.tanh = lambda self: self\n", "Value.tanh", 2),
        ("class Value:\n    __add__ = 1\n    __radd__ = __add__\n", "Value.__radd__", 3),
        ("class Value:\n    __radd__, __rmul__ = 1, 2\n", "Value.__rmul__", 2),
        (
            "class B:\n    def exp(self):\n        return 1\nclass Value(B):\n    x = 1\n",
            "Value.exp",
            2,
        ),
        ("if True:\n    def trace(root):\n        return 1\n", "trace", 2),
        ("class Neuron:\n    x = 1\n", "Neuron", 1),
        ("def f():\n    return 1\ndef f():\n    return 2\n", "f", 3),
        ("def tanh(x):\n    return 1\n", "Value.tanh", None),
        ("class Other:\n    def tanh(self):\n        return 1\n", "Value.tanh", None),
        ("def f():\n    def trace(root):\n        return 1\n", "trace", None),
        ('if __name__ == "__main__":\n    def trace(root):\n        return 1\n', "trace", None),
        ("class Value(Value):\n    x = 1\n", "Value.exp", None),
    ],
)
def test_where(code, name, line):
    found = where([("m.py", code)], [name])
    assert found == (None if line is None else ("m.py", line))


def test_where_takes_the_first_name_that_is_there():
    code = "def b():\n    return 1\ndef c():\n    return 1\n"
    assert where([("m.py", code)], ["a", "c", "b"]) == ("m.py", 3)


def test_where_in_a_notebook_takes_the_last_cell():
    cell = "def trace(root):\n    return 1\n"
    cells = [("n.ipynb[cell 2]", cell), ("n.ipynb[cell 4]", f"\n{cell}")]
    assert where(cells, ["trace"]) == ("n.ipynb[cell 4]", 2)


def test_where_the_closure_is():
    code = RELU.format(ending="\n    out._backward = _backward\n    return out")
    assert where([("m.py", code)], NAMES, closure=True) == ("m.py", 5)
    assert where([("m.py", "def trace(r):\n    return 1\n")], ["trace"], closure=True) == (
        "m.py",
        1,
    )


@pytest.mark.parametrize("concept", COURSE.concepts, ids=lambda concept: concept.id)
def test_where_in_the_solutions(concept):
    file = f"{COURSE.lesson(concept.lesson).file}.py"
    code = (SOLUTIONS / file).read_text(encoding="utf-8")
    for name in concept.names:
        found = where([(file, code)], [name])
        assert found is not None
        last = name.rpartition(".")[2]
        line = code.split("\n")[found[1] - 1].strip()
        assert line.startswith((f"def {last}(", f"class {last}:"))
