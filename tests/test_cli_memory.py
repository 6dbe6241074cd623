"""Where a check is remembered, where not, and what reports tell of solutions asked for."""

import json
import shutil

import pytest
from rich.console import Console

from grader import progress
from grader.cli.memory import with_memory
from grader.course import load_course
from grader.progress import Progress
from grader.render.html import render_html
from grader.render.json_format import render_json, report_from_data
from grader.render.text import render_text
from tests.report_examples import TITLES, full_marks, half_done
from tests.test_progress import EVENING

COURSE = load_course()
LESSON = "mg3_backpropagation.py"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with exercises/ in it; it becomes the current one."""
    (tmp_path / "exercises" / "notebooks").mkdir(parents=True)
    (tmp_path / "exercises" / LESSON).touch()
    (tmp_path / "exercises" / "notebooks" / LESSON).with_suffix(".ipynb").touch()
    (tmp_path / "my_micrograd.py").touch()
    (tmp_path / "work.zip").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def remembered(folder):
    return (folder / ".mggrade").exists() and progress.load(folder).of("mg3.tanh").passed != ""


def check(path, bare=False):
    return with_memory(half_done(), path, COURSE, bare)


@pytest.mark.parametrize("inside", [".", "exercises", "exercises/notebooks"])
def test_a_bare_check_is_remembered_wherever_one_stands(place, monkeypatch, inside):
    monkeypatch.chdir(place / inside)
    check(place / "exercises" if inside == "." else place / inside, bare=True)
    assert remembered(place)


def test_a_path_is_remembered_where_a_memory_is_already(place):
    check(place / "exercises" / LESSON)
    assert not (place / ".mggrade").exists()
    progress.save(place, Progress())
    check(place / "exercises" / LESSON)
    assert remembered(place)


@pytest.mark.parametrize("path", ["my_micrograd.py", "work.zip", "."])
def test_what_is_no_lesson_is_not_remembered(place, path):
    progress.save(place, Progress())
    check(place / path, bare=True)
    assert not remembered(place)


def test_who_grades_from_outside_leaves_no_trace_but_hears_of_solutions(place, monkeypatch):
    shutil.copytree(place / "exercises", place / "class" / "ada" / "exercises")
    handed_in = place / "class" / "ada"
    progress.save(handed_in, Progress().with_given_up("mg3.tanh", EVENING))
    file = handed_in / ".mggrade" / "progress.json"
    before = file.read_bytes(), sorted(handed_in.rglob("*"))
    told = check(handed_in / "exercises")
    assert [each.id for each in told.concepts if each.gave_up] == ["mg3.tanh"]
    file.write_text("junk")
    assert check(handed_in / "exercises") == half_done()
    assert (b"junk", before[1]) == (file.read_bytes(), sorted(handed_in.rglob("*")))


def test_what_cannot_be_remembered_is_one_note(place):
    (place / ".mggrade").write_text("a file")
    told = check(place / "exercises", bare=True)
    (note,) = set(told.notes) - set(half_done().notes)
    assert "progress.json" in note and "will not be remembered" in note
    assert told.score == half_done().score


def test_every_format_tells_of_a_solution_asked_for(tmp_path):
    known = Progress().with_given_up("mg2.mul", EVENING).with_given_up("mg3.tanh", EVENING)
    told = progress.with_given_up(full_marks(), known)
    data = json.loads(render_json(told))
    gave_up = [each["id"] for each in data["concepts"] if each["gave_up"]]
    assert gave_up == ["mg2.mul", "mg3.tanh"]
    assert report_from_data(data) == told

    console = Console(width=80, record=True, file=(tmp_path / "text").open("w"))
    render_text(told, console, titles=TITLES)
    text = console.export_text()
    assert "after a look at the solution: mul\n" in text
    assert "after a look at the solution: tanh\n" in text

    page = render_html(told, TITLES)
    assert page.count("after a look at the solution") == 2
    assert "after a look" not in render_html(full_marks(), TITLES)


def test_text_tells_it_below_the_concept_while_a_lesson_is_unfinished(tmp_path):
    known = Progress().with_given_up("mg3.tanh-backward", EVENING).with_given_up("mg8.nll", EVENING)
    console = Console(width=80, record=True, file=(tmp_path / "text").open("w"))
    render_text(progress.with_given_up(half_done(), known), console, titles=TITLES)
    lines = console.export_text().splitlines()
    said = [number for number, line in enumerate(lines) if "after a look" in line]
    assert [lines[number - 1].split()[-4] for number in said] == ["mg3.tanh-backward", "mg8.nll"]
