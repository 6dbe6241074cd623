"""grader.regions: markers, stubs, and filling them in."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import regions
from grader.course import load_course
from grader.regions import MarkerError, Stub

LESSON = dedent(
    '''
    class Value:
        def __init__(self, data):
            """Wrap a number."""
            ### BEGIN SOLUTION mg2.value
            self.data = data

            self.grad = 0.0
            ### END SOLUTION
            self._prev = set()

        def __repr__(self):
            ### BEGIN SOLUTION mg2.value
            return f"Value(data={self.data})"
            ### END SOLUTION


    def trace(root):
        ### BEGIN SOLUTION mg2.trace
        if root:
            return root
        ### END SOLUTION
    '''
)

EXERCISE = dedent(
    '''
    class Value:
        def __init__(self, data):
            """Wrap a number."""
            raise NotImplementedError("mg2.value")
            self._prev = set()

        def __repr__(self):
            raise NotImplementedError("mg2.value")


    def trace(root):
        raise NotImplementedError("mg2.trace")
    '''
)

# Lines that are neither markers nor stubs nor definitions.
plain_lines = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\n")).filter(
        lambda line: "SOLUTION" not in line and "NotImplementedError" not in line
    ),
    max_size=6,
)
concept_ids = st.from_regex(r"mg[1-9]\.[a-z]{1,8}(-[a-z]{1,8})?", fullmatch=True)
indents = st.sampled_from(["", "    ", "        "])


@st.composite
def lessons(draw):
    """A source of plain lines and regions, one function each, and the regions' concepts."""
    lines, concepts = [], []
    for number in range(draw(st.integers(0, 4))):
        concept, indent = draw(concept_ids), draw(indents)
        body = [f"{indent}{line}" for line in draw(plain_lines)]
        lines += [*draw(plain_lines), f"{indent}def f{number}():"]
        lines += [f"{indent}### BEGIN SOLUTION {concept}", *body, f"{indent}### END SOLUTION"]
        concepts.append(concept)
    return "\n".join([*lines, *draw(plain_lines)]), concepts


def test_an_exercise_has_stubs_where_the_regions_were():
    assert regions.exercise(LESSON) == EXERCISE


def test_without_stubs_one_concept_alone():
    text = regions.without(LESSON, "mg2.trace")
    assert [stub.concept for stub in regions.stubs(text)] == ["mg2.trace"]
    assert "self.grad = 0.0" in text
    assert "SOLUTION" not in text


def test_stubs_tell_line_function_and_class():
    assert list(regions.stubs(EXERCISE)) == [
        Stub("mg2.value", 5, "__init__", "Value"),
        Stub("mg2.value", 9, "__repr__", "Value"),
        Stub("mg2.trace", 13, "trace"),
    ]


def test_functions_of_one_name_are_told_apart_by_the_class_they_are_attached_to():
    source = "\n".join(
        f"""
@add_to_class({owner})
def parameters(self):
    ### BEGIN SOLUTION mg6.parameters
    return self.{owner}
    ### END SOLUTION"""
        for owner in ("Neuron", "Layer", "MLP")
    )
    mine = regions.exercise(source).replace(
        'raise NotImplementedError("mg6.parameters")', "return mine", 1
    )
    filled = regions.fill(mine, source, "mg6.loss").text
    assert filled == regions.without(source).replace("self.Neuron", "mine")


@pytest.mark.parametrize(
    "line",
    [
        "raise NotImplementedError('mg2.value')",
        '\traise  NotImplementedError( "mg2.value" )  # later',
    ],
)
def test_a_stub_is_known_however_it_is_typed(line):
    assert [stub.concept for stub in regions.stubs(line)] == ["mg2.value"]


@pytest.mark.parametrize(
    "line",
    [
        '# raise NotImplementedError("mg2.value")',
        "raise NotImplementedError",
        'raise NotImplementedError("later")',
        "raise NotImplementedError(\"mg2.value')",
    ],
)
def test_what_only_looks_like_a_stub_is_none(line):
    assert not list(regions.stubs(line))


