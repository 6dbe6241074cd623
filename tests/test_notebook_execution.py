"""Notebooks graded by executing them, beside the same read by their code cells."""

import dataclasses
import json
from pathlib import Path

import pytest

import grader
from grader import errors
from grader.grade import check_each
from grader.model import State
from grader.reading import needs_kernel
from grader.source_text import is_feedback
from tests.conftest import EXERCISES, ROOT
from tests.notebook_examples import (
    COURSE,
    code,
    joined,
    made_of,
    read,
    run_check,
    solution,
    words,
    write,
)
from tests.tour import ENGINE, tour

ENGINES = ROOT / "tests" / "engines"
BY_ORDER = "mul_assigns_instead_of_accumulating"
WAYS = ("execute", "auto", "cells")
MG3 = "mg3_backpropagation.ipynb"
# In the solutions' own words, with what each costs by any way of reading.
MISTAKES = {
    "mg3": ("(1 - out.data**2)", "(1 - self.data**2)"),
    "mg4": ("self.grad += other.data * out.grad", "self.grad = other.data * out.grad"),
    "mg6": ("self.layers", "self.layers[:-1]"),
}


def as_notebook(path):
    """A micrograd in one file as a notebook, a cell for each of its parts."""
    parts = path.read_text(encoding="utf-8").split("\n\n\n")
    return made_of(words("# My micrograd"), *(code(part) for part in parts))


def in_jupyters_own_way(data):
    """The same notebook with what only IPython understands, harmless to what it defines."""
    cells = [code("%matplotlib inline\n!pip install graphviz\nimport math, random")]
    for cell in data["cells"]:
        cells.append(cell)
        if cell["cell_type"] == "code":
            cells.append(code("x = !ls\ndisplay('so far')\n%time done = 1\nget_ipython()"))
    cells.append(code("import asyncio\nawait asyncio.sleep(0)\n1 / 0"))
    return {**data, "cells": cells}


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    """What is handed in, by name: whole courses, lessons with a mistake, and people's own."""
    base = tmp_path_factory.mktemp("notebooks")
    for lesson in COURSE.lessons:
        write(base / "solutions" / f"{lesson.file}.ipynb", solution(lesson.id))
    for name, change in MISTAKES.items():
        file = COURSE.lesson(name).file
        write(base / f"mistake-{name}" / f"{file}.ipynb", solution(name, *change))
    write(base / "jupyter" / MG3, in_jupyters_own_way(solution("mg3")))
    write(base / "tour.ipynb", tour())
    worse = ENGINE.replace("self.grad += other.data * out.grad", "self.grad = other.data")
    data = tour()
    write(base / "worse.ipynb", {**data, "cells": [*data["cells"], code(worse)]})
    # The last one's numbers depend on the order of a set, and so on addresses.
    faulty = [*sorted(ENGINES.glob("faulty/*.py"))[::18], ENGINES / "faulty" / f"{BY_ORDER}.py"]
    for path in [*sorted(ENGINES.glob("correct/*.py"))[::6], *faulty]:
        write(base / f"{path.stem}.ipynb", as_notebook(path))
    return [EXERCISES / "notebooks", *sorted(base.iterdir())]


@pytest.fixture(scope="module")
def reports(notebooks, cache):
    """The reports by way of reading, each by the name of what was handed in."""
    found = {}
    for way in WAYS:
        mine = found[way] = {}
        check_each(
            notebooks,
            lambda path, report, mine=mine: mine.__setitem__(path.stem, report),
            notebooks=way,
            cache_folder=cache,
        )
    return found


def verdicts(report):
    """All that may not depend on how a notebook was read."""
    return [
        (each.id, each.state, each.earned, each.carried, check.id, check.outcome)
        for each in report.concepts
        for check in each.checks
    ]


def test_the_solutions_get_full_marks_and_the_exercises_none(reports):
    for way in WAYS:
        report = reports[way]["solutions"]
        assert (report.score, report.bonus, report.complete) == (100.0, 20.0, True)
        assert report.notes == () and not any(each.carried for each in report.concepts)
        untouched = reports[way]["notebooks"]
        assert (untouched.score, untouched.bonus) == (0.0, 0.0)
        assert {each.state for each in untouched.concepts} == {State.TODO}


def test_all_ways_of_reading_come_to_the_same_verdicts(reports):
    """By `auto` what `execute` says; by `cells` too, where nothing but Python is needed."""
    for name, report in reports["execute"].items():
        assert verdicts(reports["auto"][name]) == verdicts(report), name
        if name != "jupyter":
            assert verdicts(reports["cells"][name]) == verdicts(report), name


def test_the_report_says_how_each_was_read(reports):
    executed = {name: report.notebooks for name, report in reports["execute"].items()}
    assert {way for each in executed.values() for way in each.values()} == {"execute"}
    assert len(executed["solutions"]) == len(COURSE.lessons)
    assert reports["auto"]["jupyter"].notebooks == {MG3: "execute"}
    assert set(reports["auto"]["solutions"].notebooks.values()) == {"cells"}
    assert reports["cells"]["jupyter"].notebooks == {MG3: "cells"}


