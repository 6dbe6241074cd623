"""`mggrade watch` in a real terminal: screens after saves and keys, whatever happens to it."""

import shutil
import time

import pytest

from tests.watching import PATIENCE, WATCH, Screen, begin, environment, save

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
SLOPE, QUOTIENT = "mg1.slope", "mg1.difference-quotient"
NO_RUN = ("(f(x + h) - f(x)) / h", "f(x + h) - f(x)")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("learner")


@pytest.fixture(scope="module")
def screen(home, cache):
    """A shell in a fresh workspace with two lessons."""
    begin(home, "mg1", "mg2")
    editor = home / "editor"
    editor.write_text(f"#!/bin/sh\necho \"$@\" > '{home}/opened'\n")
    editor.chmod(0o755)
    screen = Screen(home, environment(cache, EDITOR=str(editor)))
    yield screen
    screen.close()


@pytest.fixture
def watching(screen, home):
    """A session that is on the concept that comes first, and its exercises; ended afterwards."""
    exercises = home / "exercises"
    for file in exercises.iterdir():
        file.unlink()
    save(exercises, "mg1")
    save(exercises, "mg2")
    shutil.rmtree(home / ".mggrade", ignore_errors=True)
    screen.resize(80, 24)
    screen.run(WATCH)
    screen.until("· mg1.slope", "checked ")
    yield screen, exercises
    screen.type("q")
    screen.until("code=")


def test_a_learners_way_through_two_concepts(watching):
    """Task, slip, hint, explanation, pass; every save is seen, and nothing else is needed."""
    screen, exercises = watching
    text = screen.until("Your task: return the exact slope", "q quit")
    assert "0 / 14" not in text and "0 / 24" in text  # two lessons are here
    save(exercises, "mg1", SLOPE)
    text = screen.until("✓ The slope of a parabola: PyTorch agrees", f"· {QUOTIENT}")
    assert "mg1 1/5" in text and "1 / 24" in text
    save(exercises, "mg1", SLOPE, QUOTIENT, slip=NO_RUN)
    text = screen.until("✗ failed", "why      The rise was returned as it is")
    assert "yours    difference_quotient(f, " in text and "PyTorch  difference" in text
    screen.type("h")
    screen.until("Hint 1 of 3", "What does", "the next hint: h")
    screen.type("h")
    screen.until("Hint 2 of 3")
    screen.type("e")
    screen.until("What happened", "How to think about it", "Esc, or a save: back")
    save(exercises, "mg1", SLOPE, QUOTIENT)
    text = screen.until("✓ The difference quotient: PyTorch agrees", "· mg1.central-difference")
    assert "Hint" not in text and "4 / 24" in text
    assert (exercises.parent / ".mggrade" / "progress.json").exists()


def test_half_typed_code_is_no_drama(watching):
    screen, exercises = watching
    file = save(exercises, "mg1", SLOPE)
    screen.until(f"· {QUOTIENT}")
    with file.open("a", encoding="utf-8") as more:
        more.write("\ndef half(x:\n    return (x\n")
    screen.until("mg1 can't be loaded as it stands", "SyntaxError", "Nothing is lost", "return (x")
    file.write_text("", encoding="utf-8")  # some editors, for a moment; or the learner, for good
    screen.until("holds no code")
    save(exercises, "mg1", SLOPE)
    screen.until("1 / 24", "todo", without="can't be loaded")


def test_files_come_and_go(watching):
    """Deleted, renamed and put back; saved as vim and as VS Code do; all of them gone."""
    screen, exercises = watching
    lesson, other = exercises / "mg1_derivatives.py", exercises / "mine.py"
    lesson.rename(other)
    screen.until("mg1_derivatives is gone", "· mg2.value", "0 / 14")
    other.rename(lesson)
    screen.until("0 / 24", without="is gone")
    (exercises / "mg2_chain_rule.py").unlink()
    screen.until("mg2_chain_rule is gone")
    lesson.unlink()
    screen.until("nothing to grade here", "The next save is checked again.")
    new = save(exercises.parent, "mg1", SLOPE)
    new.replace(lesson)  # VS Code
    screen.until("1 / 10", f"· {QUOTIENT}", without="nothing to grade")
    lesson.rename(exercises / "mg1_derivatives.py~")  # vim
    save(exercises, "mg1", SLOPE, QUOTIENT)
    (exercises / "mg1_derivatives.py~").unlink()
    text = screen.until("4 / 10", "· mg1.central-difference")
    assert "mg1_derivatives is gone" not in text