def test_fill_takes_each_body_from_the_function_of_the_same_name():
    filled = regions.fill(EXERCISE, LESSON, "mg2.trace")
    assert filled.text == regions.without(LESSON, "mg2.trace")


def test_a_function_defined_inside_a_region_does_not_hide_the_one_around_it():
    source = dedent(
        """
        def tanh(self):
            ### BEGIN SOLUTION mg3.tanh
            def inner():
                pass
            ### END SOLUTION
            ### BEGIN SOLUTION mg3.tanh-backward
            return inner
            ### END SOLUTION
        """
    )
    filled = regions.fill(regions.exercise(source), source)
    assert filled.text == regions.without(source)


def test_fill_keeps_the_students_own_indentation_and_leaves_other_code_alone():
    mine = 'class Value:\n  def __repr__(self):\n      raise NotImplementedError("mg2.value")\n'
    filled = regions.fill(mine, LESSON, "mg2.trace")
    assert filled.text.split("\n")[2] == '      return f"Value(data={self.data})"'


def test_fill_leaves_a_stub_that_has_no_counterpart():
    mine = 'def other():\n    raise NotImplementedError("mg2.value")'
    assert regions.fill(mine, LESSON, "mg2.trace").text == mine


def test_fill_says_where_every_line_came_from():
    filled = regions.fill(EXERCISE, LESSON, "mg2.trace")
    theirs, mine = filled.text.split("\n"), EXERCISE.split("\n")
    assert len(filled.origins) == len(theirs)
    for line, origin in zip(theirs, filled.origins, strict=True):
        assert line == mine[origin - 1] or "mg2.value" in mine[origin - 1]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x\n### BEGIN SOLUTION\n### END SOLUTION", "line 2: write ### BEGIN SOLUTION and"),
        ("### BEGIN SOLUTION a b", "line 1: write ### BEGIN SOLUTION and"),
        ("### BEGIN SOLUTION mg1.a\n### BEGIN SOLUTION mg1.b", "line 2: write"),
        ("x\n\n### END SOLUTION", "line 3: ### END SOLUTION without its beginning"),
        ("### BEGIN SOLUTION mg1.a\nx", "the region of mg1.a has no ### END SOLUTION"),
    ],
)
def test_markers_that_do_not_pair_up_are_named(source, message):
    for function in (regions.exercise, regions.concepts_in):
        with pytest.raises(MarkerError, match=message):
            function(source)


@given(lessons())
def test_every_region_becomes_one_stub_and_no_marker_is_left(lesson):
    source, concepts = lesson
    text = regions.exercise(source)
    assert [stub.concept for stub in regions.stubs(text)] == concepts
    assert regions.concepts_in(source) == list(dict.fromkeys(concepts))
    assert "SOLUTION" not in text


@given(lessons(), concept_ids)
def test_filling_an_exercise_gives_the_solution_again(lesson, keep):
    source, _ = lesson
    filled = regions.fill(regions.exercise(source), source, keep)
    expected = regions.without(source, keep)
    assert [line.rstrip() for line in filled.text.split("\n")] == [
        line.rstrip() for line in expected.split("\n")
    ]
    assert len(filled.origins) == len(filled.text.split("\n"))


@given(st.text(), concept_ids)
def test_any_text_at_all_can_be_filled(text, keep):
    filled = regions.fill(text, LESSON, keep)
    assert len(filled.origins) == len(filled.text.split("\n"))


@given(st.text().filter(lambda text: "SOLUTION" not in text))
def test_a_text_without_markers_stays_as_it_is(text):
    assert regions.exercise(text) == text


def test_the_courses_own_lessons_come_back_whole():
    from grader.attempts import reference_text

    for lesson in load_course().lessons:
        source = reference_text(lesson)
        filled = regions.fill(regions.exercise(source), source)
        assert filled.text == regions.without(source)
