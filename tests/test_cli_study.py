"""`mggrade list`, `next`, `reset`, `solution`, `progress`, and `mggrade` alone, as a learner."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader import errors, exercise_text, progress, regions
from grader.attempts import reference_text
from grader.cli import main
from grader.course import load_course
from grader.progress import ConceptProgress, Day, Progress
from tests.command import mggrade
from tests.conftest import EXERCISES
from tests.test_progress import report

COURSE = load_course()
LESSON = Path("exercises", "mg3_backpropagation.py")
SOURCE = reference_text(COURSE.lesson("mg3"))
NOW = datetime.now().astimezone()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A workspace in which lesson 3 is half done; it becomes the current folder."""
    monkeypatch.chdir(tmp_path)
    run("init")
    write(exercise_text.script(SOURCE, ["mg3.tanh", "mg3.mul-backward"]))
    return tmp_path


def write(text, path=LESSON, ago=60):
    """A file saved that many seconds ago."""
    path.write_text(text, encoding="utf-8")
    then = NOW.timestamp() - ago
    os.utime(path, (then, then))


def checked(**concepts):
    return progress.remember(Path(), report(**concepts), NOW)


def run(*arguments, code=errors.COMPLETE, width=80):
    """The command in this process; its output, or the one line that it complains in."""
    result = CliRunner().invoke(main, arguments, env={"COLUMNS": str(width)})
    assert result.exit_code == code, result.output
    if code:
        assert result.stdout == "" and result.stderr.count("\n") == 1
    else:
        assert result.stderr == ""
    return result.stdout + result.stderr


def row(text, identity):
    lines = (line for line in text.splitlines() if not line.startswith("next: "))
    (line,) = (line for line in lines if f" {identity} " in line)
    return " ".join(line.split())


PASSED = [(progress.Outcome.PASSED, "")]
FAILED = [(progress.Outcome.FAILED, "a.grad is 2.0, PyTorch says 4.0")]


# list


def test_an_untouched_course_is_all_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("init")
    text = run("list")
    assert text.count("· todo") == len(COURSE.concepts)
    assert row(text, "mg1.slope").startswith("▸ · todo")
    assert "Nothing of yours has been checked yet" in text
    assert "next: mg1.slope" in text.splitlines()[-1]


def test_the_map_says_what_the_last_check_said(here):
    checked(tanh=PASSED, **{"mul-backward": FAILED})
    text = run("list")
    assert row(text, "mg3.tanh") == "✓ passed tanh, forward mg3.tanh 4 / 2"
    assert row(text, "mg3.mul-backward").startswith("✗ failed")
    assert row(text, "mg3.by-hand").startswith("· todo")
    assert "As of the last check, today" in text and "Changed since" not in text


def test_what_was_written_and_not_checked_is_neither_done_nor_to_do(here):
    assert row(run("list"), "mg3.tanh") == "? written tanh, forward mg3.tanh 0 / 2"


def test_the_map_tells_where_it_is_stale(here):
    checked(tanh=PASSED)
    write(LESSON.read_text(), ago=-10)
    text = run("list")
    assert "changed since its last check" in text
    assert "Changed since: mg3. Bring it up to date: mggrade check --lesson mg3" in " ".join(
        text.split()
    )


def test_a_gap_is_a_gap_whatever_is_remembered(here):
    checked(tanh=PASSED)
    write(exercise_text.script(SOURCE))
    assert row(run("list"), "mg3.tanh").startswith("· todo")


def test_lessons_can_be_chosen(here):
    text = run("list", "--lesson", "mg3,mg4")
    assert "mg3.tanh" in text and "mg4.exp" in text and "mg2.add" not in text


def test_a_lesson_that_is_not_here_is_told(here):
    Path("exercises", "mg5_pytorch.py").unlink()
    assert "its file is not here; mggrade init adds" in " ".join(run("list").split())


def test_a_file_that_cannot_be_read_is_told_with_its_remedy(here):
    checked(tanh=PASSED)
    done_before("mg3.tanh")
    LESSON.write_bytes(b"\xff")
    for command in ("list", "next"):
        text = " ".join(run(command).split())
        assert f"{LESSON.name} is not UTF-8" in text and "save it as UTF-8" in text
    assert "12 of 44 concepts passed" in run()


@pytest.mark.parametrize("width", [60, 80])
def test_lines_fit(here, width):
    checked(tanh=PASSED, **{"mul-backward": FAILED})
    for arguments in (["list"], ["next"], ["next", "--full"], ["progress"], []):
        lines = run(*arguments, width=width).splitlines()
        told = [line for line in lines if not line.startswith(("next: ", "    "))]
        assert not [line for line in told if len(line) > width or line != line.rstrip()]


# next


