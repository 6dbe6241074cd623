"""course.toml is validated, and every message names key, value and remedy."""

import copy
import dataclasses

import pytest

from grader.course import load_course, parse_course, unknown
from grader.errors import CourseError, UsageError

HINTS = ["Ask.", "Tell.", "Nearly say."]
TABLE = {
    "format": 1,
    "title": "A course",
    "version": "1.0",
    "seed": 7,
    "tolerance": {"relative": 1e-6, "absolute": 1e-9},
    "limits": {
        "program_seconds": 2.0,
        "lesson_seconds": 20,
        "cell_seconds": 3,
        "notebook_seconds": 9,
        "memory_mib": 1024,
        "output_kib": 64,
        "file_kib": 1024,
    },
    "lesson": [
        {
            "id": "mg1",
            "file": "mg1_slopes",
            "title": "Slopes",
            "concept": [
                {"id": "mg1.a", "title": "A", "points": 2, "names": ["a"], "hints": HINTS},
                {"id": "mg1.b", "title": "B", "points": 3, "names": ["b"], "hints": HINTS},
            ],
        },
        {
            "id": "mg2",
            "file": "mg2_chain",
            "title": "Chain",
            "bonus": True,
            "concept": [
                {
                    "id": "mg2.c",
                    "title": "C",
                    "points": 1,
                    "names": [],
                    "requires": ["Value"],
                    "carry": False,
                    "worker": "torch",
                    "hints": HINTS,
                }
            ],
        },
    ],
}
LESSON = ("lesson", 0)
CONCEPT = (*LESSON, "concept", 0)
GONE = object()


def changed(path, value):
    """The table with one value changed, or taken away."""
    table = copy.deepcopy(TABLE)
    at = table
    for key in path[:-1]:
        at = at[key]
    if value is GONE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return table


def refusal(path, value):
    with pytest.raises(CourseError) as caught:
        parse_course(changed(path, value), "course.toml")
    return str(caught.value)


def test_a_valid_table_becomes_a_course():
    course = parse_course(TABLE, "course.toml", digest="abc")
    assert (course.title, course.version, course.seed, course.digest) == (
        "A course", "1.0", 7, "abc",
    )  # fmt: skip
    assert course.limits.lesson_seconds == 20.0
    assert [lesson.id for lesson in course.lessons] == ["mg1", "mg2"]
    assert [concept.id for concept in course.concepts] == ["mg1.a", "mg1.b", "mg2.c"]


def test_defaults_are_an_ordinary_lesson_and_a_concept_that_needs_what_it_names():
    plain, bonus = parse_course(TABLE, "course.toml").lessons
    assert (plain.bonus, bonus.bonus) == (False, True)
    first, last = plain.concepts[0], bonus.concepts[0]
    assert (first.requires, first.carry, first.worker) == (("a",), True, "plain")
    assert (last.requires, last.carry, last.worker) == (("Value",), False, "torch")