def test_what_only_a_kernel_understands_costs_nothing(reports):
    """All of its names are there, and the one cell that raised is told, with its line."""
    report = reports["execute"]["jupyter"]
    assert (report.score, report.max_score) == (22.0, 22)
    count = len(in_jupyters_own_way(solution("mg3"))["cells"])
    assert report.notes == (f"{MG3}, cell {count}, line 3: ZeroDivisionError: division by zero",)


def test_a_mistake_is_named_in_an_executed_notebook_too(reports):
    (tanh,) = [
        each
        for each in reports["execute"]["mistake-mg3"].concepts
        if each.id == "mg3.tanh-backward"
    ]
    assert tanh.state is State.FAILED
    assert tanh.diagnosis.mistake == "tanh-derivative-of-input"
    assert tanh.place.cell is not None


def test_cells_that_hang_are_stopped_and_the_rest_is_graded(tmp_path, cache):
    """Also by `auto`, which goes over to executing what hangs."""
    limits = dataclasses.replace(COURSE.limits, lesson_seconds=2.0, cell_seconds=0.5)
    course = dataclasses.replace(COURSE, limits=limits)
    data = solution("mg2")
    data["cells"].insert(1, code("while True: pass"))
    path = write(tmp_path / "mg2_chain_rule.ipynb", data)
    for way in ("execute", "auto"):
        report = grader.check(path, notebooks=way, course=course, cache_folder=cache)
        assert (report.score, report.max_score) == (14.0, 14)
        assert report.notes == (
            "mg2_chain_rule.ipynb, cell 2, line 1: took longer than 0.5 s and was stopped",
        )
        assert report.notebooks == {path.name: "execute"}


def test_earlier_lessons_come_from_notebooks_that_need_ipython(tmp_path, cache):
    earlier = solution("mg2")
    earlier["cells"].insert(1, code("%time begun = 1\nfiles = !ls"))
    write(tmp_path / "mg2_chain_rule.ipynb", earlier)
    write(tmp_path / MG3, in_jupyters_own_way(solution("mg3")))
    report = grader.check(tmp_path, notebooks="execute", lessons=["mg2", "mg3"], cache_folder=cache)
    assert report.score == report.max_score
    assert not any(each.carried for each in report.concepts)


def test_a_copy_with_feedback_shows_what_the_cells_show_today(tmp_path, cache):
    data = solution("mg3")
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": "stale\n"}]
    write(tmp_path / MG3, data)
    done = run_check(tmp_path, cache, MG3, "--notebooks", "execute", "--annotate", "out.ipynb")
    assert (done.returncode, done.stderr) == (errors.COMPLETE, "")
    assert "1 notebook executed" in done.stdout
    made = read(tmp_path / "out.ipynb")
    assert "stale" not in json.dumps(made)
    shown = [cell for cell in made["cells"] if cell.get("outputs")]
    assert any("tanh(" in joined({"source": o["text"]}) for c in shown for o in c["outputs"])
    assert any(is_feedback(cell) for cell in made["cells"])


# Which notebooks are plain Python

PLAIN = {
    "x = 1": False,
    "%matplotlib inline\nx = 1": False,
    "!pip install graphviz": False,
    "!{sys.executable} -m pip install torch": False,
    "%load_ext grader": False,
    "%mggrade mg3": False,
    "%config InlineBackend.figure_format = 'svg'": False,
    "%%time\nx = 1": False,
    "Value.tanh?": False,
    "for _ in range(3): pass": False,
    "from numpy import array": False,
    "from graphviz import Digraph": False,
    "def broken(": False,
    "async def f():\n    await g()": False,
    "def display(x): pass\ndisplay(1)": False,
    "import matplotlib.pyplot as plt": True,
    "from IPython.display import HTML": True,
    "%time x = 1": True,
    "%load engine.py": True,
    "%run other.ipynb": True,
    "%reset -f": True,
    "%load_ext line_profiler": True,
    "!rm -rf build": True,
    "files = !ls": True,
    "%%bash\nls": True,
    "%%timeit\nx = 1": True,
    "await f()": True,
    "[x async for x in f()]": True,
    "display(1)": True,
    "get_ipython()": True,
    "exit()": True,
    "print(_)": True,
    "/f 1": True,
}


@pytest.mark.parametrize("source", PLAIN)
def test_a_notebook_is_executed_where_it_makes_a_difference(source):
    assert needs_kernel([("n[cell 1]", source), ("n[cell 2]", "y = 2")]) is PLAIN[source]


def test_the_lessons_own_notebooks_are_plain():
    for lesson in COURSE.lessons:
        data = read(Path(EXERCISES) / "notebooks" / f"{lesson.file}.ipynb")
        cells = [
            (f"[{n}]", joined(each))
            for n, each in enumerate(data["cells"])
            if each["cell_type"] == "code"
        ]
        assert not needs_kernel(cells)
