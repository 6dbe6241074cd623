"""The first wrong number in a graph, and the smallest graph that shows it."""

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from types import ModuleType

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grader.course import Tolerance
from grader.diagnosis.divergence import SMALL, case_of, where_they_part
from grader.expressions import Draft, Graph
from grader.expressions.graph import Vertex
from grader.harness import Exchange
from grader.harness.compare import difference
from grader.sandbox import Reply
from grader.worker.evaluate import evaluate
from tests.conftest import SOLUTIONS
from tests.test_graph import TAUGHT, graphs

TOLERANCE = Tolerance(1e-6, 1e-9)
LESSONS = ("mg2_chain_rule", "mg3_backpropagation", "mg4_activation")
# Mistakes of lesson 4 that no entry of the catalogue has, with the operators to look at.
SLIPS = {
    "tanh": ("(1 - out.data**2) * out.grad", "1.1 * (1 - out.data**2) * out.grad"),
    "exp": ("self.grad += out.data * out.grad", "self.grad += 1.1 * out.data * out.grad"),
    "*": ("other.grad += self.data * out.grad", "other.grad += 1.1 * self.data * out.grad"),
    "+": ("other.grad += out.grad", "other.grad += 1.1 * out.grad"),
    "**": ("other * self.data ** (other - 1) *", "1.1 * other * self.data ** (other - 1) *"),
    "relu": ("(out.data > 0) * out.grad", "1.1 * (out.data > 0) * out.grad"),
}


def engine(*changes):
    """An engine in this process: the solutions with these changes in lesson 4."""
    modules = {}
    for name in LESSONS:
        text = (SOLUTIONS / f"{name}.py").read_text(encoding="utf-8")
        for old, new in changes if name == LESSONS[-1] else ():
            assert text.count(old) == 1
            text = text.replace(old, new)
        modules[name] = ModuleType(name)
        sys.modules |= modules
        try:
            exec(compile(text, name, "exec"), vars(modules[name]))
        finally:
            for each in modules:
                del sys.modules[each]
    names = {key: thing for module in modules.values() for key, thing in vars(module).items()}
    return Names(names)


@dataclass(frozen=True)
class Names:
    """What programs are evaluated with, in this process."""

    space: dict

    def __call__(self, programs):
        return [_reply(program, self.space) for program in programs]


REFERENCE = engine()
FAULTY = {operator: engine(change) for operator, change in SLIPS.items()}


# Not every graph uses the operator where it matters.
RANDOM = settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def with_operator(operator, steps):
    """Graphs that most likely use it."""
    return graphs([operator] * len(TAUGHT) + TAUGHT, steps)


def parting_of(graph, student, reference=REFERENCE, tolerance=TOLERANCE):
    """Where an engine's numbers and the reference's part in one graph."""
    program = graph.program()
    expected = reference([program])[0].values
    exchange = Exchange(program, student([program])[0], expected)
    return where_they_part(
        [exchange], student, lambda each: reference([each])[0].values, reference, tolerance
    )


def differs(graph, number, place, student):
    """Whether a vertex's data (0) or gradient (1) is wrong."""
    program = graph.program()
    values = [ask([program])[0].values for ask in (REFERENCE, student)]
    right, yours = (each[2 * number + place] for each in values)
    return difference(right, yours, TOLERANCE) is not None


@given(graphs())
def test_right_numbers_never_part(graph):
    assert parting_of(graph, REFERENCE) is None


@pytest.mark.parametrize("operator", SLIPS)
@given(data=st.data())
@settings(RANDOM, max_examples=15)
def test_the_first_wrong_gradient_is_behind_the_wrong_operator(operator, data):
    """However deep, and whatever it spoils on the way down. - / and neg are made of + * and **."""
    graph, student = data.draw(with_operator(operator, 12)), FAULTY[operator]
    assume(any(differs(graph, each, 1, student) for each in range(len(graph.vertices))))
    parting = parting_of(graph, student)
    assert not parting.forward
    assert differs(parting.graph, parting.first, 1, student)
    for user in parting.graph.users()[parting.first]:
        assert not differs(parting.graph, user, 1, student)
    made_of = {"-": "+*", "neg": "*", "/": ("*", "**")}
    whole = {one for each in parting.operators for one in (each, *made_of.get(each, ""))}
    assert operator in whole


@pytest.mark.parametrize("operator", SLIPS)
@given(data=st.data())
@settings(RANDOM, max_examples=15)
def test_what_is_made_smaller_still_parts_and_is_not_larger(operator, data):
    graph, student = data.draw(with_operator(operator, 12)), FAULTY[operator]
    parting = parting_of(graph, student)
    assume(parting is not None)
    small = parting.graph
    assert differs(small, parting.first, 1, student)
    assert len(small.vertices) <= len(graph.vertices)
    assert (parting.judge == "PyTorch") == (small == graph)
    if len(graph.vertices) > SMALL and parting.operators == (operator,):
        assert len(small.vertices) < len(graph.vertices)


