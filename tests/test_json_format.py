"""Reports as JSON: strict, in the documented order, and the same after reading back."""

import copy
import json
import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import (
    REPORT_FORMAT,
    CheckResult,
    ConceptResult,
    Diagnosis,
    Isolation,
    Outcome,
    Place,
    Report,
    State,
)
from grader.render.json_format import (
    check_from_data,
    check_to_data,
    render_json,
    report_from_data,
    report_to_data,
)

PLACE = Place("mg3_backpropagation.py", 42, "tanh", None, "t = math.tan(self.data)")
FAILED = CheckResult(
    id="test_mg3_backpropagation::test_near_zero",
    concept="mg3.tanh",
    outcome=Outcome.FAILED,
    message="a.tanh().data is 0.5, PyTorch says 0.462117",
    program="a = Value(0.5)",
    shown="a.tanh().data",
    expected=0.46211715726000973,
    actual=0.5,
    place=PLACE,
    output="hello\n",
)
PASSED = CheckResult("test_mg3_backpropagation::test_far", "mg3.tanh", Outcome.PASSED, carried=True)
REPORT = Report(
    course="micrograd, by hand",
    course_version="1.0",
    grader_version="0.1",
    seed=7,
    isolation=Isolation("reduced", ("seccomp",)),
    submission="exercises",
    concepts=(
        ConceptResult(
            id="mg3.tanh",
            lesson="mg3",
            title="tanh, forward",
            state=State.PARTIAL,
            earned=1.0,
            possible=2,
            bonus=False,
            carried=True,
            checks=(FAILED, PASSED),
            diagnosis=Diagnosis("tan is not tanh.", "tan", "tanh", "a", "mg3.py", 42),
            place=PLACE,
        ),
    ),
    score=1.0,
    max_score=2,
    bonus=0.0,
    max_bonus=0,
    complete=False,
    notes=("mg4.ipynb, cell 3: NameError",),
    reused=3,
    started="2026-01-02T03:04:05+00:00",
    seconds=0.25,
)


def with_check(**more):
    """The report with one check changed."""
    [concept] = REPORT.concepts
    changed = replace(concept, checks=(replace(FAILED, **more), PASSED))
    return replace(REPORT, concepts=(changed,))


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


def strictly(text):
    return json.loads(text, parse_constant=refuse)


def test_the_documented_fields_in_the_documented_order():
    told = re.search(r"in this order: (.*?)\. Only", Report.__doc__, re.DOTALL)[1]
    top = re.sub(r"\([^()]*\)", "", told)
    data = strictly(render_json(REPORT))
    assert list(data) == re.findall(r"`(\w+)`", top)
    told_concept = re.search(r"\(in course order: (.*?)\)", Report.__doc__, re.DOTALL)[1]
    assert list(data["concepts"][0]) == re.findall(r"`(\w+)`", told_concept)
    assert data["format"] == REPORT_FORMAT


def test_the_contract_s_names_hold():
    data = strictly(render_json(REPORT))
    assert set(data["isolation"]) == {"level", "missing"}
    [concept] = data["concepts"]
    assert concept["state"] == "partial"
    assert concept["diagnosis"] == {
        "sentence": "tan is not tanh.",
        "mistake": "tan",
        "operator": "tanh",
        "node": "a",
        "file": "mg3.py",
        "line": 42,
        "think": "",
        "ties": [],
        "facts": [],
        "case": None,
    }
    failed, passed = concept["checks"]
    assert {"id", "outcome", "message", "program", "expected", "actual"} <= set(failed)
    assert (failed["outcome"], passed["outcome"]) == ("failed", "passed")
    assert (passed["program"], passed["expected"], passed["place"]) == (None, None, None)


def test_a_report_survives_the_round_trip():
    assert report_from_data(strictly(render_json(REPORT))) == REPORT
    assert report_from_data(report_to_data(REPORT)) == REPORT


@given(
    st.sampled_from(list(Outcome)), st.text(), st.text(), st.floats() | st.integers() | st.text()
)
def test_a_check_survives_the_round_trip(outcome, message, output, actual):
    check = CheckResult("test::a", "mg3.tanh", outcome, message, actual=actual, output=output)
    back = check_from_data(json.loads(json.dumps(check_to_data(check))), "mg3.tanh")
    if isinstance(actual, float) and not math.isfinite(actual):
        assert back.actual == str(actual)
    else:
        assert back == check


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        -math.inf,
        [1.0, [math.inf]],
        {"dict": {"a": math.nan}},
        10**30,
        "\x1b[31m",
        "\ud800",
        None,
        {"value": 3},
    ],
    ids=repr,
)
def test_whatever_a_student_returned_is_strict_json_that_a_file_can_hold(value):
    text = render_json(with_check(actual=value, expected=value))
    text.encode("utf-8")
    assert text.endswith("}\n")
    report_from_data(strictly(text))


def test_a_path_that_is_no_utf8_can_be_written():
    text = render_json(replace(REPORT, submission="caf\udce9"))
    text.encode("utf-8")
    assert strictly(text)["submission"] == "caf\udce9"


def test_texts_are_readable_as_they_are():
    assert "größer → ✓" in render_json(with_check(message="größer → ✓"))


def changes():
    """Ways to spoil a report: (path to a key, its new value; ... takes it away)."""
    yield from (((key,), ...) for key in report_to_data(REPORT))
    yield ("format",), REPORT_FORMAT + 1
    yield ("format",), str(REPORT_FORMAT)
    yield ("course",), "a text"
    yield ("seed",), "seven"
    yield ("score",), None
    yield ("isolation", "missing"), None
    yield ("concepts",), None
    yield ("concepts",), [1]
    yield ("concepts", 0, "state"), "splendid"
    yield ("concepts", 0, "checks"), 5
    yield ("concepts", 0, "place"), "there"
    yield ("concepts", 0, "place"), {"file": "a", "unknown": 1}
    yield ("concepts", 0, "diagnosis"), {"mistake": "no sentence"}
    yield ("concepts", 0, "checks", 0, "outcome"), "splendid"
    yield ("concepts", 0, "checks", 0, "id"), ...
    yield ("notes",), 3


@pytest.mark.parametrize(("path", "value"), list(changes()))
def test_what_is_no_report_is_refused_with_a_value_error(path, value):
    data = copy.deepcopy(report_to_data(REPORT))
    at = data
    for key in path[:-1]:
        at = at[key]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    with pytest.raises(ValueError, match=r"report|splendid|literal|float"):
        report_from_data(data)


@pytest.mark.parametrize("data", [None, [], "report", 3, {}])
def test_other_json_is_refused(data):
    with pytest.raises(ValueError, match="not a report of format 1"):
        report_from_data(data)


def test_the_totals_are_the_report_s_own():
    data = report_to_data(REPORT)
    assert (data["score"], data["max_score"], data["complete"]) == (1.0, 2, False)
