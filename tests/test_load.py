"""Loading a submission's modules in a real worker, and what they may import."""

import dataclasses

import pytest

from grader.course import load_course
from grader.expressions import Draft
from grader.model import Outcome
from grader.sandbox import Engine, Graft, Sandbox, Source
from grader.sandbox.sources import standard_imports


@pytest.fixture(scope="module")
def sandbox():
    limits = dataclasses.replace(load_course().limits, program_seconds=5.0)
    with Sandbox(limits) as opened:
        yield opened


@pytest.fixture
def load(sandbox):
    """Loads `(name, code)` pairs; a list of codes is a notebook's cells."""
    engines = []

    def source(name, code):
        if isinstance(code, list):
            cells = [(f"{name}.ipynb[cell {n}]", each) for n, each in enumerate(code, 1)]
            return Source(name, tuple(cells), keep_going=True)
        return Source(name, ((f"{name.replace('.', '/')}.py", code),))

    def start(*modules, graft=None, kind="plain"):
        sources = [source(name, code) for name, code in modules]
        engines.append(Engine(sandbox, kind, sources, graft))
        return engines[-1]

    yield start
    for each in engines:
        each.close()


def call(engine, name, *arguments):
    """What calling a name gives: the value, or the fault's message."""
    draft = Draft()
    [reply] = engine.evaluate([draft.show(draft.call(name, *arguments)).program()])
    return reply.fault.message if reply.fault else reply.values[0]


def faults(engine):
    return {each.name: each.fault.message if each.fault else None for each in engine.load()}


def test_modules_import_each_other_in_whatever_order_they_stand(load):
    engine = load(
        ("nn", "from engine import Value\ndef forward(x): return Value(x).data * 2\n"),
        ("engine", "class Value:\n    def __init__(self, data): self.data = data\n"),
    )
    assert faults(engine) == {"nn": None, "engine": None}
    assert call(engine, "forward", 2.0) == 4.0


def test_modules_may_import_each_other_in_a_circle(load):
    engine = load(
        ("a", "import b\ndef f(): return b.g()\n"),
        ("b", "import a\ndef g(): return 3\ndef h(): return a.f()\n"),
    )
    assert faults(engine) == {"a": None, "b": None}
    assert call(engine, "h") == 3


@pytest.mark.parametrize("init", [None, "from .engine import Value\nNAME = 'here'\n"])
def test_packages(load, init):
    modules = [
        ("micrograd.engine", "class Value:\n    def __init__(self, data): self.data = data\n"),
        ("micrograd.nn", "from .engine import Value\ndef neuron(x): return Value(x).data\n"),
        ("use", "from micrograd.nn import neuron\nimport micrograd.engine\n"),
    ]
    if init:
        modules.insert(0, ("micrograd", init))
    engine = load(*modules)
    assert set(faults(engine).values()) == {None}
    assert call(engine, "neuron", 2.0) == 2.0


def test_the_last_module_s_names_come_first(load):
    engine = load(
        ("mg2", "def f(): return 2\ndef only(): return 'mg2'\n"),
        ("mg3", "from mg2 import *\ndef f(): return 3\n"),
        ("mg4", "import mg3\n"),
    )
    assert call(engine, "f") == 3
    assert call(engine, "only") == "mg2"
    assert call(engine, "nowhere") == "NameError: nowhere is not defined"


def test_code_under_main_does_not_run(load):
    engine = load(("mg2", "def f(): return __name__\nif __name__ == '__main__':\n    1 / 0\n"))
    assert faults(engine) == {"mg2": None}
    assert call(engine, "f") == "mg2"


def test_a_module_that_raises_is_not_there(load):
    engine = load(("bad", "x = 1\ny = x / 0\n"), ("good", "def f(): return 5\n"))
    bad, good = engine.load()
    assert (bad.ok, good.ok) == (False, True)
    assert bad.fault.message == "ZeroDivisionError: division by zero"
    assert str(bad.fault.place) == "bad.py, line 2"
    assert bad.fault.place.text == "y = x / 0"
    assert call(engine, "f") == 5


def test_what_imports_a_broken_module_fails_with_its_error(load):
    bad, user = load(("bad", "1 / 0\n"), ("user", "import bad\n")).load()
    assert (bad.ok, user.ok) == (False, False)
    assert "ZeroDivisionError" in bad.fault.message
    assert user.fault is not None


