"""Every format: accepted by the program it is for, the same totals in all, hostile text inert.

After a wanted change: UPDATE_GOLDENS=1 pytest tests/test_formats.py, then read the diff.
"""

import base64
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import scoring
from grader.course import load_course
from grader.model import ConceptResult, Outcome, Place, State
from grader.render import told
from grader.render.classroom50 import trouble_with
from grader.render.formats import FORMATS, render
from grader.render.told import Setting
from tests import format_rules, report_examples
from tests.report_examples import TITLES
from tests.test_render_text import half_done as short_half_done
from tests.test_render_text import hostile as short_hostile

GOLDENS = Path(__file__).parent / "goldens" / "formats"
CLASSROOM = {
    "CLASSROOM": "ml-101",
    "ASSIGNMENT": "micrograd",
    "SUBMISSION_TAG": "submit/2",
    "COMMIT_URL": "c",
    "RELEASE_URL": "r",
    "REVIEW_URL": "v",
}
SETTING = Setting(TITLES, "exercises", CLASSROOM)
HOSTILE = (
    "</system-out>]]><b onclick='x'>[l](javascript:x) | `~~~` ```\n::error::x\r::add-mask::\n"
    "##[error]x %0A%25 $x$ \x1b[31m\x00\x85\u202e\u2066\ufeff\ufffe\udc80 @all #1 ${{ x }} &amp;"
)
OURS = [each for each in FORMATS if each not in ("json", "html")]  # these two have their own tests
CASES = {
    "full_marks": report_examples.full_marks,
    "untouched": report_examples.untouched,
    "half_done": report_examples.half_done,
    "syntax_error": report_examples.does_not_load,
    "timeout": report_examples.timeout,
    "crash": report_examples.crash,
    "graders_fault": report_examples.graders_fault,
    "interrupted": report_examples.interrupted,
    "hostile": lambda: report_examples.hostile(HOSTILE),
    "endless": lambda: report_examples.hostile("\U0001f4a3&<\\" * 100_000),
}
COURSE = load_course()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", CASES)
def test_rules(case, name):
    report = CASES[case]()
    said = format_rules.ALL_RULES[name](render(name, report, SETTING))
    agrees(said, report)


def agrees(said, report):
    """A reader of the format finds the totals of the report."""
    if said is None:
        return
    counted = (said.score, said.max_score)
    if said.bonus is None:
        assert counted == report.counted
    else:
        assert counted == (report.score, report.max_score)
        assert (said.bonus, said.max_bonus) == (report.bonus, report.max_bonus)


# Goldens


@pytest.mark.parametrize("name", [each for each in OURS if each != "text"])
@pytest.mark.parametrize("case", [short_half_done, short_hostile])
def test_golden(case, name):
    shown = render(name, replace(case(), started="2026-01-02T03:04:05+00:00"), SETTING)
    if name == "github-classroom":
        shown = json.dumps(json.loads(base64.b64decode(shown)), indent=1)
    golden = GOLDENS / f"{case.__name__}.{name}"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


# The same totals in all of them

SAMPLE = [each for each in COURSE.concepts if each.id[:3] in ("mg2", "mg3", "mg8")]


@st.composite
def reports(draw):
    """Some concepts with some checks that ended somehow, with any text in them."""
    anything = st.text(max_size=12)
    concepts = []
    for each in SAMPLE:
        outcomes = draw(st.lists(st.sampled_from(Outcome), max_size=3))
        place = Place(draw(anything), draw(st.none() | st.integers(1, 99)), text=draw(anything))
        checks = tuple(
            report_examples.check(each.id, outcome, message=draw(anything), place=place)
            for outcome in outcomes
        )
        concepts.append(
            ConceptResult(
                each.id,
                each.lesson,
                each.title,
                scoring.state_of(checks),
                scoring.earned(checks, each.points),
                scoring.counted(checks, each.points),
                each.lesson == "mg8",
                False,
                checks,
            )
        )
    if all(each.state is State.ABSENT for each in concepts):
        concepts[0] = replace(concepts[0], state=State.TODO)
    notes = tuple(draw(st.lists(anything, max_size=2)))
    return replace(report_examples.on(concepts), notes=notes)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports())
def test_all_formats_show_the_same_totals(report):
    for name in FORMATS:
        agrees(format_rules.ALL_RULES[name](render(name, report, SETTING)), report)


# What is special to some


def test_passed_in_exercism_is_passed_in_the_report():
    report = report_examples.half_done()
    tests = json.loads(render("exercism", report, SETTING))["tests"]
    passed = [each["name"].partition(":")[0] for each in tests if each["status"] == "pass"]
    assert passed == [each.id for each in report.concepts if each.state is State.PASSED]


@pytest.mark.parametrize("name", ["gradescope", "github-classroom", "prairielearn", "markdown"])
def test_hostile_text_is_inert(name):
    shown = render(name, CASES["hostile"](), SETTING)
    if name == "github-classroom":
        shown = base64.b64decode(shown).decode()
    if name != "markdown":
        shown = "\n".join(_strings(json.loads(shown)))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", shown)


def _strings(data):
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        return [text for each in data for text in _strings(each)]
    return [data] if isinstance(data, str) else []


def test_markdown_shows_no_markup_of_a_student():
    from markdown_it import MarkdownIt

    page = (
        MarkdownIt("commonmark")
        .enable("table")
        .render(render("markdown", CASES["hostile"](), SETTING))
    )
    assert "javascript" in page  # as text
    assert not re.search(r"<(a|b|img)\b", page)


