"""What nothing has changed for is not run again, and everything else is."""

import dataclasses
import json
import os
import shutil
import sqlite3
import sys

import pytest

import grader
from grader import regions, running
from grader.cache import Cache
from grader.course import load_course
from grader.model import Outcome, State
from grader.sandbox.zygote import Zygote

from .command import mggrade
from .conftest import SOLUTIONS

COURSE = load_course()
LESSONS = ["mg1", "mg2", "mg3", "mg4"]


@pytest.fixture
def folder(tmp_path):
    """The first four lessons."""
    for path in SOLUTIONS.glob("mg[1234]_*.py"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def store(tmp_path_factory, cache):
    """A cache of one's own that holds PyTorch's answers already."""
    grader.check(SOLUTIONS, lessons=LESSONS, cache_folder=cache)
    copy = tmp_path_factory.mktemp("store") / "cache"
    shutil.copytree(cache, copy)
    return copy


@pytest.fixture
def ran(monkeypatch):
    """Which lessons were really run."""
    seen = []
    lesson = running.Runner.lesson
    monkeypatch.setattr(
        running.Runner, "lesson", lambda self, each, *rest: seen.append(each.id) or lesson(
            self, each, *rest
        ),
    )  # fmt: skip

    def check(folder, store, **options):
        seen.clear()
        report = grader.check(folder, cache_folder=store, **options)
        present = {each.lesson for each in report.concepts if each.state is not State.ABSENT}
        assert report.reused == len(present) - len(seen)
        return list(seen)

    return check


def change(folder, lesson, text="\nunused = 1\n"):
    (path,) = folder.glob(f"{lesson}_*.py")
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_nothing_has_changed(folder, store, ran):
    ran(folder, store)
    assert ran(folder, store) == []


def test_moving_and_touching_is_no_change(folder, store, ran, tmp_path_factory):
    ran(folder, store)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(folder, elsewhere)
    assert ran(elsewhere, store) == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("mg1", ["mg1"]),  # no lesson builds on the first
        ("mg2", ["mg2", "mg3", "mg4"]),
        ("mg3", ["mg3", "mg4"]),
        ("mg4", ["mg4"]),
    ],
)
def test_a_changed_lesson_and_those_that_build_on_it(folder, store, ran, changed, again):
    ran(folder, store)
    change(folder, changed)
    assert ran(folder, store) == again
    assert ran(folder, store) == []


def test_a_lesson_that_comes_or_goes(folder, store, ran):
    ran(folder, store)
    (path,) = folder.glob("mg3_*.py")
    text = path.read_text(encoding="utf-8")
    path.unlink()
    assert ran(folder, store) == ["mg4"]
    path.write_text(text, encoding="utf-8")
    assert ran(folder, store) == []


def test_fresh_runs_everything(folder, store, ran):
    ran(folder, store)
    assert ran(folder, store, fresh=True) == LESSONS


def test_another_seed_or_isolation(folder, store, ran):
    ran(folder, store, lessons=["mg1"])
    assert ran(folder, store, lessons=["mg1"], seed=5) == ["mg1"]
    assert ran(folder, store, lessons=["mg1"], isolation="none") == ["mg1"]
    assert ran(folder, store, lessons=["mg1"], seed=5) == []


def test_another_course(folder, store, ran):
    ran(folder, store, lessons=["mg1"])
    other = dataclasses.replace(COURSE, digest="another")
    assert ran(folder, store, lessons=["mg1"], course=other) == ["mg1"]


def test_a_grader_that_has_changed(folder, store, ran, monkeypatch):
    ran(folder, store, lessons=["mg1"])
    monkeypatch.setattr("grader.reuse._grader_digest", lambda: "another")
    assert ran(folder, store, lessons=["mg1"]) == ["mg1"]


def test_some_concepts_of_a_lesson_are_not_the_lesson(folder, store, ran):
    ran(folder, store, lessons=["mg1"], fresh=True)
    change(folder, "mg1")
    assert ran(folder, store, concepts=["mg1.slope"]) == ["mg1"]
    assert ran(folder, store, lessons=["mg1"]) == ["mg1"]
    assert ran(folder, store, concepts=["mg1.slope"]) == []  # a whole lesson has its concepts