def test_next_is_the_first_that_has_not_passed(here):
    text = run("next")
    assert "mg1.slope" in text.splitlines()[0]
    assert "exercises/mg1_derivatives.py, line 62, in parabola_slope" in text
    assert "Your task: return the exact slope" in text
    assert 'raise NotImplementedError("mg1.slope")' in text
    assert "mggrade hint mg1.slope" in text


def done_before(identity):
    """All concepts before this one passed."""
    when = NOW.isoformat(timespec="seconds")
    ids = [each.id for each in COURSE.concepts]
    before = ids[: ids.index(identity)]
    told = ConceptProgress(0, 1, "passed", 1.0, "", when, when)
    progress.save(Path(), Progress(dict.fromkeys(before, told)))
    for lesson in COURSE.lessons:
        source = reference_text(lesson)
        write(exercise_text.script(source, before), Path("exercises", f"{lesson.file}.py"))


def test_next_tells_what_is_wrong_with_what_was_tried(here):
    done_before("mg3.mul-backward")
    write(exercise_text.script(SOURCE, regions.concepts_in(SOURCE)))
    progress.save(Path(), progress.load(Path()).with_hints("mg3.mul-backward", 1))
    checked(**{"mul-backward": FAILED})
    text = run("next")
    assert "The last check said: a.grad is 2.0, PyTorch says 4.0" in text
    assert "mggrade explain mg3.mul-backward" in text and "hint 2 of 3" in text


def test_next_is_a_slip_of_syntax_before_any_gap(here):
    done_before("mg3.mul-backward")
    slip = exercise_text.script(SOURCE).replace("self, other", "self other", 1)
    write(slip)
    checked(**{"mul-backward": [(progress.Outcome.ERROR, "SyntaxError: invalid syntax")]})
    line = next(at for at, each in enumerate(slip.split("\n"), 1) if "self other" in each)
    assert f"mg3_backpropagation.py, line {line}\n" in run("next")


def test_next_has_the_whole_section_when_asked(here):
    done_before("mg3.tanh")
    assert "Without the squash" not in run("next")
    text = run("next", "--full")
    assert "Without the squash" in text and "A neuron needs a squash" in text


def test_next_where_there_is_nothing_to_write(here):
    done_before("mg7.integration")
    assert "There is no gap here" in run("next")


def test_nothing_is_left(here):
    done_before("mg8.moons")
    write(exercise_text.script(reference_text(COURSE.lessons[-1]), ["mg8.moons"]))
    known = progress.load(Path())
    told = known.of("mg1.slope")
    progress.save(Path(), Progress({**known.concepts, "mg8.moons": told}))
    lesson = COURSE.lessons[-1]
    source = reference_text(lesson)
    every = exercise_text.script(source, regions.concepts_in(source))
    write(every, Path("exercises", f"{lesson.file}.py"))
    done = "✓ Complete: nothing is left to do.\n"
    assert run("next") == f"{done}A package made of your own code: mggrade graduate\n"
    Path("exercises", "mg2_chain_rule.py").unlink()
    progress.save(Path(), Progress({"mg1.slope": told}))


# reset


def test_a_concept_s_gap_comes_back_and_undo_brings_the_code_back(here):
    mine = LESSON.read_text()
    said = run("reset", "mg3.tanh")
    now = LESSON.read_text()
    assert 'raise NotImplementedError("mg3.tanh")' in now
    assert now == exercise_text.script(SOURCE, ["mg3.mul-backward"])
    kept = Path(said.split("kept      ")[1].split(", with")[0])
    assert kept.read_text() == mine and kept.is_relative_to(Path(".mggrade", "backups"))
    assert f"{datetime.now():%Y-%m-%d}" in str(kept)

    assert "back as it was" in run("reset", "mg3.tanh", "--undo")
    assert LESSON.read_text() == mine
    run("reset", "--undo")
    assert LESSON.read_text() == now


def test_a_lesson_s_exercise_comes_back(here):
    mine = "def broken(:\n"
    write(mine)
    run("reset", "mg3")
    assert LESSON.read_text() == (EXERCISES / LESSON.name).read_text()
    assert "nothing to reset" in run("reset", "mg3")
    assert "nothing to reset" in run("reset", "mg3.tanh")
    run("reset", "mg3", "--undo")
    assert LESSON.read_text() == mine


def test_undo_takes_the_last_of_that_lesson(here):
    first = Path("exercises", "mg1_derivatives.py")
    write("# mine\n", first)
    run("reset", "mg1")
    run("reset", "mg3.tanh")
    run("reset", "mg1.slope", "--undo")
    assert first.read_text() == "# mine\n"
    assert 'NotImplementedError("mg3.tanh")' in LESSON.read_text()


