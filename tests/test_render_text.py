"""The report for people: goldens over reports made by hand, and the rules of single lines.

After a wanted change: UPDATE_GOLDENS=1 pytest tests/test_render_text.py, then read the diff.
"""

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from grader import scoring
from grader.model import CheckResult, ConceptResult, Isolation, Outcome, Place, Report
from grader.render.text import render_text

GOLDENS = Path(__file__).parent / "goldens" / "text"
TITLES = {"mg1": "Derivatives", "mg2": "Chain Rule", "mg3": "Backpropagation", "mg8": "Challenge"}
COURSE = {  # concept: title, points
    "mg1.slope": ("The slope of a parabola", 1),
    "mg1.difference-quotient": ("The difference quotient", 3),
    "mg2.add": ("Plus", 2),
    "mg2.trace": ("Walking the graph", 2),
    "mg3.tanh": ("tanh, forward", 2),
    "mg3.mul-backward": ("Times, backward", 4),
    "mg3.backward": ("backward", 3),
    "mg8.softmax": ("Softmax", 3),
}
PROGRAM = "a = Value(2.0)\nb = Value(-3.0)\nc = a * b\nc.backward()"


def check(concept, outcome=Outcome.PASSED, name="one", **more):
    lesson = concept.partition(".")[0]
    return CheckResult(f"test_{lesson}_topic::test_{name}", concept, outcome, **more)


def passed(concept, **more):
    return (check(concept, **more), check(concept, name="again[2]"))


def todo(concept):
    return (check(concept, Outcome.TODO, message=f"{concept} is still to be written"),)


def wrong(concept, **more):
    told = {
        "message": "a.grad is 2.0, PyTorch says 4.0",
        "program": PROGRAM,
        "shown": "a.grad",
        "expected": 4.0,
        "actual": 2.0,
    }
    return (check(concept, Outcome.FAILED, **(told | more)),)


def report(checks, *, places=None, **more):
    """A report on what `checks` gives for each concept; what it leaves out is absent."""
    concepts = []
    for identity, (title, possible) in COURSE.items():
        found = tuple(checks.get(identity, ()))
        concepts.append(
            ConceptResult(
                id=identity,
                lesson=identity[:3],
                title=title,
                state=scoring.state_of(found),
                earned=scoring.earned(found, possible),
                possible=possible,
                bonus=identity.startswith("mg8"),
                carried=any(each.carried for each in found),
                checks=found,
                place=(places or {}).get(identity),
            )
        )
    score, max_score, bonus, max_bonus = scoring.totals(concepts)
    return replace(
        Report(
            course="micrograd, by hand",
            course_version="1.0",
            grader_version="0.1.0",
            seed=1986,
            isolation=Isolation("reduced", ("landlock",)),
            submission="exercises",
            concepts=tuple(concepts),
            score=score,
            max_score=max_score,
            bonus=bonus,
            max_bonus=max_bonus,
            complete=scoring.is_complete(concepts),
            seconds=0.42,
        ),
        **more,
    )


def shown(graded, width=80, *, terminal=False, color=False, **options):
    stream = io.StringIO()
    environment = {"TERM": "xterm-256color"} | ({} if color else {"NO_COLOR": "1"})
    console = Console(file=stream, width=width, force_terminal=terminal, _environ=environment)
    render_text(graded, console, titles=TITLES, **options)
    return stream.getvalue()


def full_marks():
    return report({each: passed(each) for each in COURSE}, reused=4)


def untouched():
    place = Place("mg1_derivatives.py", 62, "parabola_slope")
    return report({each: todo(each) for each in COURSE}, places={"mg1.slope": place})


def half_done():
    stub = Place("mg2.py", 40, "trace", text="raise NotImplementedError('mg2.trace')")
    raised = Place("mg3_backpropagation.py", 87, "tanh", text="t = math.tanh(self.dta)")
    return report(
        {each: passed(each) for each in ("mg1.slope", "mg1.difference-quotient")}
        | {
            "mg2.add": passed("mg2.add", carried=True),
            "mg2.trace": (
                check("mg2.trace"),
                check(
                    "mg2.trace",
                    Outcome.ERROR,
                    message="needs mg2.value, which is still to be written",
                    program=PROGRAM,
                    place=stub,
                ),
            ),
            "mg3.tanh": (
                check(
                    "mg3.tanh",
                    Outcome.ERROR,
                    message="AttributeError: 'Value' object has no attribute 'dta'",
                    program="a = Value(0.5)",
                    place=raised,
                    output="\n".join(f"step {number}" for number in range(9)),
                ),
            ),
            "mg3.mul-backward": (*passed("mg3.mul-backward"), *wrong("mg3.mul-backward")),
            "mg3.backward": (
                check(
                    "mg3.backward",
                    Outcome.TIMEOUT,
                    message="took too long and was stopped",
                    program=PROGRAM,
                ),
                check("mg3.backward", Outcome.CRASHED, message="ended the Python process"),
            ),
            "mg8.softmax": todo("mg8.softmax"),
        },
        places={
            "mg2.trace": Place("mg2_chain_rule.py", 40, "trace"),
            "mg3.tanh": raised,
        },
        reused=1,
        notes=("the cache can't be written (Read-only file system); going on without",),
    )


