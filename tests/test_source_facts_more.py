"""Facts about walks through the graph, training loops, and what a backward step reads."""

import pytest

from grader.diagnosis.facts import facts

WALK = """\
@add_to_class(Value)
def backward(self):
    order = []
    visited = set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            order.append(v)

    build(self)
    for v in reversed(order):
        v._backward()
"""


def told(code, *names):
    """Kinds and lines of the facts about some code."""
    found = facts([("m.py", code)], names, None)
    for fact in found:
        assert f"line {fact.line}" in fact.sentence
        assert fact.sentence.endswith(".") and "{" not in fact.sentence
    return [(fact.kind, fact.line) for fact in found]


# Walks


def test_a_walk_that_remembers_is_right():
    assert told(WALK, "Value.backward") == []


ANEW = WALK.replace("    visited = set()\n\n", "").replace(
    "    def build(v):\n", "    def build(v):\n        visited = {made}\n"
)


@pytest.mark.parametrize("made", ["set()", "[]", "list()", "{}", "dict()"])
def test_visited_made_anew_in_every_call(made):
    code = ANEW.format(made=made).replace("visited.add", "visited.append")
    assert told(code, "Value.backward") == [("visited-anew", 5)]


def test_in_a_method_that_calls_itself():
    code = """\
class Value:
    def walk(self):
        visited = set()
        if self in visited:
            return
        visited.add(self)
        for child in self._prev:
            child.walk()
"""
    assert told(code, "Value.walk") == [("visited-anew", 3)]


@pytest.mark.parametrize(
    "code",
    [
        # handed over, so that the next call may know
        ANEW.format(made="set()").replace("build(child)", "build(child, visited)"),
        ANEW.format(made="set()").replace("build(child)", "build(child, seen=visited)"),
        # not empty, or never asked: who knows what for
        ANEW.format(made="{self}"),
        ANEW.format(made="set(self.seen)"),
        ANEW.format(made="set()").replace("v not in visited", "v not in order"),
        # no recursion
        ANEW.format(made="set()").replace("build(child)", "other(child)"),
    ],
)
def test_what_might_be_meant_is_not_told(code):
    assert "visited-anew" not in [kind for kind, _ in told(code, "Value.backward")]


def test_visited_filled_and_never_looked_into():
    code = WALK.replace("if v not in visited", "if True")
    assert told(code, "Value.backward") == [("visited-never-tested", 8)]
    assert told(code.replace("set()", "[]").replace(".add", ".append"), "Value.backward") == [
        ("visited-never-tested", 8)
    ]


@pytest.mark.parametrize(
    "use", ["print(visited)", "seen = visited", "len(visited)", "f(visited)", "visited.pop()"]
)
def test_a_container_that_anything_is_done_with_is_not_told(use):
    code = WALK.replace("if v not in visited", "if True") + f"    {use}\n"
    assert told(code, "Value.backward") == []


# Training loops

TRAIN = """\
def train(model, xs, ys, steps, step_size):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        {}
        {}
        {}
        losses.append(loss.data)
    return losses
"""
ZERO, BACK, STEP = (
    "zero_grad(model.parameters())",
    "loss.backward()",
    "descend(model.parameters(), step_size)",
)
ZERO_LOOP = "for p in model.parameters(): p.grad = 0.0"
STEP_LOOP = "for p in model.parameters(): p.data -= step_size * p.grad"


@pytest.mark.parametrize(
    ("acts", "kinds"),
    [
        ((ZERO, BACK, STEP), []),
        ((BACK, STEP, ZERO), []),
        ((ZERO_LOOP, BACK, STEP_LOOP), []),
        (("model.zero_grad()", BACK, STEP), []),
        (("pass", BACK, STEP), [("never-zeroes", 3)]),
        ((ZERO, "pass", STEP), [("never-goes-backwards", 3)]),
        ((ZERO, BACK, "pass"), [("never-descends", 3)]),
        ((BACK, ZERO, STEP), [("zeroes-after-backward", 6)]),
        ((BACK, ZERO_LOOP, STEP_LOOP), [("zeroes-after-backward", 6)]),
        ((ZERO, STEP, BACK), [("descends-before-backward", 6)]),
        # What can't be told apart
        (("prepare(model)", BACK, STEP), []),
        (("if steps > 3: zero_grad(model.parameters())", BACK, STEP), []),
        (("pass", "if steps: loss.backward()", STEP), []),
    ],
)
def test_the_acts_of_a_loop(acts, kinds):
    assert told(TRAIN.format(*acts), "train") == kinds


def test_gradients_set_back_only_once():
    once = TRAIN.format("pass", BACK, STEP).replace("    for _", f"    {ZERO}\n    for _")
    assert told(once, "train") == [("zeroes-outside-the-loop", 3)]


def test_other_functions_and_other_forms_of_loops_are_left_alone():
    never = TRAIN.format("pass", BACK, STEP)
    assert told(never.replace("def train(", "def learn("), "learn") == []
    twice = never.replace(
        "    return losses", "    for _ in range(3):\n        pass\n    return losses"
    )
    assert told(twice, "train") == []
    assert told(never.replace("for _ in range(steps)", "while steps"), "train") == [
        ("never-zeroes", 3)
    ]


# What a backward step reads

MUL = """\
@add_to_class(Value)
def __mul__(self, other):
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        {}

    out._backward = _backward
    return out
"""
READS = [("reads-operands-gradient", 6)]


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("self.grad += other.data * out.grad", []),
        ("self.grad = self.grad + other.data * out.grad", []),
        ("self.grad = other.data * out.grad + self.grad", []),
        ("self.grad += other.grad * out.grad", READS),
        ("self.grad += other.data * self.grad", READS),
        ("self.grad = other.grad", READS),
        ("self.grad *= other.grad", READS),
        ("self.grad = self.grad + other.grad * out.grad", READS),
        ("self.grad = self.grad * out.grad", READS),
        ("other.grad += (self.grad > 0) * out.grad", READS),
        ("gradient = other.grad", []),
        ("other.data = self.grad", []),
        ("self.grad += third.grad", []),
    ],
)
def test_what_a_step_reads(line, kinds):
    assert told(MUL.format(line), "Value.__mul__") == kinds


def test_outside_of_closures_gradients_may_be_read():
    code = "class Value:\n    def scaled(self, other):\n        self.grad = other.grad\n"
    assert told(code, "Value.scaled") == []


def test_the_operand_is_named():
    [fact] = facts([("m.py", MUL.format("self.grad += other.grad"))], ["Value.__mul__"], "*")
    assert "`other.grad`" in fact.sentence