def test_a_course_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_course().title = "mine"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("format",), 2, "course.toml: format is 2, this grader reads 1; use the grader"),
        (("format",), "1", "course.toml: format is '1'; write a whole number, 1 or more"),
        (("format",), True, "course.toml: format is True; write a whole number"),
        (("title",), GONE, "course.toml: 'title' is missing; add it"),
        (("title",), "  ", "course.toml: title is '  '; write a text"),
        (("title",), 7, "course.toml: title is 7; write a text"),
        (("seed",), -1, "course.toml: seed is -1; write a whole number, 0 or more"),
        (("seed",), 1.5, "course.toml: seed is 1.5; write a whole number"),
        (("tolerance",), 3, "course.toml: tolerance is 3; write a table [tolerance]"),
        (("tolerance",), GONE, "course.toml: 'tolerance' is missing; add it"),
        (
            ("tolerance", "relative"), 0.5,
            "course.toml: [tolerance]: relative is 0.5; write a number above 0 below 0.1",
        ),
        (
            ("tolerance", "absolute"), 0,
            "course.toml: [tolerance]: absolute is 0; write a number above 0 below 0.1",
        ),
        (
            ("tolerance", "relativ"), 1,
            "course.toml: [tolerance]: unknown key 'relativ'; did you mean 'relative'?",
        ),
        (
            ("limits", "program_seconds"), float("nan"),
            "course.toml: [limits]: program_seconds is nan; write a number above 0",
        ),
        (
            ("limits", "lesson_seconds"), True,
            "course.toml: [limits]: lesson_seconds is True; write a number above 0",
        ),
        (
            ("limits", "memory_mib"), 8,
            "course.toml: [limits]: memory_mib is 8; write a whole number, 64 or more",
        ),
        (("lesson",), [], "course.toml: lesson is []; write one or more tables [[lesson]]"),
        (("lesson",), [3], "course.toml: lesson is [3]; write one or more tables [[lesson]]"),
        ((*LESSON, "id"), GONE, "course.toml: lesson 1: 'id' is missing; add it"),
        (
            (*LESSON, "file"), "mg1_slopes.py",
            "course.toml: lesson 'mg1': file is 'mg1_slopes.py'; name it like mg1_topic: "
            "letters, digits, _, no .py",
        ),
        (
            (*LESSON, "file"), "slopes",
            "course.toml: lesson 'mg1': file is 'slopes'; name it like mg1_topic",
        ),
        (
            (*LESSON, "bonus"), "yes",
            "course.toml: lesson 'mg1': bonus is 'yes'; write true or false",
        ),
        (
            (*CONCEPT, "worker"), "tensorflow",
            "course.toml: concept 'mg1.a': worker is 'tensorflow'; write one of 'plain', 'torch'",
        ),
        (
            (*LESSON, "titel"), "x",
            "course.toml: lesson 'mg1': unknown key 'titel'; did you mean 'title'?",
        ),
        (
            (*CONCEPT, "id"), "mg2.a",
            "course.toml: concept 'mg2.a': id is 'mg2.a'; begin it with 'mg1.'",
        ),
        (
            (*CONCEPT, "points"), 0,
            "course.toml: concept 'mg1.a': points is 0; write a whole number, 1 or more",
        ),
        (
            (*CONCEPT, "points"), 1.5,
            "course.toml: concept 'mg1.a': points is 1.5; write a whole number, 1 or more",
        ),
        (
            (*CONCEPT, "hints"), HINTS[:2],
            "course.toml: concept 'mg1.a': hints is '2 of them'; write three, from a nudge",
        ),
        (
            (*CONCEPT, "hints"), ["Ask.", "", "Tell."],
            "course.toml: concept 'mg1.a': hints is ['Ask.', '', 'Tell.']; write a list of texts",
        ),
        (
            (*CONCEPT, "names"), "Value.tanh",
            "course.toml: concept 'mg1.a': names is 'Value.tanh'; write a list of texts",
        ),
        ((*CONCEPT, "names"), GONE, "course.toml: concept 'mg1.a': 'names' is missing; add it"),
        (
            (*CONCEPT, "carry"), 1,
            "course.toml: concept 'mg1.a': carry is 1; write true or false",
        ),
        (
            (*CONCEPT, "colour"), "red",
            "course.toml: concept 'mg1.a': unknown key 'colour'; remove it",
        ),
        (
            (*CONCEPT, "id"), "mg1.b",
            "course.toml: concept id 'mg1.b' stands twice; rename one",
        ),
        (
            (*CONCEPT, "title"), ["long"] * 40,
            "course.toml: concept 'mg1.a': title is ['long', 'long', 'long', 'long', 'long', "
            "'long', 'long', ...; write a text",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_key_value_and_remedy(path, value, message):
    found = refusal(path, value)
    assert found.startswith(message)
    assert "\n" not in found


def test_lesson_ids_and_files_are_unique():
    table = copy.deepcopy(TABLE)
    table["lesson"].append(copy.deepcopy(TABLE["lesson"][0]))
    with pytest.raises(CourseError, match="lesson id 'mg1' stands twice; rename one"):
        parse_course(table, "course.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"format = ", "course.toml: is not valid TOML: "),
        (b"\xff", "course.toml: is not UTF-8; save it as UTF-8"),
        (b"", "course.toml: 'format' is missing; add it"),
    ],
)
def test_a_file_that_is_no_course(tmp_path, content, message):
    path = tmp_path / "course.toml"
    path.write_bytes(content)
    with pytest.raises(CourseError) as caught:
        load_course(path)
    assert message in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CourseError, match=r"course.toml: can't be read \(No such file"):
        load_course(tmp_path / "course.toml")


def test_lessons_are_found_by_id_and_by_file():
    course = load_course()
    assert course.lesson("mg3") is course.lesson("mg3_backpropagation")
    assert course.concept("mg3.tanh").lesson == "mg3"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("mg33", "no lesson 'mg33'; did you mean 'mg3'?"),
        ("zzz", "no lesson 'zzz' (mg1, mg2, mg3, mg4, mg5, mg6, mg7, mg8)"),
    ],
)
def test_an_unknown_lesson_gets_the_nearest_suggested(given, message):
    with pytest.raises(UsageError) as caught:
        load_course().lesson(given)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("given", "near"),
    [("mg3.tahn", "mg3.tanh"), ("topological-order", "mg3.topological-order")],
)
def test_an_unknown_concept_gets_the_nearest_suggested(given, near):
    with pytest.raises(UsageError, match=f"no concept '{given}'; did you mean '{near}'"):
        load_course().concept(given)


def test_a_name_like_no_other_gets_no_suggestion():
    many = [f"concept-{number}" for number in range(20)]
    assert unknown("thing", "zzz", many) == "no thing 'zzz'"