def does_not_load():
    place = Place("mg2_chain_rule.py", 377, text="def nudge(data, grads, step)")
    fault = {"message": "SyntaxError: expected ':'", "place": place}
    broken = {each: (check(each, Outcome.ERROR, **fault),) * 2 for each in ("mg2.add", "mg2.trace")}
    lent = {
        each: passed(each, carried=True)
        for each in ("mg3.tanh", "mg3.mul-backward", "mg3.backward")
    }
    return report(broken | lent, places={"mg2.add": place})


def hostile():
    text = "[bold red]x[/] \x1b[31m\x1b]0;title\x07 :smile: \u202egnp\udc80"
    place = Place(f"{text}.py", 3, text, text=f"raise Boom('{text}')")
    return report(
        {
            "mg1.slope": (
                check(
                    "mg1.slope",
                    Outcome.ERROR,
                    message=f"Boom: {text}\nsecond line\rthird",
                    program=text,
                    place=place,
                    output=f"{text}\n\n\n{'x' * 500}\n",
                ),
            ),
            "mg2.add": wrong(
                "mg2.add",
                message=f"(a + b).data is the text {text!r}",
                actual=text,
                shown="(a + b).data",
            ),
            "mg3.tanh": wrong(
                "mg3.tanh", message="repr(a) should read Value(data=1.0)", actual=text, shown=text
            ),
        },
        places={"mg1.slope": place},
        submission=text,
        notes=(text,),
    )


def graders_fault():
    broken = check("mg1.slope", Outcome.INFRASTRUCTURE, message="the check itself is broken: x")
    return report({"mg1.slope": (broken,), "mg2.add": todo("mg2.add")})


CASES = [full_marks, untouched, half_done, does_not_load, hostile, graders_fault]


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_golden(case, width):
    compare(f"{case.__name__}_{width}", shown(case(), width))


def test_golden_verbose():
    compare("half_done_verbose", shown(half_done(), verbose=True))


def test_golden_colours():
    compare("half_done_colours", shown(half_done(), terminal=True, color=True))


def compare(name, text):
    golden = GOLDENS / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 60, 40])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_lines_fit(case, width):
    lines = shown(case(), width).splitlines()
    # In a pipe the last line is kept in one piece.
    too_long = [line for line in lines if len(line) > width and not line.startswith("next: ")]
    assert width == 40 or not too_long
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_nothing_in_a_report_commands_the_terminal(case):
    text = shown(case(), verbose=True)
    assert not [
        character for character in text if not character.isprintable() and character != "\n"
    ]
    assert text.encode("utf-8")


def test_markup_of_a_student_is_text():
    assert "[bold red]x[/]" in shown(hostile())
    assert ":smile:" in shown(hostile())


def test_no_color_is_respected():
    text = shown(half_done(), terminal=True)
    assert "\x1b[3" not in text.replace("\x1b[39m", "")


def test_a_pipe_gets_plain_text():
    assert "\x1b" not in shown(half_done(), color=True)


def test_next_names_file_line_and_function():
    wanted = "next: mg2.trace (Walking the graph) → mg2_chain_rule.py, line 40, in trace"
    assert shown(half_done()).splitlines()[-1] == wanted


def test_next_without_room_leaves_out_the_title():
    wanted = "next: mg2.trace → mg2_chain_rule.py, line 40, in trace"
    assert shown(half_done(), 60).splitlines()[-1] == wanted


def test_next_takes_two_lines_on_a_narrow_terminal_only():
    assert len(shown(half_done(), 40, quiet=True).splitlines()) == 2
    lines = shown(half_done(), 40, terminal=True, quiet=True).splitlines()
    assert lines[-1].strip().endswith("in trace") and "next:" in lines[-2]


def test_quiet_is_score_and_next():
    lines = shown(untouched(), quiet=True).splitlines()
    assert [line.split()[0] for line in lines] == ["Score", "next:"]


def test_only_the_first_lesson_to_do_is_unfolded():
    text = shown(untouched())
    assert "mg1.slope" in text
    assert "mg2.add" not in text and "mg8.softmax" not in text


def test_a_lesson_that_does_not_load_is_told_once():
    text = shown(does_not_load())
    assert text.count("SyntaxError") == 1
    assert "next: make mg2 Chain Rule load → mg2_chain_rule.py, line 377" in text


def test_bonus_alone_shows_no_empty_score():
    text = shown(report({"mg8.softmax": passed("mg8.softmax")}), quiet=True)
    assert text.startswith("Bonus 3 / 3\n")


def test_a_fault_of_the_grader_is_not_what_to_do_next():
    text = shown(graders_fault())
    assert "a fault of the grader, not yours" in text
    assert text.splitlines()[-1].startswith("next: mg2.add")


def test_pytorch_is_quoted_only_where_it_spoke():
    counted = wrong("mg2.trace", message="nodes should be the 7 Values", actual=5, expected=7)
    text = shown(report({"mg2.trace": counted}))
    assert "PyTorch " not in text
    assert "yours    5" in text
