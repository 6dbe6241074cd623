"""Two engines are compared by what they did: numbers but for the last digits, words, structures."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.diagnosis.behaviour import (
    Conduct,
    alike,
    behaviour,
    from_data,
    replied,
    resembles,
    same_answers,
    to_data,
)
from grader.diagnosis.curves import SHORTEST, curve_of
from grader.diagnosis.shapes import shape_of
from grader.expressions import Draft
from grader.harness import Exchange
from grader.model import CheckResult, Outcome
from grader.sandbox import Fault, Reply

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), FINITE, st.text(max_size=5))
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
ANY_FLOATS = st.lists(st.one_of(PLAIN, st.floats()), max_size=4)


# Replies


@given(PLAIN)
def test_alike_is_reflexive(value):
    assert alike(value, value)
    assert alike(value, json.loads(json.dumps(value)))


@given(PLAIN, PLAIN)
def test_alike_is_symmetric(one, other):
    assert alike(one, other) == alike(other, one)


@given(ANY_FLOATS)
def test_a_reply_resembles_itself_after_the_cache(values):
    """Also with nan and infinity in it, which JSON has not."""
    reply = replied(Reply(tuple(values), None))
    assert alike(reply, json.loads(json.dumps(reply, allow_nan=False)))


@given(st.floats(1e-3, 1e6), st.floats(-1, 1))
def test_only_the_last_digits_may_differ(number, share):
    assert alike([number], [number * (1 + 1e-10 * share)])
    assert not alike([number], [number * (1 + 1e-6)])
    assert not alike([number], [-number])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (0, False, False),
        (None, 0, False),
        ([1.0], [1.0, 1.0], False),
        ([1.0], 1.0, False),
        ({"a": 1.0}, {"b": 1.0}, False),
        ({"a": 1.0}, {"a": 1.0 + 1e-12}, True),
        ({"value": 10**400}, {"value": 3}, False),
        ("nan", math.nan, False),
    ],
)
def test_alike(one, other, same):
    assert alike(one, other) is same
    assert alike(other, one) is same


def test_faults_are_alike_whatever_the_address():
    def fault(text):
        return replied(Reply(None, Fault(Outcome.ERROR, text)))

    assert fault("<object at 0x7f01>") == fault("<object at 0x7fa2>")
    assert fault("list index 3") == fault("list index 12")
    assert fault("TypeError: no") != fault("ValueError: no")


def test_two_objects_are_told_apart_by_their_type_alone():
    one = {"object": "Tensor", "n": 0, "repr": "<Tensor at 0x1>"}
    assert alike(replied(Reply((one,), None)), replied(Reply((one | {"n": 3, "repr": ""},), None)))
    assert not alike(
        replied(Reply((one,), None)), replied(Reply((one | {"object": "list"},), None))
    )


# Checks


def conduct(outcome="failed", said="", numbers=(1.0,), shapes=()):
    return Conduct(outcome, said, tuple(numbers), tuple(shapes))


def test_of_what_passed_nothing_more_is_compared():
    assert conduct("passed", numbers=[1.0]).resembles(conduct("passed", numbers=[2.0]))
    assert not conduct("passed").resembles(conduct("failed"))
    assert not conduct("error").resembles(conduct("failed"))


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"numbers": [1.0 + 1e-12]}, True),
        ({"numbers": [1.1]}, False),
        ({"numbers": [1.0, 1.0]}, False),
        ({"said": "has 2 entries instead of 3"}, False),
        ({"shapes": [1]}, False),
    ],
)
def test_what_failed_is_compared_whole(changed, same):
    assert conduct().resembles(conduct(**changed)) is same
    assert conduct(**changed).resembles(conduct()) is same


def test_a_sentence_with_a_number_may_differ_in_digits_while_the_numbers_agree():
    one = conduct(said="a.grad is 0.3, PyTorch says 0.1")
    assert one.resembles(conduct(said="a.grad is 0.30000001, PyTorch says 0.1"))
    assert not one.resembles(conduct(said="a.grad is 0.3, PyTorch says 0.1", numbers=[2.0]))


def test_engines_resemble_each_other_in_every_check_that_both_were_asked():
    one = {"a": conduct(), "b": conduct(numbers=[2.0])}
    assert resembles(one, one | {"c": conduct()})
    assert not resembles(one, one | {"b": conduct(numbers=[3.0])})


def test_answers_are_compared_also_where_all_passed():
    """When numbers are not judged, everything passes, and what differs decides."""
    one, other = conduct("passed", numbers=[1.0]), conduct("passed", numbers=[2.0])
    assert same_answers({"a": one}, {"a": one})
    assert not same_answers({"a": one}, {"a": other})
    assert not same_answers({"a": one}, {"a": conduct("failed")})
    assert not same_answers({"a": conduct(shapes=[1])}, {"a": conduct(shapes=[2])})


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.lists(PLAIN, max_size=3), SCALARS)))
def test_behaviour_survives_the_cache(checks):
    found = {
        name: Conduct("failed", "said", tuple(values), (shape,))
        for name, (values, shape) in checks.items()
    }
    again = from_data(json.loads(json.dumps(to_data(found))))
    assert again.keys() == found.keys()
    assert resembles(found, again) and same_answers(found, again)


@pytest.mark.parametrize("data", [None, [], 3, {"a": 1}, {"a": ["failed", "said"]}, {"a": None}])
def test_anything_else_in_the_cache_was_never_there(data):
    assert from_data(data) is None


def test_what_was_judged_by_a_rule_is_kept_as_a_shape():
    draft = Draft()
    a, b = draft.values(2.0, 3.0)
    program = draft.show(draft.call("topological_order", a * b)).program()
    order = [{"value": n, "object": "Value"} for n in (1, 2, 3)]
    exchanges = [
        Exchange(program, Reply((order,), None), None),
        Exchange(program, Reply((1.5,), None), (2.0,)),
        Exchange(program, Reply(None, Fault(Outcome.ERROR, "TypeError: 7")), None),
    ]
    result = CheckResult("s::a", "mg3.x", Outcome.ERROR, "at 0x7f line 7")
    found = behaviour([result], {"s::a": exchanges})["s::a"]
    assert found.numbers == ([1.5], "error: TypeError: …")
    assert len(found.shapes) == 1
    assert found.said == "at … line …"


# Structures


def order_of(*names, shown="topological_order"):
    """The shape of a list of Values of c = a * b; d = c + a, by their letters."""
    draft = Draft()
    a, b = draft.values(2.0, 3.0)
    c = a * b
    d = c + a
    values = {"a": a, "b": b, "c": c, "d": d}
    shows = draft.call(shown, d) if shown != "spy" else draft.spy(a, b, c, d)
    program = draft.show(shows).program()
    answer = [{"value": draft.number_of(values[each]), "object": "Value"} for each in names]
    return shape_of(program, [answer])


def test_all_right_orders_are_alike():
    assert order_of(*"abcd") == order_of(*"bacd")


@pytest.mark.parametrize("names", ["dcba", "abdc", "cabd", "aabcd", "abc", "abcdd", ""])
def test_a_wrong_order_is_none_of_them(names):
    assert order_of(*names) != order_of(*"abcd")


def test_one_wrong_order_is_not_another():
    """The root is last in one of them."""
    assert order_of(*"abdc") != order_of(*"cabd")


def test_the_calls_of_closures_have_an_order_too():
    assert order_of(*"dcab", shown="spy") == order_of(*"dcba", shown="spy")
    assert order_of(*"cdab", shown="spy") != order_of(*"dcba", shown="spy")


def test_elsewhere_a_list_is_a_set():
    assert order_of(*"dcab", shown="trace") == order_of(*"abcd", shown="trace")
    assert order_of(*"abc", shown="trace") != order_of(*"abcd", shown="trace")


def test_numbers_that_nobody_else_could_draw_are_numbers():
    draft = Draft()
    program = draft.show(draft.call("Neuron", 2).w[0].data).program()
    assert shape_of(program, [0.3]) == shape_of(program, [-0.7])
    assert shape_of(program, [0.3]) != shape_of(program, [0.0])
    assert shape_of(program, [True]) != shape_of(program, [1.0])


# Trainings


def training(yours, expected, call="train", check="s::a"):
    """What was said in a check that calls this function."""
    draft = Draft()
    program = draft.show(draft.call(call, 20)).program()
    right = None if expected is None else (expected,)
    reply = Reply((yours,), None) if yours is not None else Reply(None, None)
    return CheckResult(check, "mg7.train", Outcome.FAILED), {
        check: [Exchange(program, reply, right)]
    }


LOSSES, OTHERS = [4.0, 2.0, 1.0, 0.5, 0.25], [4.0, 3.0, 2.5, 2.25]


@pytest.mark.parametrize("call", ["train", "train_classifier"])
def test_losses_beside_pytorchs_are_a_curve(call):
    result, ledger = training(OTHERS, LOSSES, call)
    found = curve_of(ledger, [result])
    assert (list(found.yours), list(found.expected)) == (OTHERS, LOSSES)


@pytest.mark.parametrize(
    ("yours", "expected", "call"),
    [
        (LOSSES, LOSSES, "softmax"),
        (LOSSES, None, "train"),
        (None, LOSSES, "train"),
        (LOSSES[: SHORTEST - 1], LOSSES, "train"),
        ([*LOSSES, math.nan], LOSSES, "train"),
        ([*LOSSES, None], LOSSES, "train"),
        (3.0, LOSSES, "train"),
    ],
)
def test_anything_else_is_no_curve(yours, expected, call):
    result, ledger = training(yours, expected, call)
    assert curve_of(ledger, [result]) is None


def test_the_longest_training_is_shown():
    one, short = training(OTHERS, LOSSES[:4])
    other, long = training(LOSSES, LOSSES, check="s::b")
    for results in ([one, other], [other, one]):
        assert list(curve_of(short | long, results).yours) == LOSSES
    assert list(curve_of(short | long, [one]).yours) == OTHERS
