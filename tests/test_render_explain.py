"""A concept explained: whole screens, and the rules that they keep to.

After a wanted change: UPDATE_GOLDENS=1 pytest tests/test_render_explain.py, then read the diff.
"""

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from grader.model import CheckResult, ConceptResult, Curve, Diagnosis, Outcome, Place, State
from grader.render.explain import render_explain
from tests.test_graph_text import diamond, forwards

GOLDENS = Path(__file__).parent / "goldens" / "explain"
PROGRAM = "from mg4_activation import Value\na = Value(-2.0)\nb = Value(3.0)\nprint(b.grad)"
HINT = "A gradient is an account: every use of a variable makes a payment into it."


def concept(state, *checks, **more):
    given = {"lesson": "mg4", "title": "Gradients accumulate", "earned": 0.0, "possible": 5}
    given |= {"bonus": False, "carried": False, "state": state, "checks": checks}
    return ConceptResult("mg4.accumulate", **(given | more))


def check(outcome, **more):
    return CheckResult("test_mg4_activation::test_diamond", "mg4.accumulate", outcome, **more)


WRONG = check(
    Outcome.FAILED,
    message="b.grad is -6.0, PyTorch says -8.0",
    program="a = Value(-2.0)\nb = Value(3.0)",
    shown="b.grad",
    expected=-8.0,
    actual=-6.0,
)


def named():
    case = replace(diamond(), program=PROGRAM, shown="b.grad", expected=-8.0, actual=-6.0)
    return concept(
        State.PARTIAL,
        WRONG,
        check(Outcome.PASSED),
        earned=2.5,
        place=Place("mg4_activation.py", 80, "__add__"),
        diagnosis=Diagnosis(
            sentence="Plus overwrote the gradients of its operands, and did not add to them.",
            mistake="add-assigns",
            operator="+",
            node="b",
            file="mg4_activation.py",
            line=86,
            think="A gradient is an account. What was paid in before must still be there when the "
            "next payment comes, whoever makes it.",
            ties=("every-operator-assigns", "add-assigns + tanh-assigns"),
            facts=("In `__add__`, line 86 is doubtful.", "A second fact, " + 30 * "and more, "),
            case=case,
        ),
    )


def two_facts_no_name():
    case = replace(forwards(), program=PROGRAM, shown="b.data", expected=-1.0, actual=1.0)
    return concept(
        State.FAILED,
        WRONG,
        place=Place("mg4.ipynb", 3, "__rsub__", cell=7),
        diagnosis=Diagnosis(
            sentence="The numbers part at b.", file="mg4.ipynb[cell 7]", line=3, case=case
        ),
    )


def no_case():
    diagnosis = Diagnosis("`__mul__` raised before any number was there.", file="mg4_activation.py")
    return concept(State.FAILED, WRONG, diagnosis=diagnosis)


def undiagnosed():
    return concept(State.FAILED, WRONG, place=Place("mg4_activation.py", 80, "__add__"))


def timeout():
    slow = check(Outcome.TIMEOUT, message="took too long and was stopped", program="a = Value(2.0)")
    return concept(State.ERROR, slow, place=Place("mg4_activation.py"))


def error():
    place = Place("mg4_activation.py", 82, "__add__", text="out = Value(self.dta)")
    raised = check(Outcome.ERROR, message="AttributeError: dta", program="a + b", place=place)
    return concept(State.ERROR, raised, place=place)


def todo():
    stub = check(Outcome.TODO, message="mg4.accumulate is still to be written")
    return concept(State.TODO, stub, place=Place("mg4_activation.py", 80, "__add__"))


def passed():
    return concept(State.PASSED, *[check(Outcome.PASSED)] * 5, earned=5.0, carried=True)


def training():
    yours = tuple(5.0 + step for step in range(30))
    right = tuple(5.0 * 0.8**step for step in range(30))
    return replace(undiagnosed(), curve=Curve(yours, right))


def hostile():
    text = "[bold red]x[/] \x1b[31m\u202egnp\n:smile: "
    case = replace(diamond(), program=f"a = '{text}'", shown=text, actual=text)
    diagnosis = Diagnosis(text, file=text, line=3, think=text, ties=(text,), facts=(text,))
    nan = Curve((float("nan"), 1.0), (2.0, float("inf")))
    return concept(
        State.FAILED, WRONG, diagnosis=replace(diagnosis, case=case), curve=nan, title=text
    )


CASES = [named, two_facts_no_name, no_case, undiagnosed, timeout, error, todo, passed, training]
CASES += [hostile]


def shown(result, width=80, *, color=False, **options):
    stream = io.StringIO()
    environment = {"TERM": "xterm-256color"} | ({} if color else {"NO_COLOR": "1"})
    console = Console(file=stream, width=width, force_terminal=color, _environ=environment)
    render_explain(result, console, **options)
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_golden(case, width):
    compare(f"{case.__name__}_{width}", shown(case(), width))


def test_golden_with_a_hint_and_colours():
    compare("named_colours", shown(named(), color=True, hint=HINT, taken=1))


def compare(name, text):
    golden = GOLDENS / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_lines_fit(case, width):
    lines = shown(case(), width, hint=HINT, taken=2).splitlines()
    # What can be pasted is kept in one piece: code and its comment, commands.
    too_long = [line for line in lines if len(line) > width and not line.startswith("#")]
    assert not too_long
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_nothing_commands_the_terminal(case):
    text = shown(case())
    assert not [each for each in text if not each.isprintable() and each != "\n"]


def test_no_color_is_plain():
    stream = io.StringIO()
    environment = {"TERM": "xterm-256color", "NO_COLOR": "1"}
    render_explain(named(), Console(file=stream, force_terminal=True, _environ=environment))
    assert "\x1b[3" not in stream.getvalue().replace("\x1b[39m", "")


def test_the_case_can_be_pasted():
    """At the left edge and in whole lines, also where the terminal is narrow."""
    lines = shown(named(), 40).splitlines()
    start = lines.index("from mg4_activation import Value")
    assert "\n".join(lines[start : start + 4]) == PROGRAM
    assert lines[start + 4].startswith("#")


def test_the_reference_is_not_called_pytorch():
    result = named()
    case = replace(result.diagnosis.case, judge="reference")
    text = shown(replace(result, diagnosis=replace(result.diagnosis, case=case)))
    assert "PyTorch" not in text and "the right one is -8.0" in text


def test_every_sentence_is_told_in_full():
    text = " ".join(shown(named()).split())
    assert text.count("and more,") == 30
    assert named().diagnosis.think in text
    assert "every-operator-assigns, add-assigns and tanh-assigns" in text


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (0, "No hint taken yet; the first of 3: mggrade hint mg4.accumulate mine.py"),
        (1, "1 of 3 hints taken; the next: mggrade hint mg4.accumulate mine.py"),
        (3, "All 3 hints are taken; to read them again: mggrade hint mg4.accumulate mine.py --all"),
    ],
)
def test_hints_are_counted(taken, words):
    text = shown(named(), 90, hint=HINT if taken else None, taken=taken, path="mine.py")
    assert text.splitlines()[-1] == words or words in " ".join(text.split())
    assert (HINT in text) == (taken > 0)


def test_a_passed_concept_is_praised_and_offered_no_hint():
    text = shown(passed())
    assert "all 5 checks, with the reference's earlier code" in " ".join(text.split())
    assert "hint" not in text