@pytest.mark.parametrize(
    ("code", "message", "line"),
    [
        ("x = (\n", "SyntaxError: '(' was never closed", 1),
        ("def f():\nreturn 1\n", "IndentationError: expected an indented block", 2),
        ("import sys\nsys.exit('enough')\n", "SystemExit: enough", 2),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt", 1),
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'", 1),
        ("from math import sine\n", "ImportError: cannot import name 'sine' from 'math'", 1),
        ("def f(): return f()\nf()\n", "RecursionError", 1),
    ],
)
def test_errors_while_loading_name_the_student_s_line(load, code, message, line):
    [loaded] = load(("mg3", code)).load()
    assert not loaded.ok
    assert loaded.fault.outcome is Outcome.ERROR
    assert loaded.fault.message.startswith(message)
    assert (loaded.fault.place.file, loaded.fault.place.line) == ("mg3.py", line)


def test_an_exception_that_can_not_be_told_is_one_all_the_same(load):
    code = "class Mute(Exception):\n    def __str__(self): raise SystemExit\nraise Mute\n"
    [loaded] = load(("mg3", code)).load()
    assert loaded.fault.message == "Mute: (its message can't be shown)"


def test_only_the_student_s_frames_are_told(load):
    engine = load(("mg3", "import json\ndef f(): return json.loads('{')\n"))
    draft = Draft()
    [reply] = engine.evaluate([draft.show(draft.call("f")).program()])
    assert [str(frame) for frame in reply.fault.frames] == ["mg3.py, line 2, in f"]


def test_a_notebook_goes_on_after_a_cell_that_raises(load):
    engine = load(
        ("mg3", ["x = 2", "1 / 0", "def f(): return x", "def f(:", "def g(): return f()"])
    )
    [loaded] = engine.load()
    assert loaded.ok
    assert loaded.fault.message == "ZeroDivisionError: division by zero"
    assert str(loaded.fault.place) == "mg3.ipynb, cell 2, line 1"
    assert call(engine, "g") == 2


def test_a_notebook_without_cells_defines_nothing(load):
    engine = load(("mg3", []))
    assert faults(engine) == {"mg3": None}
    assert call(engine, "f") == "NameError: f is not defined"


def test_lines_of_a_notebook_are_counted_in_their_cell(load):
    engine = load(("mg3", ["x = 1\n\n", "def f():\n    return y\n"]))
    draft = Draft()
    [reply] = engine.evaluate([draft.show(draft.call("f")).program()])
    assert str(reply.fault.place) == "mg3.ipynb, cell 2, line 2, in f"


PLOTS = """
import matplotlib.pyplot as plt
import matplotlib as mpl, seaborn as sns
from graphviz import Digraph
from IPython.display import display, clear_output
from tqdm import tqdm, trange
from tqdm.auto import tqdm as again
%s
fig, ax = plt.subplots(2, figsize=(3, 4))
ax.plot([1, 2]).set_title("a")
ax[0][1].plot([1, 2])[0].set_color("red")
mpl.rcParams["figure.dpi"] = 100
plt.style.use("ggplot")
with plt.ion() as nothing: pass
dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
dot.node(name="x", label="{ %%s }" %% 3, shape="record")
display(dot)
def f(): return 7
"""


def test_drawing_and_plotting_do_nothing_harmful(load):
    engine = load(("mg2", PLOTS % ""))
    assert faults(engine) == {"mg2": None}
    assert call(engine, "f") == 7


def test_a_progress_bar_still_runs_its_loop(load):
    """`for step in tqdm(range(5))` and `trange(5)` are loops of the student's own training."""
    code = """
from tqdm import tqdm, trange
def f(): return sum(tqdm(range(5)))
def g(): return sum(trange(5))
def h():
    total = 0
    for n in (bar := tqdm([1, 2], desc="x")):
        bar.set_description("y")
        tqdm.write("z")
        total += n
    return total
"""
    engine = load(("mg7", code))
    assert [call(engine, name) for name in "fgh"] == [10, 10, 3]


@pytest.mark.parametrize(
    ("code", "package"),
    [
        ("import torch\ndef f(): return torch.tensor(2.0)\n", "torch"),
        ("import torch.nn as nn\ndef f(): return nn.Linear(2, 3)\n", "torch"),
        ("from torch import tensor\ndef f(): return tensor(2.0)\n", "torch"),
        ("import torch.nn.functional as F\ndef f(): return F.relu(1.0)\n", "torch"),
        ("def f():\n    import tensorflow\n    return tensorflow.constant(1)\n", "tensorflow"),
        ("import jax\ndef f(): return jax.grad(abs)\n", "jax"),
        ("import micrograd.engine\ndef f(): return micrograd.engine.Value(1)\n", "micrograd"),
        ("from sympy import *\nimport sympy\ndef f(): return sympy.diff('x')\n", "sympy"),
        ("import numpy as np\ndef f(): return np.tanh(1.0)\n", "numpy"),
        ("import grader.engines as e\ndef f(): return e.torch_engine.Value(1)\n", "grader"),
        ("import pytest\ndef f(): return pytest.approx(1)\n", "pytest"),
    ],
)  # fmt: skip
def test_packages_that_would_do_the_work_import_but_refuse_to_be_used(load, code, package):
    engine = load(("mg4", code))
    assert faults(engine) == {"mg4": None}  # an unused import must not sink a lesson
    message = call(engine, "f")
    assert message.startswith(f"ImportError: {package} ")
    assert "\n" not in message


