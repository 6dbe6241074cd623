"""Safe text, points, and numbers that can be told apart."""

import pytest

from grader.render.lines import lines_of, number_pair, points, safe


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (1.5, "1.5"), (0.33, "0.33"), (10.0, "10"), (0.0, "0")]
)
def test_points(value, text):
    assert points(value) == text


@pytest.mark.parametrize(
    ("pair", "texts"),
    [
        ((2.0, 4.0), ("2.0", "4.0")),
        ((0.1 + 0.2, 0.4), ("0.3", "0.4")),
        ((0.33333333, 0.33333334), ("0.33333333", "0.33333334")),
        ((float("nan"), 1.0), ("nan", "1.0")),
        ((10**400, 1.0), ("10000000000000000000… (401 digits)", "1.0")),
        ((1e-12, 0.0), ("1e-12", "0.0")),
    ],
)
def test_two_numbers_can_be_told_apart(pair, texts):
    assert number_pair(*pair) == texts


def test_lines_in_the_middle_are_left_out():
    text = "\n".join(f"a{number}" for number in range(20))
    assert lines_of(text, 5) == ["a0", "a1", "… 16 more lines", "a18", "a19"]


def test_safe_is_one_short_line():
    assert safe("a\nb\x1b\x9b") == "a\ufffdb\ufffd\ufffd"
    assert len(safe("x" * 1000)) == 201
