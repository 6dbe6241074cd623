"""Computation graphs: read from programs, written again, differentiated, made smaller."""

import json
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.expressions import Draft, Draw, Graph, graph_in
from grader.expressions.draw import OPERATORS
from grader.expressions.graph import Vertex
from grader.worker.evaluate import evaluate
from tests import reference

NUMBERS = st.integers(-150, 150).filter(lambda n: abs(n) >= 30).map(lambda n: n / 100)
COMPUTE = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "neg": lambda a: -a,
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "relu": lambda a: max(a, 0.0),
}
TAUGHT = sorted({*COMPUTE} - {"log"})  # the lessons' own reference has no log


@st.composite
def graphs(draw, operators=TAUGHT, steps=8):
    """Any graph whose numbers are well-behaved: results are used several times, or a plain number
    stands on one side; whatever is left over goes into the root."""
    vertices = [Vertex("", (), draw(NUMBERS)) for _ in range(draw(st.integers(1, 4)))]
    data = [each.data for each in vertices]

    def add(operator, operands):
        numbers = [data[each] if isinstance(each, int) else each[0] for each in operands]
        if not _is_gentle(operator, numbers):
            return
        vertices.append(Vertex(operator, tuple(operands)))
        data.append(COMPUTE[operator](*numbers))

    for _ in range(draw(st.integers(1, steps))):
        operator = draw(st.sampled_from(operators))
        known = st.integers(0, len(vertices) - 1)
        number = NUMBERS.map(lambda n: (n,))
        if operator == "**":
            add(operator, [draw(known), (draw(st.sampled_from([2.0, 3.0, -1.0])),)])
        elif operator in "+-*/":
            one, other = draw(known), draw(st.one_of(known, number))
            add(operator, [other, one] if draw(st.booleans()) else [one, other])
        else:
            add(operator, [draw(known)])
    used = {child for vertex in vertices for child in vertex.children}
    for loose in sorted({*range(len(vertices) - 1)} - used):
        add("+", [len(vertices) - 1, loose])
    upstream = draw(st.one_of(st.none(), NUMBERS))
    graph = Graph(tuple(vertices), len(vertices) - 1, upstream)
    assume(vertices[-1].operator)
    used = {child for vertex in vertices for child in vertex.children}
    assume(used == {*range(len(vertices) - 1)})  # a sum that grew too large was left out
    return graph


def numbers_of(graph):
    """Data and gradient of every vertex, by the course's own reference."""
    values = evaluate(json.loads(json.dumps(graph.program().data())), reference.lookup)
    return values[::2], values[1::2]


def near(expected):
    """Children are a set, so the shares may be added in any order."""
    return pytest.approx(expected, rel=1e-11, abs=1e-13)


def data_of(graph):
    """Every vertex's number, computed with floats."""
    data = []
    for vertex in graph.vertices:
        operands = [data[each] if isinstance(each, int) else each[0] for each in vertex.operands]
        data.append(COMPUTE[vertex.operator](*operands) if vertex.operator else vertex.data)
    return data


@given(graphs())
def test_a_graph_is_read_from_its_own_program(graph):
    assert graph_in(graph.program()) == graph


@given(graphs(), st.data())
def test_also_from_a_program_that_shows_one_number(graph, data):
    number = data.draw(st.integers(0, len(graph.vertices) - 1))
    program = graph.program((number, "grad"))
    assert graph_in(program) == graph
    assert list(program.labels) == [f"{graph.names()[number]}.grad"]


@given(graphs())
def test_the_program_as_text_gives_the_numbers_it_shows(graph):
    program = graph.program()
    space = reference.namespace()
    exec(program.text, space)
    data, gradients = numbers_of(graph)
    told = [eval(label, space) for label in program.labels]
    assert told[::2] == data
    assert told[1::2] == near(gradients)
    names = graph.names()
    assert list(program.labels[::2]) == [f"{name}.data" for name in names]


@pytest.mark.parametrize("seed", range(40))
def test_a_drawn_graph_keeps_its_numbers(seed):
    """What the suites draw: the graph found in it gives every leaf the same gradient."""
    draft = Draft()
    root, leaves = Draw(f"graph:{seed}").dag(draft, [*OPERATORS], leaves=3, steps=7)
    root.backward()
    program = draft.show(*(leaf.grad for leaf in leaves)).program()
    expected = evaluate(json.loads(json.dumps(program.data())), reference.lookup)
    graph = graph_in(program)
    _, gradients = numbers_of(graph)
    found = [gradients[number] for number, each in enumerate(graph.vertices) if not each.operator]
    assert found == near(expected)
    assert graph.root == len(graph.vertices) - 1


