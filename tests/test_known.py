"""What is said where no mistake is known: the first wrong number, and how it is wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.diagnosis.divergence import Parting
from grader.diagnosis.known import sentence_for, thought_for
from grader.expressions import Graph
from grader.expressions.graph import Vertex
from tests.test_graph import data_of, graphs

A, B = Vertex("", (), 0.5), Vertex("", (), 3.0)
# c = a * b; d = c * b
TIMES = Graph((A, B, Vertex("*", (0, 1)), Vertex("*", (2, 1))), 3)
# b = a.tanh(); c = b + a; d = c * 2.0
TWICE = Graph((A, Vertex("tanh", (0,)), Vertex("+", (1, 0)), Vertex("*", (2, (2.0,)))), 3)


def gradient_of(graph, vertex, wrong):
    """The sentence where this vertex's gradient is the first wrong one. `wrong` is a number, or
    makes one of the right gradient."""
    parting = part(graph, vertex, 1, wrong)
    return sentence_for(parting), thought_for(parting)


def part(graph, vertex, place, wrong):
    data, right = data_of(graph), [1.0] * len(graph.vertices)
    for number in range(len(graph.vertices) - 2, -1, -1):
        local, users = graph.local_derivatives(data), graph.users()
        right[number] = sum(
            right[user] * slope
            for user in users[number]
            for child, slope in zip(graph.vertices[user].children, local[user], strict=True)
            if child == number
        )
    numbers = [each for pair in zip(data, right, strict=True) for each in pair]
    yours = [*numbers]
    yours[2 * vertex + place] = wrong(numbers[2 * vertex + place]) if callable(wrong) else wrong
    return Parting(graph, tuple(yours), tuple(numbers), "PyTorch", vertex, forward=place == 0)


@pytest.mark.parametrize(
    ("vertex", "wrong", "sentence"),
    [
        (2, 0.0, "No gradient arrives at c: times should hand it one."),
        (2, "nan", "The gradient of c is no number after times took its step back."),
        (2, None, "The gradient of c is no number after times took its step back."),
        (0, lambda right: -right, "The gradient that times hands to a has the wrong sign."),
        (0, lambda right: 2 * right, "The gradient that times hands to a is twice too large."),
        (0, lambda right: right / 2, "The gradient that times hands to a is only half of it."),
    ],
)
def test_a_gradient(vertex, wrong, sentence):
    told, thought = gradient_of(TIMES, vertex, wrong)
    assert told == sentence
    assert "upstream gradient times the operator's local derivative" in thought


def test_one_factor_alone():
    """a's share is b (local) times b (upstream); c's is b times 1, which tells nothing."""
    graph = Graph((A, B, Vertex("tanh", (0,)), Vertex("*", (2, 1)), Vertex("*", (3, 1))), 4)
    local = graph.local_derivatives(data_of(graph))[2][0]
    alone, _ = gradient_of(graph, 0, local)
    assert alone == "a gets the local derivative of tanh alone, without the upstream."
    bare, _ = gradient_of(graph, 0, 9.0)
    assert bare == "a gets the upstream gradient alone, without tanh's own slope."


@pytest.mark.parametrize("share", [0, 1])
def test_one_share_of_several(share):
    parting = part(TWICE, 0, 1, 0.0)
    shares = parting.shares()
    assert len(shares) == 2 and sum(shares) == pytest.approx(parting.right[1])
    told, _ = gradient_of(TWICE, 0, shares[share])
    assert told == "Only one share of a's gradient is left: a is used 2 times, and each use has " \
        "a share."  # fmt: skip


def test_whatever_else_is_wrong_only_says_where():
    told, _ = gradient_of(TWICE, 0, 0.123)
    assert "gradient" in told and "tanh and plus" in told
    assert "0.123" not in told


def test_the_result_itself():
    told, thought = gradient_of(TIMES, 3, 2.0)
    assert told == "The result's own gradient is 2.0; everything begins with 1.0 there."
    assert "slope along itself" in thought


@pytest.mark.parametrize(
    ("vertex", "wrong", "sentence"),
    [
        (2, -1.5, "Times gives -1.5 where it should give 1.5."),
        (2, "ABC", "Times gives 'ABC' where it should give 1.5."),
        (2, float("nan"), "Times gives nan where it should give 1.5."),
        (0, 1.0, "A new Value holds 1.0 where it was given 0.5."),
    ],
)
def test_a_forward_pass(vertex, wrong, sentence):
    parting = part(TIMES, vertex, 0, wrong)
    assert sentence_for(parting) == sentence
    assert "by hand" in thought_for(parting)


@given(graphs(), st.data())
@settings(deadline=None)
def test_every_wrong_number_has_a_sentence(graph, data):
    """Whatever the number: one sentence with the vertex or its operator, and a thought."""
    vertex = data.draw(st.integers(0, len(graph.vertices) - 1))
    place = data.draw(st.integers(0, 1))
    wrong = data.draw(st.one_of(st.floats(), st.none(), st.text(max_size=3), st.just([1.0])))
    parting = part(graph, vertex, place, wrong)
    sentence, thought = sentence_for(parting), thought_for(parting)
    assert sentence[0].isupper() or sentence.startswith(f"{parting.name} gets")
    assert sentence.endswith(".") and "\n" not in sentence
    assert thought.endswith(".")