def test_commands_in_a_log_are_off_where_a_student_has_the_word():
    shown = render("github", CASES["hostile"](), SETTING)
    token = shown.partition("\n")[0].removeprefix("::stop-commands::")
    quoting = render("github", report_examples.hostile(f"::{token}::"), SETTING)
    assert quoting.partition("\n")[0] != shown.partition("\n")[0]
    format_rules.github(quoting)


def test_nothing_in_an_annotation_is_read_as_an_escape():
    shown = render("github", report_examples.hostile("100%0A::error::x,y:z"), SETTING)
    lines = [line for line in shown.splitlines() if line.startswith("::error")]
    assert lines and all("100%250A" in line and "100%0A" not in line for line in lines)
    assert all("x%2Cy%3Az" in line.partition(",title=")[0] for line in lines)


def test_annotations_stand_at_the_students_lines():
    lines = render("github", report_examples.half_done(), SETTING).splitlines()
    first = next(line for line in lines if line.startswith("::error"))
    assert first.startswith("::error file=exercises/mg3_backpropagation.py,line=59,title=mg3.tanh")
    inside = render("github", report_examples.half_done(), replace(SETTING, folder=None))
    assert "file=" not in inside.rpartition("::stop-commands")[2].rpartition("\n::")[2]


def test_an_annotation_in_a_notebook_names_the_file_alone():
    wrong = report_examples.check("mg3.tanh", Outcome.FAILED, message="no")
    place = Place("mg3.ipynb", 4, "tanh", cell=7)
    report = report_examples.report({"mg3.tanh": {"checks": (wrong,), "place": place}})
    shown = render("github", report, replace(SETTING, folder=""))
    assert "\n::error file=mg3.ipynb,title=" in shown
    assert "mg3.ipynb, cell 7, line 4, in tanh" in shown


def test_a_lesson_that_does_not_load_is_annotated_once():
    shown = render("github", report_examples.does_not_load(), SETTING)
    errors = [line for line in shown.splitlines() if line.startswith("::error")]
    assert len(errors) == 1
    assert (
        "file=exercises/mg3_backpropagation.py,line=12,title=mg3 Backpropagation does" in errors[0]
    )


def test_more_than_ten_annotations_say_so():
    wrong = {
        each.id: {"checks": (report_examples.check(each.id, Outcome.FAILED, message="no"),)}
        for each in COURSE.concepts[:15]
    }
    errors = [
        line
        for line in render("github", report_examples.report(wrong), SETTING).splitlines()
        if line.startswith("::error")
    ]
    assert len(errors) == 10
    assert errors[-1].endswith("::6 more: all of them are in the log")


def test_nobody_is_rounded_down_in_classroom50():
    third = tuple(
        report_examples.check("mg4.accumulate", outcome, str(number))
        for number, outcome in enumerate([Outcome.PASSED, Outcome.FAILED, Outcome.FAILED])
    )
    report = report_examples.report({"mg4.accumulate": {"checks": third}})
    data = json.loads(render("classroom50", report, SETTING))
    tests = {each["test-name"].partition(":")[0]: each["score"] for each in data["tests"]}
    assert report.score == 1.66
    assert data["score"] == tests["mg4.accumulate"] == 166


@pytest.mark.parametrize(
    ("change", "word"),
    [({"CLASSROOM": " "}, "CLASSROOM"), ({"SUBMISSION_TAG": "v1"}, "submit/"), ({}, None)],
)
def test_classroom50_needs_its_variables(change, word):
    trouble = trouble_with({**CLASSROOM, **change})
    assert trouble is None if word is None else word in trouble


def test_a_fault_of_the_grader_costs_no_attempt_and_is_no_failure():
    report = report_examples.graders_fault()
    assert json.loads(render("prairielearn", report, SETTING))["gradable"] is False
    tests = json.loads(render("gradescope", report, SETTING))["tests"]
    assert [each["name"] for each in tests if "status" not in each] == [
        "mg3.tanh: tanh, forward",
        "mg3.by-hand: A neuron, by hand",
    ]
    assert 'type="infrastructure"' in render("junit", report, SETTING)
    whole = json.loads(base64.b64decode(render("github-classroom", report, SETTING)))
    assert whole["status"] == "error"


@pytest.mark.parametrize("name", [each for each in OURS if each != "classroom50"])
def test_a_partial_report_says_so(name):
    shown = render(name, report_examples.interrupted(), SETTING)
    if name == "github-classroom":
        shown = base64.b64decode(shown).decode()
    assert "stopped early" in shown


def stopped_after(names):
    """These concepts have passed, and grading was stopped before the others."""
    told = {True: Outcome.PASSED, False: Outcome.NOT_RUN}
    ended = {each.id: told[each.id in names] for each in COURSE.concepts}
    return report_examples.report(
        {name: {"checks": (report_examples.check(name, each),)} for name, each in ended.items()},
        interrupted=True,
    )


def test_what_was_not_run_is_not_the_next_task():
    """Nobody knows whether there is anything to do about it."""
    report = stopped_after({"mg1.slope"})
    assert "next: " not in render("text", report, SETTING)
    page = render("html", report, SETTING)
    assert 'class="next"' not in page
    assert page.count("none run") == len(COURSE.lessons) - 1


def test_a_lesson_that_was_not_run_is_no_lesson_to_do():
    shown = render("text", report_examples.interrupted(), SETTING)
    assert shown.count("– not run\n") == 5  # the lessons after the third


def test_what_is_shortened_says_so():
    assert told.shortened("x" * 100, 100) == "x" * 100
    cut = told.shortened("x" * 101, 100)
    assert len(cut) == 100 and cut.endswith(f"x\n{told.SHORTENED}")
    assert told.fitted(50, lambda longest: "x" * longest) == ""