@pytest.mark.parametrize("operator", SLIPS)
@given(data=st.data())
@settings(RANDOM, max_examples=10)
def test_the_case_can_be_tried_out(operator, data):
    graph, student = data.draw(with_operator(operator, 8)), FAULTY[operator]
    parting = parting_of(graph, student)
    assume(parting is not None)
    case = case_of(parting, None)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(case.program, dict(student.space))
    assert float(printed.getvalue()) == pytest.approx(case.actual, rel=1e-12)
    assert difference(case.expected, case.actual, TOLERANCE)
    [first] = [node for node in case.nodes if node.state == "first"]
    assert case.shown == f"{first.name}.grad"
    assert (first.grad, first.right_grad) == (case.actual, case.expected)
    assert all(child < place for place, each in enumerate(case.nodes) for child in each.operands)


# tanh(a*b + a) * b, with tanh in the middle
DEEP = Graph(
    (
        Vertex("", (), 0.4),
        Vertex("", (), -0.7),
        Vertex("*", (0, 1)),
        Vertex("+", (2, 0)),
        Vertex("tanh", (3,)),
        Vertex("exp", (4,)),
        Vertex("*", (5, 1)),
        Vertex("+", (6, (2.0,))),
    ),
    7,
)


def test_of_a_forward_pass_the_first_wrong_number_is_told():
    student = engine(("Value(math.tanh(self.data)", "Value(1.1 * math.tanh(self.data)"))
    parting = parting_of(DEEP, student)
    assert parting.forward and parting.operators == ("tanh",)
    case = case_of(parting, "mine")
    assert case.program.startswith("from mine import Value\n")
    assert case.shown.endswith(".data")
    assert case.actual == pytest.approx(1.1 * case.expected)


def test_a_wrong_forward_pass_does_not_shrink_into_another_mistake():
    """With a leaf in its place, only the wrong gradient of times would be left."""
    forward = ("Value(math.exp(self.data)", "Value(1.1 * math.exp(self.data)")
    student = engine(forward, SLIPS["*"])
    parting = parting_of(DEEP, student)
    assert parting.forward and parting.operators == ("exp",)


def test_a_result_with_a_wrong_gradient_of_its_own():
    class Broken:
        def __init__(self, data):
            self.data, self.grad = data, 0.0

        def __mul__(self, other):
            return Broken(self.data * other.data)

        def backward(self):
            self.grad = 2.0

    graph = Graph((Vertex("", (), 2.0), Vertex("", (), 3.0), Vertex("*", (0, 1))), 2)
    parting = parting_of(graph, Names({"Value": Broken}))
    assert (parting.name, parting.operators, parting.forward) == ("c", (), False)


def test_where_inner_numbers_cannot_be_seen_nothing_is_said():
    """The student's code dies at the second look."""
    program = DEEP.program((0, "grad"))
    exchange = Exchange(program, Reply((1.0,), None), (2.0,))
    for replies in ([], [Reply(None, None)]):
        found = where_they_part(
            [exchange],
            lambda programs, replies=replies: replies,
            lambda each: REFERENCE([each])[0].values,
            REFERENCE,
            TOLERANCE,
        )
        assert found is None


def test_a_student_who_dies_while_it_is_made_smaller_keeps_what_was_found():
    asked = []

    def student(programs):
        asked.append(len(programs))
        return FAULTY["tanh"](programs) if len(asked) < 3 else []

    parting = parting_of(DEEP, student)
    assert parting.graph == DEEP and parting.operators == ("tanh",)


def test_the_smallest_of_several_failing_graphs_is_taken():
    small = Graph((Vertex("", (), 0.5), Vertex("tanh", (0,))), 1)
    student = FAULTY["tanh"]
    exchanges = []
    for graph in (DEEP, small):
        program = graph.program()
        [mine], [right] = student([program]), REFERENCE([program])
        exchanges.append(Exchange(program, mine, right.values))
    parting = where_they_part(
        exchanges, student, lambda each: REFERENCE([each])[0].values, REFERENCE, TOLERANCE
    )
    assert (parting.graph, parting.judge) == (small, "PyTorch")


def test_programs_that_are_no_graphs_and_those_that_nobody_judged_are_passed_over():
    draft = Draft()
    program = draft.show(draft.call("train", 3)).program()
    exchanges = [
        Exchange(program, Reply((1.0,), None), (2.0,)),
        Exchange(DEEP.program(), Reply((1.0,) * 16, None), None),
        Exchange(DEEP.program(), Reply(None, None), (1.0,) * 16),
    ]
    assert where_they_part(exchanges, REFERENCE, lambda each: (), REFERENCE, TOLERANCE) is None


def _reply(program, space):
    try:
        values = evaluate(json.loads(json.dumps(program.data())), space.__getitem__)
    except ArithmeticError:
        return Reply(None, None)
    return Reply(tuple(values), None)
