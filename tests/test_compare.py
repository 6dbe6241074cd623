"""Values beside PyTorch's: what agrees, and the sentence where it does not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course import Tolerance
from grader.harness.compare import describe, difference, show

TOLERANCE = Tolerance(relative=1e-6, absolute=1e-9)


def said(expected, actual):
    found = difference(expected, actual, TOLERANCE)
    return None if found is None else f"{found.where} {found.sentence}".strip()


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (2.0, 2.0),
        (2.0, 2),
        (2, 2.0),
        (2.0, 2.0 + 1.9e-6),
        (-2e6, -2e6 - 1.9),
        (0.0, 9e-10),
        (0.0, -0.0),
        ([1.0, [2.0]], [1.0, [2.0]]),
        ([], []),
        ({"dict": {"a": 1.0}}, {"dict": {"a": 1.0}}),
        ({"dict": {"a": 1.0}}, {"dict": {"a": 1.0, "more": "things"}}),
        ("text", "text"),
        (None, None),
        (True, True),
        ({"value": 3}, {"value": 3}),
    ],
)
def test_what_agrees(expected, actual):
    assert said(expected, actual) is None


@pytest.mark.parametrize(
    ("expected", "actual", "sentence"),
    [
        (2.0, 3.0, "is 3.0, PyTorch says 2.0"),
        (2.0, -2.0, "is -2.0, PyTorch says 2.0"),
        (0.0, 1.1e-9, "is 1.1e-09, PyTorch says 0.0"),
        (2.0, 2.0 + 2.1e-6, "is 2.000002, PyTorch says 2.0"),
        (1 / 3, 0.33334, "is 0.33334, PyTorch says 0.333333"),
        (1e-3, 1e-3 + 1.6e-9, "is 0.001000002, PyTorch says 0.001"),
        (2.0, math.nan, "is nan, which is no usable number"),
        (2.0, math.inf, "is inf, which is no usable number"),
        (2.0, -math.inf, "is -inf, which is no usable number"),
        (2.0, None, "is None, not a number"),
        (2.0, True, "is the boolean True, not a number"),
        (2.0, "2.0", "is the text '2.0', not a number"),
        (2.0, [2.0], "is a list of 1, not a number"),
        (2.0, {"value": 3, "object": "Value"}, "is a Value, not a number"),
        (2.0, {"object": "complex", "n": 0}, "is a complex number, not a number"),
        (2.0, {"object": "ndarray", "n": 0}, "is a ndarray, not a number"),
        (2.0, {"object": "array", "n": 0}, "is an array, not a number"),
        (2.0, {"dict": {}}, "is a dictionary, not a number"),
        ([1.0], 1.0, "is 1.0, not a list"),
        ([1.0], None, "is None, not a list"),
        ([1.0, 2.0], [1.0], "has 1 entries instead of 2"),
        ([1.0, 2.0], [1.0, 5.0], "[1] is 5.0, PyTorch says 2.0"),
        ([[1.0], [2.0]], [[1.0], ["x"]], "[1][0] is the text 'x', not a number"),
        ({"dict": {"a": 1.0}}, [1.0], "is a list of 1, not a dictionary"),
        ({"dict": {"a": 1.0}}, {"value": 0, "object": "Scalar"}, "is a Scalar, not a dictionary"),
        ({"dict": {"a": 1.0}}, {"dict": {"b": 1.0}}, "has no key 'a'"),
        ({"dict": {"a": 1.0}}, {"dict": {"a": 2.0}}, "['a'] is 2.0, PyTorch says 1.0"),
        ("text", "texts", "is the text 'texts', not 'text'"),
        ("2", 2, "is 2, not '2'"),
        (True, 1, "is 1, not True"),
        (None, 0.0, "is 0.0, not None"),
    ],
)
def test_what_differs_and_how_it_is_told(expected, actual, sentence):
    assert said(expected, actual) == sentence


def test_a_huge_integer_is_no_usable_number():
    assert "which is no usable number" in said(2.0, 10**400)


def test_numbers_that_differ_never_look_alike():
    for n in range(7, 15):
        actual = 2.0 + 3 * 10.0**-n
        found = difference(2.0, actual, Tolerance(1e-16, 1e-16))
        mine, theirs = found.sentence.removeprefix("is ").split(", PyTorch says ")
        assert mine != theirs
        assert float(mine) == pytest.approx(actual, rel=1e-6)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1, 1))
def test_the_tolerance_is_the_larger_of_both(expected, share):
    """|actual - expected| <= max(absolute, relative * |expected|)."""
    bound = max(TOLERANCE.absolute, TOLERANCE.relative * abs(expected))
    inside = expected + 0.99 * share * bound
    outside = expected + math.copysign(1.01 * bound, share)
    if math.isfinite(inside):
        assert said(expected, inside) is None
    assert said(expected, outside) is not None


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-99, 99) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3).map(lambda each: {"dict": each})
    ),
    max_leaves=8,
)


@given(PLAIN)
def test_everything_agrees_with_itself(value):
    assert said(value, value) is None


@given(PLAIN, PLAIN)
def test_any_two_things_can_be_compared_and_told(expected, actual):
    sentence = said(expected, actual)
    assert sentence is None or (sentence and "\n" not in sentence.replace("\\n", ""))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2.0"),
        (100000.0, "100000.0"),
        (1234567.0, "1.23457e+06"),
        (1 / 3, "0.333333"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (7, "7"),
        (True, "True"),
        (None, "None"),
        (math.nan, "nan"),
        ([1.0, 2], "[1.0, 2]"),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, …]"),
        ({"dict": {"a": 1.0}}, "{'a': 1.0}"),
        ("x" * 99, f"'{'x' * 57}...'"),
        ({"value": 3, "object": "Value"}, "a Value"),
    ],
)
def test_values_are_shown_short(value, text):
    assert show(value) == text


def test_an_integer_of_many_digits_is_cut():
    assert len(show(10**400)) < 80


def test_things_are_described_by_their_kind():
    assert describe({"object": "int_", "n": 0}) == "an int_"
    assert describe({}) == "an object"
    assert describe([]) == "a list of 0"
