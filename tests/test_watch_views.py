"""What watch shows fits every terminal, and says what there is to do."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from grader.cli.hint import Hints
from grader.course import load_course
from grader.model import State
from grader.selfstudy.section import section
from grader.watch import editor, views
from grader.watch.board import Board
from grader.watch.plain import verdict_line
from grader.watch.terminal import keys
from tests.test_watch_board import lesson_of, result, unloaded

COURSE = load_course()
RESULTS = [result(each.id) for each in COURSE.concepts]
START = Board().after_check(RESULTS, set(), [])


def console(width, height=24):
    return Console(file=io.StringIO(), width=width, height=height)


def with_lesson(board, results, saved=()):
    return board.saved().with_results(results, set(saved))


def shown(board, width=80, height=24, hint=()):
    """The whole screen with the concept in hand, as text."""
    screen = console(width, height)
    here = board.concept
    found = section(COURSE.lesson(here.lesson), COURSE.concept(here.id)) if here else None
    head, foot = views.head_lines(board, COURSE, screen), views.foot_lines(screen)
    room = height - len(head) - len(foot)
    body = views.concept_lines(board, COURSE, screen, found.task if found else (), hint, room)
    rows, _ = views.Screen(head, body, foot).rows(height, 0)
    return [row.plain for row in rows]


FAILED = with_lesson(
    START,
    [result("mg1.slope", State.FAILED, "is 20.0, PyTorch says 14.0"), *lesson_of("mg1")[1:]],
    ["mg1"],
)
PASSED = with_lesson(START, lesson_of("mg1", slope=State.PASSED), ["mg1"])
BOARDS = {
    "start": START,
    "failed": FAILED,
    "passed": PASSED,
    "unloaded": with_lesson(START, unloaded("mg1"), ["mg1"]),
    "trouble": replace(START, trouble="exercises: nothing to grade here; expected files"),
    "notes": replace(START, notes=("the cache can't be used; " * 5,)),
    "gone": replace(START, gone=("mg3_backpropagation", "mg5_pytorch")),
    "empty": Board(),
    "complete": Board().after_check([result(e.id, State.PASSED) for e in COURSE.concepts], (), []),
}


@pytest.mark.parametrize("name", BOARDS)
@pytest.mark.parametrize("width", [80, 60, 40])
@pytest.mark.parametrize("height", [50, 24, 12])
def test_it_fits(name, width, height):
    rows = shown(BOARDS[name], width, height)
    assert len(rows) <= height
    assert all(Text(row).cell_len <= width for row in rows), rows
    assert rows[0].startswith("micrograd, by hand")
    assert "q quit" in rows[-1] and "? help" in rows[-1]


@pytest.mark.parametrize("width", [1, 5, 20])
@pytest.mark.parametrize("height", [1, 2, 5])
def test_the_smallest_terminals_get_what_fits(width, height):
    assert 1 <= len(shown(FAILED, width, height)) <= height


def test_the_concept_in_hand_its_place_its_task_and_what_to_do():
    text = "\n".join(shown(START))
    for part in (
        "The slope of a parabola · mg1.slope",
        "0 / 1\nmg1_derivatives.py, line 7",
        "Your task: return the exact slope",
        "Check yourself: at x = 3",
        "· todo  fill its gap, and save",
        "mg1 ·   mg2 ·",
    ):
        assert part in text


def test_a_verdict_is_never_pushed_out_by_a_long_task():
    """On a small screen the task is shortened, and the key for the rest of it told."""
    small = shown(FAILED, 60, 16)
    assert any("PyTorch says 14.0" in row for row in small)
    assert any("the whole task: t" in row for row in small)
    assert not any("the whole task: t" in row for row in shown(FAILED))


def test_what_passed_is_celebrated_in_a_line():
    rows = shown(PASSED)
    assert "✓ The slope of a parabola: PyTorch agrees in its one check." in rows
    assert "The difference quotient · mg1.difference-quotient" in "\n".join(rows)
    every = {each.id.partition(".")[2].replace("-", "_"): State.PASSED
             for each in COURSE.lesson("mg1").concepts}  # fmt: skip
    text = " ".join(shown(with_lesson(START, lesson_of("mg1", **every), ["mg1"])))
    assert "★ mg1 Derivatives is complete, 10 / 10." in text
    assert "✓ 5 more concepts pass" in text


def test_a_lesson_that_does_not_load_is_no_drama():
    text = "\n".join(shown(BOARDS["unloaded"]))
    assert "! mg1 can't be loaded as it stands" in text and "SyntaxError: no" in text
    assert "Nothing is lost" in text


def test_trouble_is_told_and_waits_for_the_next_save():
    text = "\n".join(shown(BOARDS["trouble"]))
    assert "nothing to grade here" in text and "The next save is checked again." in text


def test_a_hint_stays_with_the_task():
    concept = COURSE.concept("mg1.slope")
    hints = Hints(concept, (2,), 1, 2, "solutions/mg1.py, line 3")
    text = "\n".join(shown(START, hint=views.hint_lines(hints, console(80))))
    assert "Hint 2 of 3" in text and concept.hints[1][:40] in text and "the next hint: h" in text
    last = Hints(concept, (3,), 2, 3, "solutions/mg1.py, line 3")
    text = "\n".join(shown(START, hint=views.hint_lines(last, console(80))))
    assert "mggrade solution mg1.slope --give-up" in text


def test_a_long_page_scrolls_to_its_end():
    screen = views.Screen([Text("head")], [Text(str(n)) for n in range(30)], [Text("foot")])
    rows, scroll = screen.rows(12, 0)
    assert [row.plain for row in rows][:3] == ["head", "0", "1"] and scroll == 0
    assert "21 more lines" in rows[-2].plain
    rows, scroll = screen.rows(12, 999)
    assert rows[-2].plain == "29" and scroll == 20
    assert len(rows) == 12


def test_a_concept_without_a_gap_says_what_it_waits_for():
    waits = result("mg7.integration", State.TODO, "mg3.backward is still to be written")
    board = replace(START, results={**START.results, waits.id: waits}, focus=waits.id)
    text = "\n".join(shown(board))
    assert "· todo  mg3.backward is still to be written" in text and "gap" not in text


def test_the_last_of_the_course_is_told_once():
    """With the last lesson that counts, and not again with the bonus."""
    results = {each.id: result(each.id, State.PASSED) for each in COURSE.concepts}
    said = "you own a micrograd that you wrote yourself"
    board = Board().after_check([*results.values()], (), [])
    for finished, told in (("mg7", True), ("mg8", False)):
        text = " ".join(shown(replace(board, finished=(finished,)))).replace("  ", " ")
        assert (said in text) is told


def test_the_list_marks_one():
    lines = views.list_lines(FAILED, COURSE, console(80), "mg2.mul")
    assert "▸" in lines[views.chosen_row(lines)].plain
    assert "mg2.mul" in lines[views.chosen_row(lines)].plain
    assert len(lines) == len(COURSE.lessons) + len(COURSE.concepts)


def test_keys_are_told_apart():
    assert list(keys("hq")) == ["h", "q"]
    assert list(keys("\x1b[A\x1b[B\x1bOA\x1b[6~ ")) == ["up", "down", "up", *["page-down"] * 2]
    assert list(keys("\x1b")) == ["escape"]
    assert list(keys("\r\x04")) == ["enter", "q"]
    assert list(keys("\x1b[15~n")) == ["n"]  # F5 has no meaning here, and leaves no letters


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, None),
        ({"EDITOR": ""}, None),
        ({"EDITOR": "nano"}, ["nano", "+7", "a b.py"]),
        ({"EDITOR": "nano", "VISUAL": "/usr/bin/vim -p"}, ["/usr/bin/vim", "-p", "+7", "a b.py"]),
        ({"EDITOR": "code --wait"}, ["code", "--wait", "-g", "a b.py:7"]),
        ({"EDITOR": "subl"}, ["subl", "a b.py:7"]),
        ({"EDITOR": "my-editor"}, ["my-editor", "a b.py"]),
        ({"EDITOR": "it's"}, ["it's", "a b.py"]),
    ],
)
def test_the_editor_is_opened_at_the_line(environment, words):
    assert editor.command(environment, Path("a b.py"), 7) == words


def test_without_a_line_the_file_alone():
    assert editor.command({"EDITOR": "vim"}, Path("x.py"), None) == ["vim", "x.py"]


def test_one_line_a_verdict():
    assert verdict_line(START, COURSE) == (
        "mg1 0 / 10 · next: mg1.slope → mg1_derivatives.py, line 7"
    )
    assert verdict_line(FAILED, COURSE) == (
        "mg1 0 / 10 · ✗ mg1.slope failed: is 20.0, PyTorch says 14.0 → mg1_derivatives.py, line 7"
    )
    assert re.fullmatch(
        r"mg1 1 / 10 · ✓ mg1.slope · next: mg1.difference-quotient → .*",
        verdict_line(PASSED, COURSE),
    )
    assert "! mg1 can't be loaded: SyntaxError: no" in verdict_line(BOARDS["unloaded"], COURSE)
    assert verdict_line(BOARDS["complete"], COURSE) == "100 / 100 · complete"
    assert verdict_line(BOARDS["trouble"], COURSE).startswith("! exercises: nothing to grade")
    hostile = with_lesson(
        START, [result("mg1.slope", State.FAILED, "\x1b[2J\nboo"), *lesson_of("mg1")[1:]], ["mg1"]
    )
    assert verdict_line(hostile, COURSE).isprintable()