def test_line_ends_are_kept(here):
    LESSON.write_bytes(LESSON.read_bytes().replace(b"\n", b"\r\n"))
    run("reset", "mg3.tanh")
    assert LESSON.read_bytes().count(b"\r\n") == LESSON.read_bytes().count(b"\n") > 100


def test_a_notebook_s_cell_gets_its_gap_back_and_the_others_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("init", "--notebooks")
    path = LESSON.with_suffix(".ipynb")
    pristine = json.loads(path.read_text())
    mine = json.loads(path.read_text())
    for cell in mine["cells"]:
        text = "".join(cell["source"])
        written = text.replace('raise NotImplementedError("mg3.tanh")', "out = 1  # mine")
        written = written.replace('raise NotImplementedError("mg3.mul-backward")', "pass  # mine")
        cell["source"] = written.splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 3, "outputs": [{"output_type": "stream", "text": ["hi"]}]}
    path.write_text(json.dumps(mine), encoding="utf-8")
    run("reset", "mg3.tanh")
    back = json.loads(path.read_text())
    changed = [
        (before, after)
        for before, after in zip(mine["cells"], back["cells"], strict=True)
        if before != after
    ]
    assert len(changed) == 1
    assert changed[0][1] in pristine["cells"]
    assert "# mine" in path.read_text()
    run("reset", "mg3.tanh", "--undo")
    assert json.loads(path.read_text()) == mine


def test_what_cannot_be_reset_is_one_line(here):
    before = LESSON.read_bytes()
    assert "no concept 'mg3.tan'" in run("reset", "mg3.tan", code=errors.USAGE)
    assert "no lesson 'mg33'" in run("reset", "mg33", code=errors.USAGE)
    assert "missing" in run("reset", code=errors.USAGE)
    assert "nothing was reset here yet" in run("reset", "--undo", code=errors.USAGE)
    assert "no gap of its own" in run("reset", "mg7.integration", code=errors.USAGE)
    Path(".mggrade").write_text("a file")
    assert "nothing was changed" in run("reset", "mg3.tanh", code=errors.USAGE)
    Path(".mggrade").unlink()
    write("x = 1\n", Path("exercises", "mg4_activation.py"))
    said = run("reset", "mg4.exp", code=errors.USAGE)
    assert "has no exp to put the gap into" in said and "mggrade reset mg4" in said
    Path("exercises", "mg5_pytorch.py").unlink()
    assert "holds nothing of mg5; mggrade init" in run("reset", "mg5", code=errors.USAGE)
    assert LESSON.read_bytes() == before


# solution


def test_the_solution_of_what_has_passed(here):
    checked(tanh=PASSED)
    text = run("solution", "mg3.tanh")
    assert "def tanh(self):" in text and "math.exp" in text
    assert 'NotImplementedError("mg3.tanh-backward")' in text
    assert "had a look" not in text and not progress.load(here).of("mg3.tanh").gave_up
    checked(**{"tanh-backward": PASSED})
    assert "NotImplementedError" not in run("solution", "mg3.tanh")


def test_giving_up_that_cannot_be_remembered_shows_nothing(here):
    Path(".mggrade", "progress.json").mkdir(parents=True)
    said = run("solution", "mg3.by-hand", "--give-up", code=errors.USAGE)
    assert "progress.json" in said and "def " not in said


# progress


def test_progress_is_told(here):
    checked(tanh=FAILED, **{"mul-backward": FAILED})
    checked(tanh=PASSED)
    progress.save(here, progress.load(here).with_hints("mg3.tanh", 2).with_hints("mg4.exp", 1))
    text = run("progress")
    told = row(text, "mg3.tanh")
    assert f"{NOW:%Y-%m-%d %H:%M}" in told and told.endswith("2 attempts · 2 hints")
    assert row(text, "mg3.mul-backward").endswith("failed 1 attempt")
    assert row(text, "mg4.exp").endswith("todo 1 hint")
    assert "Passed 1 of 44 concepts, in 3 attempts, with 3 hints." in text
    assert "1 day in a row" in text


def test_what_broke_again_is_told(here):
    checked(tanh=PASSED)
    checked(tanh=FAILED)
    assert ", now failed" in row(run("progress"), "mg3.tanh")


def test_progress_as_json(here):
    checked(tanh=PASSED)
    data = json.loads(run("progress", "--json"))
    assert data["streak"] == {"current": 1, "longest": 1, "days": 1}
    assert data["days"] == {f"{NOW:%Y-%m-%d}": {"checks": 1, "passed": 1}}
    (concept,) = data["concepts"]
    assert (concept["id"], concept["attempts"], concept["gave_up"]) == ("mg3.tanh", 1, None)


