"""What is written on symbols becomes steps, and nothing but plain data."""

import json

import pytest

from grader.expressions import Draft, exp, graph_of, sin, tanh


def steps_after(draft, leaves):
    """The steps that follow the leaves (each a call; the name `Value` is one step before)."""
    return [list(step) for step in draft.program().steps[1 + leaves :]]


def test_a_leaf_is_a_call_of_value():
    draft = Draft()
    draft.value(2.0)
    assert draft.program().steps == (("name", "Value"), ("call", {"ref": 0}, [2.0]))


def test_a_name_is_looked_up_once():
    draft = Draft()
    draft.values(1.0, 2.0)
    draft.call("trace", draft.value(3.0))
    names = [step[1] for step in draft.program().steps if step[0] == "name"]
    assert names == ["Value", "trace"]


@pytest.mark.parametrize(
    ("write", "step"),
    [
        (lambda a, b: a + b, ["op", "+", {"ref": 1}, {"ref": 2}]),
        (lambda a, b: a - b, ["op", "-", {"ref": 1}, {"ref": 2}]),
        (lambda a, b: a * b, ["op", "*", {"ref": 1}, {"ref": 2}]),
        (lambda a, b: a / b, ["op", "/", {"ref": 1}, {"ref": 2}]),
        (lambda a, b: a**b, ["op", "**", {"ref": 1}, {"ref": 2}]),
        (lambda a, b: -b, ["neg", {"ref": 2}]),
        (lambda a, b: a + 3, ["op", "+", {"ref": 1}, 3]),
        (lambda a, b: 3 + a, ["op", "+", 3, {"ref": 1}]),
        (lambda a, b: 3 - a, ["op", "-", 3, {"ref": 1}]),
        (lambda a, b: 3 * a, ["op", "*", 3, {"ref": 1}]),
        (lambda a, b: 3 / a, ["op", "/", 3, {"ref": 1}]),
        (lambda a, b: a**-1, ["op", "**", {"ref": 1}, -1]),
        (lambda a, b: a.data, ["get", {"ref": 1}, "data"]),
        (lambda a, b: a._prev, ["get", {"ref": 1}, "_prev"]),
        (lambda a, b: b[1], ["item", {"ref": 2}, 1]),
        (lambda a, b: b["x"], ["item", {"ref": 2}, "x"]),
        (lambda a, b: a([b, 1.5]), ["call", {"ref": 1}, [[{"ref": 2}, 1.5]]]),
        (lambda a, b: setattr(a, "grad", 0.5), ["set", {"ref": 1}, "grad", 0.5]),
        (lambda a, b: setattr(a, "grad", b), ["set", {"ref": 1}, "grad", {"ref": 2}]),
    ],
)
def test_every_use_of_a_symbol_is_one_step(write, step):
    draft = Draft()
    write(*draft.values(2.0, -3.0))
    assert steps_after(draft, 2) == [step]


def test_a_method_call_is_two_steps():
    draft = Draft()
    draft.value(0.5).tanh()
    assert steps_after(draft, 1) == [["get", {"ref": 1}, "tanh"], ["call", {"ref": 2}, []]]


def test_special_steps():
    draft = Draft()
    a = draft.value(0.5)
    draft.upstream(a, 1.5)
    draft.spy(a)
    draft.repr(a)
    kinds = [step[0] for step in steps_after(draft, 1)]
    assert kinds == ["upstream", "spy", "get", "call"]


def test_shows_keep_their_order_and_may_repeat():
    draft = Draft()
    a, b = draft.values(1.0, 2.0)
    program = draft.show(b, a).show(b).program()
    assert program.shows == (2, 1, 2)
    assert program.labels == ("b", "a", "b")


def test_numbers_carry_no_noise_of_binary_arithmetic():
    draft = Draft()
    draft.values(0.1 + 0.2, 0.33 - 0.5, 1e-13, 1.76001, 123456.789)
    data = [step[2] for step in steps_after(draft, 0)]
    assert data == [[0.3], [-0.17], [1e-13], [1.76001], [123456.789]]


def test_an_engine_gets_steps_and_shows_and_nothing_else():
    draft = Draft()
    secret = draft.let("the_answer", draft.value(2.0))
    data = draft.show(secret.data).program().data()
    assert set(data) == {"steps", "shows"}
    assert "the_answer" not in json.dumps(data)
    assert json.loads(json.dumps(data)) == data


def test_a_program_is_a_snapshot():
    draft = Draft()
    a = draft.value(2.0)
    before = draft.show(a.data).program()
    a.grad = 1.0
    assert len(before.steps) == 3
    assert len(draft.program().steps) == 4


def test_a_function_of_numbers_is_a_program_of_its_own():
    draft = Draft()
    body = draft.function(lambda x: 3 * x**2 + sin(x) - exp(tanh(x))).body
    assert body["params"] == 1
    assert body["steps"][0] == ["op", "**", {"ref": 0}, 2]
    assert [step[1] for step in body["steps"] if step[0] == "math"] == ["sin", "tanh", "exp"]
    assert body["result"] == {"ref": len(body["steps"])}


def test_a_function_may_have_several_arguments_or_be_constant():
    draft = Draft()
    assert draft.function(lambda a, b, c: a * b + c, 3).body["params"] == 3
    assert draft.function(lambda x: 7).body["result"] == 7


def test_a_symbol_of_another_draft_is_refused():
    a, b = Draft().value(1.0), Draft().value(2.0)
    with pytest.raises(ValueError, match="another draft"):
        a + b


@pytest.mark.parametrize("thing", [object(), {1: 2}, {1, 2}, b"bytes", 1j])
def test_what_is_no_plain_data_is_refused(thing):
    with pytest.raises(TypeError, match=f"{type(thing).__name__} can't stand in a program"):
        Draft().call("f", thing)


def test_symbols_do_not_answer_python_s_own_questions():
    a = Draft().value(1.0)
    with pytest.raises(TypeError):
        float(a)
    with pytest.raises(AttributeError):
        getattr(a, "__array__")  # noqa: B009 - which numpy would ask for


def test_the_graph_behind_a_root():
    draft = Draft()
    a, b, c = draft.values(1.0, 2.0, 3.0)
    d = a * b
    draft.value(9.0)  # not behind the root
    root = d + d * c
    inner = draft.number_of(root) - 1
    number = draft.number_of
    nodes, edges = graph_of(draft.program(), root)
    assert nodes == {number(each) for each in (a, b, c, d, root)} | {inner}
    assert edges == {
        (number(a), number(d)),
        (number(b), number(d)),
        (number(d), inner),
        (number(c), inner),
        (number(d), number(root)),
        (inner, number(root)),
    }
    assert draft.number_of(draft.symbol(inner)) == inner