FLAW = "\n@add_to_class(Value)\ndef backward(self):\n    {}\n"


@pytest.mark.parametrize("flaw", ["while True: pass", "import os; os._exit(0)"])
def test_what_hung_or_crashed_is_not_remembered(folder, store, ran, flaw):
    limits = dataclasses.replace(COURSE.limits, program_seconds=0.3)
    impatient = dataclasses.replace(COURSE, limits=limits)
    change(folder, "mg3", FLAW.format(flaw))
    ran(folder, store, course=impatient)
    # mg4 was run on the reference's mg3: that is no lasting truth either
    assert ran(folder, store, course=impatient) == ["mg3", "mg4"]


def test_what_failed_is_remembered_as_it_was(folder, store, ran):
    change(folder, "mg3", FLAW.format("return 1 / 0"))
    first = grader.check(folder, cache_folder=store)
    assert ran(folder, store) == []
    second = grader.check(folder, cache_folder=store)
    assert second.concepts == first.concepts
    failed = {check.outcome for each in second.concepts for check in each.checks}
    assert failed == {Outcome.PASSED, Outcome.ERROR}


def test_a_lesson_that_does_not_load_is_run_again(folder, store, ran):
    change(folder, "mg3", "\n1 / 0\n")
    ran(folder, store)
    assert ran(folder, store) == ["mg3", "mg4"]


def test_spoilt_memories_are_run_again(folder, store, ran):
    ran(folder, store)
    with sqlite3.connect(store / "cache.sqlite") as database:
        database.execute("UPDATE entries SET value = '{\"checks\": []}' WHERE kind = 'lesson'")
    assert ran(folder, store) == LESSONS
    assert Cache(store).trouble is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [(None, "nothing has changed since the last"), ("mg3", "2 of 4 lessons unchanged since")],
)
def test_the_output_says_how_many(folder, store, changed, words):
    def run(*options):
        environment = {**os.environ, "XDG_CACHE_HOME": str(store), "COLUMNS": "100"}
        return mggrade("check", folder, *options, env=environment).stdout

    (store / "mggrade").mkdir(exist_ok=True)
    for file in store.glob("cache.sqlite*"):
        shutil.copy(file, store / "mggrade")
    run()
    if changed:
        change(folder, changed)
    assert words in run()
    report = json.loads(run("--json", "-"))
    assert report["reused"] == 4


# With PyTorch's answers cached, no lesson but mg5 needs torch


@pytest.fixture
def kinds(monkeypatch):
    """The kinds of workers that were started."""
    seen = []
    start = Zygote.__init__

    def watch(self, kind, *rest, **named):
        seen.append(kind)
        start(self, kind, *rest, **named)

    monkeypatch.setattr(Zygote, "__init__", watch)
    return seen


def test_no_torch_anywhere_where_the_answers_are_known(folder, store, kinds):
    report = grader.check(folder, cache_folder=store, fresh=True)
    assert (report.score, kinds) == (70, ["plain"])
    assert not any(name.partition(".")[0] == "torch" for name in sys.modules)


def test_no_worker_at_all_where_nothing_has_changed(folder, store, kinds):
    grader.check(folder, cache_folder=store)
    kinds.clear()
    grader.check(folder, cache_folder=store)
    assert kinds == []


def test_torch_where_an_answer_is_missing(folder, tmp_path, kinds):
    grader.check(folder, concepts=["mg1.slope"], cache_folder=tmp_path / "empty")
    assert sorted(kinds) == ["plain", "torch"]


def test_untouched_mg5_needs_no_torch(tmp_path, store, kinds):
    name = "mg5_pytorch.py"
    text = regions.exercise((SOLUTIONS / name).read_text(encoding="utf-8"))
    (tmp_path / name).write_text(text, encoding="utf-8")
    grader.check(tmp_path, concepts=["mg5.torch-neuron"], cache_folder=store)
    kinds.clear()
    report = grader.check(tmp_path, concepts=["mg5.torch-neuron"], cache_folder=store, fresh=True)
    assert report.concepts[0].state is State.TODO
    assert "torch" not in kinds
