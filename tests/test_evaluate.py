"""The meaning of every instruction, on a small namespace; results as plain data."""

import json
import math
from types import SimpleNamespace

import numpy
import pytest

from grader.expressions import Draft, exp, sin, tanh
from grader.worker.encode import DEEPEST, LONGEST_LIST, LONGEST_TEXT, Encoder
from grader.worker.evaluate import evaluate


class Value:
    """A number that notes what is done to it."""

    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data)

        def step():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = step
        return out

    def __radd__(self, other):
        return Value(("radd", other, self.data))

    def __neg__(self):
        return Value(-self.data)

    def __repr__(self):
        return f"Value({self.data})"

    def tanh(self):
        return Value(math.tanh(self.data))


class Tape:
    """An engine without `_backward`: the whole graph is walked by `backward`."""

    def __init__(self, data):
        self.data, self.grad, self.parents = data, 0.0, ()

    def __mul__(self, factor):
        out = Tape(self.data * factor)
        out.parents = ((self, factor),)
        return out

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, factor in self.parents:
            parent.backward(upstream * factor)


def run(write, **names):
    """The shown results of what `write(draft)` returns, on `names` and Value."""
    draft = Draft()
    shown = write(draft)
    program = draft.show(*(shown if isinstance(shown, tuple) else [shown])).program()
    space = {"Value": Value} | names

    def lookup(name):
        if name not in space:
            raise NameError(f"{name} is not defined")
        return space[name]

    values = evaluate(json.loads(json.dumps(program.data())), lookup)
    return values if isinstance(shown, tuple) else values[0]


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda d: d.value(2.0).data, 2.0),
        (lambda d: (d.value(2.0) + d.value(3.0)).data, 5.0),
        (lambda d: (d.value(2.0) + 3).data, 5.0),
        (lambda d: (3 + d.value(2.0)).data, ["radd", 3, 2.0]),
        (lambda d: (-d.value(2.0)).data, -2.0),
        (lambda d: d.value(0.5).tanh().data, math.tanh(0.5)),
        (lambda d: d.value(2.0).data * 4, 8.0),
        (lambda d: d.value(2.0).data - 4, -2.0),
        (lambda d: d.value(2.0).data / 4, 0.5),
        (lambda d: d.value(2.0).data ** 3, 8.0),
        (lambda d: d.repr(d.value(2.0)), "Value(2.0)"),
        (lambda d: d.call("pair", 1, 2)[1], 2),
        (lambda d: d.call("named")["a"], 1.5),
        (lambda d: d.call("pair", d.value(2.0), [d.value(3.0), 4])[1][0].data, 3.0),
        (lambda d: d.step("list", [1, d.value(2.0).data]), [1, 2.0]),
    ],
)
def test_instructions(write, expected):
    names = {"pair": lambda a, b: (a, b), "named": lambda: {"a": 1.5}}
    assert run(write, **names) == expected


def test_assignments_happen_in_their_order():
    def write(draft):
        a = draft.value(2.0)
        before = a.data
        a.data = 5.0
        return before, a.data

    assert run(write) == [2.0, 5.0]


def test_a_result_is_the_same_object_every_time():
    def write(draft):
        a = draft.value(1.0)
        b = a + a
        draft.upstream(b, 3.0)
        return a.grad

    assert run(write) == 6.0


def test_a_list_is_handed_over_more_than_once():
    def write(draft):
        numbers = draft.step("list", [1, 2])
        draft.call("grow", numbers)
        draft.call("grow", numbers)
        return numbers

    assert run(write, grow=lambda numbers: numbers.append(0)) == [1, 2, 0, 0]


def test_a_list_of_constants_is_new_in_every_step():
    def write(draft):
        return draft.call("grow", [1]), draft.call("grow", [1])

    assert run(write, grow=lambda numbers: numbers.append(0) or numbers) == [[1, 0], [1, 0]]


def test_functions_are_handed_over_as_programs():
    def write(draft):
        f = draft.function(lambda x: 3 * x**2 - 4 * x + 5)
        return draft.call("apply", f, 3.0), draft.call("apply", draft.function(lambda x: 7), 1.0)

    assert run(write, apply=lambda f, x: f(x)) == [20.0, 7]


def test_functions_of_several_numbers_and_of_math():
    def write(draft):
        f = draft.function(lambda a, b: -sin(a) * exp(b) / tanh(a), 2)
        return draft.call("apply", f, 0.5, 1.5)

    expected = -math.sin(0.5) * math.exp(1.5) / math.tanh(0.5)
    assert run(write, apply=lambda f, *x: f(*x)) == pytest.approx(expected)


def test_math_is_left_to_numbers_that_bring_their_own():
    own = SimpleNamespace(sin=lambda: "my own sine")
    write = lambda draft: draft.call("apply", draft.function(lambda x: sin(x)))  # noqa: E731
    assert run(write, apply=lambda f: f(own)) == "my own sine"


def test_a_function_says_how_many_numbers_it_takes():
    def write(draft):
        return draft.call("apply", draft.function(lambda x: x))

    with pytest.raises(TypeError, match="f takes 1 number"):
        run(write, apply=lambda f: f(1, 2))