def test_a_refused_class_can_not_be_inherited_from(load):
    [loaded] = load(("mg5", "import torch\nclass Net(torch.nn.Module): pass\n")).load()
    assert "torch is not available in this lesson" in loaded.fault.message


def test_the_standard_library_is_there(load):
    code = "import statistics, decimal\nfrom collections import OrderedDict\nimport heapq\n"
    code += "def f():\n    import bisect\n"
    code += "    return statistics.mean([1, 2, 3]) + bisect.bisect([1], 2)\n"
    engine = load(("mg2", code))
    assert faults(engine) == {"mg2": None}
    assert call(engine, "f") == 3


def test_installed_packages_are_not(load):
    [loaded] = load(("mg2", "import click\n")).load()
    assert loaded.fault.message == "ModuleNotFoundError: No module named 'click'"


def test_numpy_is_there_in_a_worker_that_has_it(load):
    code = "import numpy as np\n"
    code += "def f(): return [np.tanh(0.0), np.float64(1.5), np.random.rand() < 1]\n"
    assert call(load(("mg4", code), kind="numpy"), "f") == [0.0, 1.5, True]


def test_standard_imports_are_found_by_the_look_of_the_lines():
    code = """
import math, os.path as p
    from collections.abc import Sequence
from   xml.dom import minidom
import numpy, antigravity, tkinter
from . import json
# import sqlite3
text = "import zlib"
import  heapq;
"""
    assert standard_imports([code]) == ["math", "os.path", "collections.abc", "xml.dom", "heapq"]
    assert len(standard_imports([f"import xml.m{n}" for n in range(999)])) == 200


# The graft: all but one concept's definitions are the reference's.

STUDENT = """
class Value:
    def __init__(self, data): self.data = data
    def double(self): return "the student's double of " + str(self.data)
    def triple(self): return 1 / 0
def use(x): return Value(x).double()
def helper(x): return "the student's helper"
def calls_helper(x): return helper(x)
"""
REFERENCE = """
class Value:
    def __init__(self, data): self.data = data
    def double(self): return "the reference's double of " + str(self.data)
    def triple(self): return "triple of " + str(self.data)
def helper(x): return "the reference's helper"
def missing(x): return Value(x).double()
"""
GRAFT = Graft((("mg3.py", REFERENCE),), ("Value.triple", "helper", "missing", "absent"))


def test_a_graft_lends_what_it_names_and_nothing_else(load):
    engine = load(("mg3", STUDENT), graft=GRAFT)
    assert faults(engine) == {"mg3": None}
    assert call(engine, "use", 2) == "the student's double of 2"
    assert call(engine, "helper", 2) == "the reference's helper"
    draft = Draft()
    value = draft.value(3)
    [reply] = engine.evaluate([draft.show(value.double(), value.triple()).program()])
    assert reply.values == ("the student's double of 3", "triple of 3")


def test_the_student_s_code_calls_what_was_lent(load):
    assert call(load(("mg3", STUDENT), graft=GRAFT), "calls_helper", 1) == "the reference's helper"


def test_what_was_lent_works_on_the_student_s_classes(load):
    """A class of the same name is one class for both sides."""
    assert call(load(("mg3", STUDENT), graft=GRAFT), "missing", 2) == "the student's double of 2"


def test_a_graft_is_for_the_last_module(load):
    engine = load(
        ("mg2", "def helper(x): return 'of mg2'\n"),
        ("mg3", "import mg2\nfrom mg2 import helper\ndef of_mg2(x): return mg2.helper(x)\n"),
        graft=GRAFT,
    )
    assert call(engine, "helper", 1) == "the reference's helper"
    assert call(engine, "of_mg2", 1) == "of mg2"


def test_a_whole_class_may_be_lent(load):
    graft = Graft((("mg3.py", REFERENCE),), ("Value",))
    engine = load(("mg3", "def use(x): return Value(x).double()\n"), graft=graft)
    assert call(engine, "use", 2) == "the reference's double of 2"


def test_a_graft_on_a_module_that_fails_changes_nothing(load):
    [loaded] = load(("mg3", "1 / 0\n"), graft=GRAFT).load()
    assert (loaded.ok, loaded.fault.type) == (False, "ZeroDivisionError")