@given(graphs([*COMPUTE]))
def test_local_derivatives_are_slopes(graph):
    data, h = data_of(graph), 1e-6
    for vertex, slopes in zip(graph.vertices, graph.local_derivatives(data), strict=True):
        assert len(slopes) == len(vertex.children)
        numbers = [data[each] if isinstance(each, int) else each[0] for each in vertex.operands]
        places = [place for place, each in enumerate(vertex.operands) if isinstance(each, int)]
        for place, slope in zip(places, slopes, strict=True):
            up, down = [*numbers], [*numbers]
            up[place] += h
            down[place] -= h
            compute = COMPUTE[vertex.operator]
            measured = (compute(*up) - compute(*down)) / (2 * h)
            assert slope == pytest.approx(measured, rel=1e-5, abs=1e-7)


@given(graphs())
def test_gradients_are_sums_of_shares(graph):
    """The chain rule over these local derivatives is what the reference's backward computes."""
    assume(graph.upstream is None)
    data, gradients = numbers_of(graph)
    local, users = graph.local_derivatives(data), graph.users()
    for number, gradient in enumerate(gradients):
        shares = [
            gradients[user] * slope
            for user in users[number]
            for child, slope in zip(graph.vertices[user].children, local[user], strict=True)
            if child == number
        ]
        expected = sum(shares) if number != graph.root else 1.0
        assert gradient == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("operator", "data"), [("/", 0.0), ("log", 0.0), ("**", 0.0)])
def test_where_there_is_no_slope_it_is_no_number(operator, data):
    operands = {"/": (0, 0), "log": (0,), "**": (0, (-1.0,))}[operator]
    graph = Graph((Vertex("", (), data), Vertex(operator, operands)), 1)
    assert all(math.isnan(each) for each in graph.local_derivatives([data, 1.0])[1])


@given(graphs())
@settings(max_examples=60)
def test_smaller_graphs_are_smaller(graph):
    data = data_of(graph)
    for other in graph.smaller(data):
        assert len(other.vertices) < len(graph.vertices) or (
            len(other.vertices) == len(graph.vertices)
            and sum(bool(each.operator) for each in other.vertices)
            < sum(bool(each.operator) for each in graph.vertices)
        )
        assert other.vertices[other.root].operator
        assert other.upstream == graph.upstream
        assert graph_in(other.program()) == other
        assert other.root == len(other.vertices) - 1


@given(st.integers(1, 200))
def test_names_are_letters_and_never_alike(count):
    names = Graph(tuple(Vertex("", (), 1.0) for _ in range(count)), 0).names()
    assert len({*names}) == count
    assert all(name.isidentifier() for name in names)


def no_graph(write):
    draft = Draft()
    a, b = draft.values(2.0, -3.0)
    write(draft, a, b)
    return draft.show(a.grad).program()


def set_data(draft, a, b):
    a.data = 3.0
    (a * b).backward()


def after(draft, a, b):
    (a * b).backward()
    a * 2


@pytest.mark.parametrize(
    "write",
    [
        lambda draft, a, b: a * b,  # never goes backwards
        lambda draft, a, b: ((a * b).backward(), (a + b).backward()),
        lambda draft, a, b: draft.call("train", 3),
        lambda draft, a, b: draft.call("tanh_from_exp", a).backward(),
        lambda draft, a, b: (a * b).backward(1.0),
        lambda draft, a, b: draft.spy(a, b),
        lambda draft, a, b: a.sin().backward(),
        lambda draft, a, b: (a._prev, (a * b).backward()),
        lambda draft, a, b: (a.data * 2, (a * b).backward()),
        lambda draft, a, b: (a + True).backward(),
        lambda draft, a, b: draft.call("Value", a).backward(),
        set_data,
        after,
    ],
)
def test_other_programs_are_no_graphs(write):
    assert graph_in(no_graph(write)) is None


def test_what_the_root_is_not_made_of_is_left_out():
    draft = Draft()
    a, b, c = draft.values(2.0, -3.0, 5.0)
    d = a * b
    (d + c).tanh()
    d.backward()
    graph = graph_in(draft.show(a.grad, c.grad).program())
    assert [each.operator or each.data for each in graph.vertices] == [2.0, -3.0, "*"]


def test_one_step_back_is_kept_as_such():
    draft = Draft()
    a = draft.value(0.5)
    draft.upstream(a.tanh(), -0.95)
    graph = graph_in(draft.show(a.grad).program())
    assert graph.upstream == -0.95
    [_, gradients] = numbers_of(graph)
    assert gradients == [pytest.approx(-0.95 * (1 - math.tanh(0.5) ** 2)), -0.95]


def _is_gentle(operator, numbers):
    first, last = numbers[0], numbers[-1]
    fits = {
        "/": abs(last) >= 0.3,
        "**": abs(first) >= 0.3,
        "log": first >= 0.3,
        "relu": abs(first) >= 0.2,
        "exp": abs(first) <= 1.5,
    }
    return fits.get(operator, True) and abs(COMPUTE[operator](*numbers)) <= 50
