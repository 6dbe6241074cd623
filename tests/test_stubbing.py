"""A gap put back into code that is right, odd, or no Python at all; and a solution on its own."""

import ast

import pytest

from grader import exercise_text, regions
from grader.attempts import reference_text
from grader.course import load_course
from grader.selfstudy.solution import solution
from grader.selfstudy.stubbing import with_gap
from grader.selfstudy.units import holding

COURSE = load_course()
SOURCES = {lesson.id: reference_text(lesson) for lesson in COURSE.lessons}
OWN = [
    concept
    for concept in COURSE.concepts
    if concept.id in regions.concepts_in(SOURCES[concept.lesson])
]
MG3, MG4 = (exercise_text.script(SOURCES[each]) for each in ("mg3", "mg4"))
TANH = '''from mg2_chain_rule import Value, add_to_class

# %%
@add_to_class(Value)
def tanh(self):
    """Return the hyperbolic tangent of a Value, a new Value."""
    t = my_own(self.data)
    out = Value(t, (self,), "tanh")

    def _backward():
        self.grad = 1.0  # my own step

    out._backward = _backward
    return out

# %% [markdown]
# mine
'''


@pytest.mark.parametrize("concept", OWN, ids=lambda each: each.id)
def test_the_gap_of_every_concept_comes_back_and_nothing_else_changes(concept):
    source = SOURCES[concept.lesson]
    exercise, every = exercise_text.script(source), regions.concepts_in(source)
    others = [each for each in every if each != concept.id]
    full = with_gap(exercise_text.script(source, every), exercise, concept.id)
    alone = with_gap(exercise_text.script(source, [concept.id]), exercise, concept.id)
    assert (full.text, full.along, full.missing) == (exercise_text.script(source, others), (), ())
    assert (alone.text, alone.along) == (exercise, ())


@pytest.mark.parametrize("concept", OWN, ids=lambda each: each.id)
def test_a_solution_shows_its_own_concept_only(concept):
    code = solution(COURSE.lesson(concept.lesson), concept)
    ast.parse(code)
    assert "SOLUTION" not in code
    assert f'"{concept.id}"' not in code
    lines = exercise_text.script(SOURCES[concept.lesson]).split("\n")
    around = "\n".join(
        line for unit in holding(lines, concept.id) for line in lines[unit.first : unit.last]
    )
    others = [each.concept for each in regions.stubs(around) if each.concept != concept.id]
    assert [each.concept for each in regions.stubs(code)] == others


def test_the_solution_of_a_closure_leaves_the_function_around_it_to_do():
    code = solution(COURSE.lesson("mg3"), COURSE.concept("mg3.tanh-backward"))
    assert "out.data**2" in code and 'NotImplementedError("mg3.tanh")' in code
    assert "math.exp" not in code


def test_the_rest_of_a_function_is_kept():
    forward = with_gap(TANH, MG3, "mg3.tanh")
    assert 'raise NotImplementedError("mg3.tanh")\n' in forward.text
    assert "my_own" not in forward.text and "# my own step" in forward.text
    backward = with_gap(TANH, MG3, "mg3.tanh-backward")
    assert "my_own" in backward.text and "# my own step" not in backward.text
    assert backward.text.endswith("# %% [markdown]\n# mine\n")
    assert with_gap(forward.text, MG3, "mg3.tanh").text == forward.text


def test_what_cannot_be_told_apart_comes_back_together():
    """One line for two concepts: whose is it?"""
    text = TANH.replace("    def _backward():\n        self.grad = 1.0  # my own step\n\n", "")
    text = text.replace("out._backward = _backward", "out._backward = lambda: None")
    back = with_gap(text, MG3, "mg3.tanh")
    assert back.along == ("mg3.tanh-backward",)
    assert sorted(each.concept for each in regions.stubs(back.text)) == [
        "mg3.tanh",
        "mg3.tanh-backward",
    ]


def test_gaps_one_under_the_other_are_told_apart_by_their_depth():
    full = exercise_text.script(SOURCES["mg4"], ["mg4.numbers", "mg4.accumulate"])
    numbers = with_gap(full, MG4, "mg4.numbers").text
    assert "self.data + other.data" in numbers and "Value(other)" not in numbers
    accumulate = with_gap(full, MG4, "mg4.accumulate").text
    assert "Value(other)" in accumulate and "self.data + other.data" not in accumulate


def test_a_method_within_the_class_keeps_its_depth():
    text = (
        "class Value:\n    def tanh(self):\n        return 3\n\n    def other(self):\n        pass"
    )
    back = with_gap(text, MG3, "mg3.tanh")
    ast.parse(back.text)
    assert back.text.endswith("\n\n    def other(self):\n        pass")
    assert '        raise NotImplementedError("mg3.tanh")\n' in back.text


@pytest.mark.parametrize(
    "typed", ["x = (", "if self.data >", '"""never closed', "for in range:", "return )", "\tx=1"]
)
def test_half_typed_code_is_no_obstacle(typed):
    text = TANH.replace("t = my_own(self.data)", typed)
    back = with_gap(text, MG3, "mg3.tanh")
    assert typed not in back.text
    assert "# mine" in back.text
    ast.parse(back.text)


def test_a_text_that_is_never_closed_takes_nothing_along_but_its_own_cell():
    text = TANH.replace("t = my_own(self.data)", '"""never closed')
    text = text.replace("    def _backward():\n        self.grad = 1.0  # my own step\n", "")
    back = with_gap(f"{text}# %%\ndef later():\n    return 1\n", MG3, "mg3.tanh")
    assert back.along and back.text.endswith("# mine\n# %%\ndef later():\n    return 1\n")


def test_what_is_not_there_is_told():
    assert with_gap("x = 1\n", MG3, "mg3.tanh") is None
    lines = exercise_text.script(SOURCES["mg4"], ["mg4.sub"])
    without = lines.replace("def __rsub__", "def my_rsub")
    back = with_gap(without, MG4, "mg4.sub")
    assert back.missing == ("__rsub__",)
    assert "def my_rsub" in back.text


def test_a_signature_over_several_lines_survives():
    text = TANH.replace("def tanh(self):", "def tanh(\n    self,\n):")
    for each in (text, text.replace('    """Return the hyperbolic', '    """Return my own')):
        back = with_gap(each, MG3, "mg3.tanh")
        ast.parse(back.text)
        assert "my_own" not in back.text