def test_the_window_may_have_any_size(watching):
    screen, exercises = watching
    save(exercises, "mg1", SLOPE, QUOTIENT, slip=NO_RUN)
    screen.until("✗ failed", "a run all")
    screen.resize(60, 24)
    text = screen.until("why      The rise", "q quit", without="a run all")
    assert all(len(line) <= 60 for line in text.splitlines())
    screen.resize(30, 10)
    screen.until("more lines", "q quit", without="e explain")
    screen.type(*["Down"] * 11)  # past the news, the title and the task
    screen.until("✗ failed")
    screen.resize(100, 45)
    screen.until(" mg2  Chain Rule   ░░░░", "why      The rise", "a run all")


def test_suspended_and_resumed(watching):
    """Ctrl-Z gives the shell its terminal; `fg` takes it again, and sees what was saved
    meanwhile."""
    screen, exercises = watching
    screen.type("C-z")
    text = screen.until("Stopped", "code=148")
    assert "mg1.slope" not in text
    screen.type("echo still there", "Enter")
    screen.until("\nstill there")
    save(exercises, "mg1", SLOPE)
    screen.type("fg", "Enter")
    screen.until("1 / 24", f"· {QUOTIENT}", without="Stopped")
    screen.type("l")
    screen.until("▸")


def test_list_next_text_and_help(watching):
    screen, exercises = watching
    screen.type("l")
    screen.until("▸ · todo     The slope of a parabola", "Enter goes there")
    screen.type("j", "Down", "Enter")
    screen.until("The central difference · mg1.central-difference")
    screen.type("n")
    screen.until("Partial derivative · mg1.partial")
    screen.type("t")
    screen.until("One input among several", "more lines", "Esc, or a save: back")
    screen.type("Space", "Space")
    screen.until("People often nudge", without="more lines")
    screen.type("?")
    screen.until("Watching exercises", "every save is checked at once")
    screen.type("Escape")
    screen.until("Partial derivative · mg1.partial", without="Watching")
    save(exercises, "mg2", "mg2.value", slip=("self.data = data", "self.data = 3.0"))
    screen.until("· mg2.value", "◐ partial")  # the learner works there now


def test_the_editor_opens_at_the_line(watching, home):
    screen, _ = watching
    screen.type("o")
    screen.until("· mg1.slope")
    deadline = time.monotonic() + PATIENCE
    while not (home / "opened").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (home / "opened").read_text() == "exercises/mg1_derivatives.py\n"
    screen.until("· mg1.slope", "q quit")
    screen.type("?")
    screen.until("Watching exercises")  # the terminal is ours again


def test_code_that_hangs_is_left_as_soon_as_it_is_mended(watching):
    screen, exercises = watching
    body = '    raise NotImplementedError("mg1.partial")'
    save(exercises, "mg1", slip=(body, "    while True:\n        pass"))
    screen.until("checking mg1 Derivatives …")
    screen.type("?")
    screen.until("Watching exercises", "checking mg1 Derivatives …")  # keys are answered meanwhile
    save(exercises, "mg1", SLOPE)
    screen.until("1 / 24", f"· {QUOTIENT}", without="timeout")


def test_run_all_and_quit(screen, watching):
    screen, _ = watching
    before = screen.text()
    time.sleep(1.0)  # the time of a check is told to the second
    screen.type("a")
    assert "· mg1.slope" in screen.until("checked ", without=_checked(before))
    screen.type("q")
    text = screen.until("code=0")
    assert "next: mg1.slope → mg1_derivatives.py, line" in text
    assert "Your task" not in text  # the screen is as it was before
    screen.run(WATCH)
    screen.until("· mg1.slope", "checked ")
    screen.type("C-c")
    text = screen.until("code=130")
    assert "mggrade: interrupted" in text
    screen.type("stty -a | grep -c -- ' -icanon'", "Enter")
    screen.until("\n0")  # and the terminal reads lines again
    screen.run(WATCH)
    screen.until("· mg1.slope", "checked ")


def _checked(text):
    """`checked 21:04:11`."""
    return text[text.index("checked ") :][:16]


@pytest.mark.skipif(shutil.which("vim") is None, reason="needs vim")
def test_a_real_vim(screen, home, cache):
    exercises = home / "exercises"
    save(exercises, "mg1")
    save(exercises, "mg2")
    other = Screen(home, {**environment(cache), "EDITOR": "vim -u NONE -c 'set backup'"})
    try:
        other.run(WATCH)
        other.until("· mg1.slope", "checked ")
        other.type("o")
        other.until("NotImplementedError", "return 3 * x**2", without="q quit")
        other.type(":s/raise.*/return 6 * x - 4/", "Enter", ":wq", "Enter")
        other.until("✓ The slope of a parabola", f"· {QUOTIENT}")
        other.type("q")
        other.until("code=0")
    finally:
        other.close()