def test_a_broken_memory_is_one_line(here):
    Path(".mggrade").mkdir()
    Path(".mggrade", "progress.json").write_text("junk")
    for arguments in (["list"], ["next"], ["progress"], ["solution", "mg3.tanh"], []):
        assert "delete it to begin anew" in run(*arguments, code=errors.USAGE)


# mggrade alone


def test_alone_it_tells_how_one_stands(here):
    checked(tanh=PASSED)
    yesterday = f"{NOW - timedelta(days=1):%Y-%m-%d}"
    known = progress.load(here)
    progress.save(here, Progress(known.concepts, {**known.days, yesterday: Day(1, 0)}))
    text = run()
    assert "1 of 44 concepts passed" in text and "2 days in a row" in text
    assert "next: mg1.slope" in text and "mggrade --help" in text


def test_alone_where_there_is_nothing_it_says_how_to_begin(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "mggrade init micrograd-course" in run()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["list", "next", "progress", "reset", "solution"])
def test_elsewhere_it_is_one_line(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    more = {"reset": ["mg3"], "solution": ["mg3.tanh"]}.get(name, [])
    said = run(name, *more, code=errors.USAGE)
    assert "no exercises/ here" in said and "mggrade init" in said
    Path("engine.py").write_text("class Value:\n    pass\n")
    assert "holds no lessons of the course" in run(name, *more, code=errors.USAGE)
    Path("work.zip").touch()
    if not more:
        assert "is an archive" in run(name, "work.zip", code=errors.USAGE)


@pytest.mark.parametrize("arguments", [[], ["list"], ["solution", "mg3.tanh"]])
@pytest.mark.parametrize("colour", [True, False])
def test_colour_is_for_terminals_that_want_it(here, arguments, colour):
    checked(tanh=PASSED)
    main_end, command_end = pty.openpty()
    variables = {"TERM": "xterm-256color", "COLUMNS": "80"} | ({} if colour else {"NO_COLOR": "1"})
    subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=command_end,
        env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, **variables},
        timeout=60,
        check=True,
    )
    os.close(command_end)
    seen = os.read(main_end, 65536).decode()
    os.close(main_end)
    codes = re.findall(r"\x1b\[([\d;]*)m", seen)
    coloured = any(re.match(r"[349]\d|38", part) for code in codes for part in code.split(";"))
    assert coloured == colour
    assert "\x1b" not in run(*arguments)


# One evening, through the real command


@pytest.fixture(scope="module")
def evening(tmp_path_factory, cache):
    """What each step printed: a slip, giving up, the right answer, a look at the map."""
    folder = tmp_path_factory.mktemp("evening")
    lesson = folder / "exercises" / "mg2_chain_rule.py"
    source = reference_text(COURSE.lesson("mg2"))
    right = exercise_text.script(source, ["mg2.value", "mg2.add"])
    wrong = right.replace("self.data + other.data", "self.data - other.data")
    told = {}

    def step(name, *arguments, text=None):
        if text is not None:
            lesson.write_text(text, encoding="utf-8")
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "COLUMNS": "80"}
        told[name] = mggrade(*arguments, cwd=folder, env=environment)

    step("begin", "init")
    step("slip", "check", "--lesson", "mg2", text=wrong)
    step("too early", "solution", "mg2.add")
    step("give up", "solution", "mg2.add", "--give-up")
    step("right", "check", "--lesson", "mg2", "--json", "report.json", text=right)
    step("map", "list")
    step("seen", "solution", "mg2.value")
    return folder, told


def test_an_evening_is_remembered(evening):
    folder, told = evening
    known = progress.load(folder)
    assert known.of("mg2.add").attempts == 2
    assert known.of("mg2.add").passed and known.of("mg2.value").passed
    assert sum(day.checks for day in known.days.values()) == 2
    assert "after a look at the solution" not in told["slip"].stdout
    assert row(told["map"].stdout, "mg2.add").startswith("✓ passed")
    assert "next: mg1.slope" in told["map"].stdout


def test_a_solution_waits_until_one_gives_up_and_the_report_says_so(evening):
    folder, told = evening
    early = told["too early"]
    assert (early.returncode, early.stdout) == (errors.USAGE, "")
    assert "has not passed yet" in early.stderr and "--give-up" in early.stderr
    assert "self.data + other.data" in told["give up"].stdout
    assert "Reports will say of mg2.add that you had a look." in told["give up"].stdout
    assert told["right"].stdout.count("after a look at the solution") == 1
    concepts = json.loads((folder / "report.json").read_text())["concepts"]
    assert [each["id"] for each in concepts if each["gave_up"]] == ["mg2.add"]
    assert told["map"].stdout.count("after a look at the solution") == 1
    assert "self.data = data" in told["seen"].stdout
    assert not progress.load(folder).of("mg2.value").gave_up