def test_upstream_runs_one_step_back_with_the_gradient_given():
    def write(draft):
        a, b = draft.values(1.0, 2.0)
        out = a + b
        out.grad = 4.0  # is replaced
        draft.upstream(out, -1.5)
        return out.grad, a.grad, b.grad

    assert run(write) == [-1.5, -1.5, -1.5]


def test_upstream_on_an_engine_without_steps_goes_through_the_public_surface():
    def write(draft):
        a = draft.call("Tape", 2.0)
        out = a * 3.0
        draft.upstream(out, -1.5)
        return out.grad, a.grad

    assert run(write, Tape=Tape) == [-1.5, -4.5]


def test_upstream_with_a_backward_that_wants_arguments_goes_through_the_public_surface():
    class Other(Tape):
        def _backward(self, gradient):
            raise AssertionError("not to be called")

    def write(draft):
        a = draft.call("Other", 2.0)
        draft.upstream(a, 0.5)
        return a.grad

    assert run(write, Other=Other) == 0.5


def test_a_spy_notes_whose_step_was_called_and_when():
    def write(draft):
        a, b, c = draft.values(1.0, 2.0, 3.0)
        calls = draft.spy(a, b, c)
        draft.call("each", [c, a])
        return calls, a, c

    def each(values):
        for value in values:
            value._backward()

    calls, a, c = run(write, each=each)
    assert calls == [c, a]
    assert a != c


def test_there_is_no_spy_where_there_are_no_steps():
    class Slots:
        __slots__ = ()

        def _backward(self):
            return None

    for make in (lambda: Tape(1.0), Slots):
        assert run(lambda draft: draft.spy(draft.call("make")), make=make) is None


def test_what_the_code_raises_passes_through():
    def broken(*arguments):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run(lambda draft: draft.call("broken"), broken=broken)
    with pytest.raises(NameError, match="missing is not defined"):
        run(lambda draft: draft.call("missing"))
    with pytest.raises(AttributeError, match="relu"):
        run(lambda draft: draft.value(1.0).relu())


def test_a_name_that_is_no_function_is_told_in_words():
    with pytest.raises(TypeError, match=r"^7 is no function"):
        run(lambda draft: draft.call("seven"), seven=7)


def test_an_unknown_instruction_is_refused():
    with pytest.raises(ValueError, match="no instruction 'jump'"):
        evaluate({"steps": [["jump", 1]], "shows": []}, lambda name: None)


def plain(thing):
    made = Encoder([]).plain(thing)
    json.dumps(made)
    return made


class Sneaky(float):
    """A float that lies about everything."""

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __repr__(self):
        return "the right answer"


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (2.5, 2.5),
        (math.inf, math.inf),
        ("text", "text"),
        ((1, [2.0, None]), [1, [2.0, None]]),
        ({"a": 1, "b": (2,)}, {"dict": {"a": 1, "b": [2]}}),
        (2**63, {"object": "huge int", "n": 0}),
        (-(2**63), {"object": "huge int", "n": 0}),
        (10**5000, {"object": "huge int", "n": 0}),
        (numpy.float64(1.5), 1.5),
        (numpy.float32(1.5), 1.5),
        (numpy.int64(3), 3),
        (numpy.array([1.5]), 1.5),
        (numpy.bool_(True), True),
        ("x" * 9999, "x" * LONGEST_TEXT),
        (1j, {"object": "complex", "n": 0, "repr": "1j"}),
        ({1: 2}, {"object": "dict", "n": 0, "repr": "{1: 2}"}),
        (b"raw", {"object": "bytes", "n": 0, "repr": "b'raw'"}),
    ],
    ids=lambda each: f"{type(each).__name__}",
)
def test_results_become_plain_data(thing, expected):
    made = plain(thing)
    assert made == expected
    assert type(made) is type(expected)


def test_a_subclass_becomes_the_number_it_is():
    made = plain(Sneaky(3.0))
    assert type(made) is float
    assert repr(made) == "3.0"


def test_what_is_too_long_or_too_deep_is_told_as_an_object():
    assert plain([0.0] * (LONGEST_LIST + 1))["object"] == "list"
    deep = [1.0]
    for _ in range(2 * DEEPEST):
        deep = [deep]
    made = plain(deep)
    for _ in range(DEEPEST):
        [made] = made
    assert made["object"] == "list"
    endless = []
    endless.append(endless)
    plain(endless)


def test_an_object_is_named_by_its_step_or_by_a_number():
    value, stranger, other = Value(1.0), Value(2.0), Value(3.0)
    encoder = Encoder(["first", value, "third", value])
    assert encoder.plain(value) == {"value": 1, "object": "Value"}
    numbers = [each["n"] for each in encoder.plain([stranger, other, stranger])]
    assert numbers == [0, 1, 0]


def test_a_broken_repr_does_no_harm():
    class Rude:
        def __repr__(self):
            raise SystemExit

    assert plain(Rude()) == {"object": "Rude", "n": 0, "repr": ""}
