"""Notebooks as they are handed in: wrong ones, old ones, rearranged ones, someone's own tour."""

import ast
import json
import tracemalloc

import pytest

import grader
from grader import errors
from grader.grade import check_each
from grader.intake import Unreadable
from grader.model import Outcome, State
from grader.source_text import code_cells, notebook_cells, plain_python, read_notebook, remarks
from grader.submission import read_submission
from tests.conftest import EXERCISES
from tests.notebook_examples import (
    COURSE,
    code,
    joined,
    made_of,
    old_format,
    run_check,
    solution,
    words,
    write,
)
from tests.tour import ENGINE, NETWORKS, tour

MG2, MG3 = "mg2_chain_rule.ipynb", "mg3_backpropagation.ipynb"


@pytest.fixture
def command(tmp_path, cache):
    """Runs `mggrade check`."""

    return lambda *arguments: run_check(tmp_path, cache, *arguments)


def graded(path, cache, **options):
    """The report, and its concepts by id."""
    report = grader.check(path, cache_folder=cache, **options)
    return report, {concept.id: concept for concept in report.concepts}


def totals(report):
    return report.score, report.max_score, report.bonus, report.max_bonus


# Notebooks that can't be read

R = {"kernelspec": {"display_name": "R", "language": "R", "name": "ir"}}
JULIA = {"language_info": {"name": "julia", "version": "1.10"}}
CONFLICT = """{
 "cells": [
<<<<<<< HEAD
  {"cell_type": "code", "source": "x = 1"}
=======
  {"cell_type": "code", "source": "x = 2"}
>>>>>>> theirs
 ]
}
"""
WRONG = {
    "not JSON": ("hello", "is not a notebook (not valid JSON); save it again in Jupyter"),
    "half of it": ('{"cells": [', "is not a notebook (not valid JSON)"),
    "a list": ("[]", "is not a notebook of format 4"),
    "empty": ("", "is empty; mggrade reset, with the lesson's id, puts the exercise back"),
    "blank": (" \n\n", "is empty; mggrade reset, with the lesson's id, puts the exercise back"),
    "a merge conflict": (CONFLICT, "merge-conflict markers (line 3); resolve the conflict"),
    "no cells": (made_of(), "holds no code"),
    "only words": (made_of(words("# Title")), "holds no code"),
    "only raw cells": (made_of({"cell_type": "raw", "source": "x = 1"}), "holds no code"),
    "R": (made_of(code("x <- 1"), metadata=R), "is a notebook for R, not Python; choose a Python"),
    "Julia": (made_of(code("x = 1"), metadata=JULIA), "is a notebook for julia, not Python"),
    "format 3, empty": ({"nbformat": 3, "worksheets": []}, "is not a notebook of format 4"),
    "format 3, of R": (
        {
            "nbformat": 3,
            "worksheets": [{"cells": [{"cell_type": "code", "language": "R", "input": "x"}]}],
        },
        "holds no code",
    ),
    "worksheets, but format 4": ({"nbformat": 4, "worksheets": [{"cells": []}]}, "save it again"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_notebook_is_refused_in_one_line(kind, command, tmp_path):
    content, said = WRONG[kind]
    text = content if isinstance(content, str) else json.dumps(content)
    for name in (MG2, "my_micrograd.ipynb"):
        (tmp_path / name).write_text(text)
    for name in (MG2, "my_micrograd.ipynb")[: 2 if kind in ("not JSON", "no cells") else 1]:
        result = command(name)
        assert (result.returncode, result.stdout) == (errors.USAGE, "")
        assert result.stderr.startswith(f"mggrade: {name} ") and result.stderr.count("\n") == 1
        assert said in result.stderr


@pytest.mark.parametrize("kind", ["empty", "a merge conflict", "R"])
def test_beside_others_it_is_the_outcome_of_its_lesson(kind, cache, tmp_path):
    content, said = WRONG[kind]
    (tmp_path / MG2).write_text(content if isinstance(content, str) else json.dumps(content))
    write(tmp_path / MG3, solution("mg3"))
    _, concepts = graded(tmp_path, cache, lessons=["mg2", "mg3"])
    for each in concepts.values():
        assert each.state is (State.ERROR if each.lesson == "mg2" else State.PASSED)
    assert said in concepts["mg2.add"].checks[0].message


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        None,
        [],
        {"kernelspec": "python", "language_info": 7},
        {"kernelspec": {"language": ""}, "language_info": {"name": None}},
        {"kernelspec": {"name": "my-env", "language": "Python"}},
        {"kernelspec": {"language": "R"}, "language_info": {"name": "python"}},
    ],
    ids=str,
)
def test_without_another_language_it_is_python(metadata):
    raw = json.dumps(made_of(code("x = 1"), metadata=metadata)).encode()
    assert notebook_cells(raw, "n.ipynb") == (("n.ipynb[cell 1]", "x = 1"),)


def test_a_language_can_not_command_a_terminal():
    metadata = {"language_info": {"name": "\x1b[31m" + "R" * 100}}
    with pytest.raises(Unreadable) as caught:
        read_notebook(json.dumps(made_of(metadata=metadata)).encode())
    assert str(caught.value).isprintable() and len(str(caught.value)) < 120


# Notebooks that are read all the same


def test_format_3_is_read_and_told(cache, tmp_path):
    write(tmp_path / MG2, old_format(solution("mg2")))
    report, _ = graded(tmp_path, cache, lessons=["mg2"])
    assert totals(report)[:2] == (14, 14)
    (note,) = report.notes
    assert note.startswith(f"{MG2} is a notebook of the old format 3; it was read all the same")


def test_a_conflict_within_a_cell_costs_that_cell_and_is_told(cache, tmp_path):
    data = solution("mg3")
    (cell,) = [each for each in data["cells"] if "def topological_order(" in joined(each)]
    mine = joined(cell)
    cell["source"] = f"<<<<<<< local\n{mine}\n=======\n{mine}\n>>>>>>> remote\n"
    write(tmp_path / MG3, data)
    report, concepts = graded(tmp_path, cache)
    assert concepts["mg3.topological-order"].state is not State.PASSED
    assert concepts["mg3.tanh-backward"].state is State.PASSED
    number = data["cells"].index(cell) + 1
    assert any(
        note.startswith(f"{MG3}, cell {number}, line 1 is a merge-conflict marker")
        for note in report.notes
    )


def test_arrows_are_no_conflict():
    data = made_of(code('"""\n<<<<<<< not one\n"""'), code("x = 1 <<2\n>>>>>>>"))
    assert remarks(data, "n.ipynb") == ()


def test_outputs_are_read_past_and_never_sent_to_the_worker(cache, tmp_path):
    data = solution("mg2")
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 2**20}, "metadata": {}}
    data["cells"][1]["outputs"] = [picture] * 30
    write(tmp_path / MG2, data)
    module = read_submission(tmp_path, COURSE).lessons["mg2"]
    assert sum(len(source) for _, source in module.cells) < 40_000
    assert totals(graded(tmp_path, cache)[0])[:2] == (14, 14)


def with_large_outputs(path, count):
    """The solution of mg2 as a notebook with so many MiB of outputs."""
    data = solution("mg2")
    data["cells"][1]["outputs"] = ["@"]
    head, tail = json.dumps(data).split('"@"')
    with path.open("w") as file:
        file.write(head)
        for number in range(count):
            text = f"{number}] ]" + "A" * (2**20 - 100) + r"\"outputs\": [\"\\"
            file.write(f'{{"output_type": "stream", "name": "stdout", "text": ["{text}"]}},')
        file.write('"end"' + tail)


def test_200_mb_of_outputs_are_passed_over(cache, tmp_path):
    with_large_outputs(tmp_path / MG2, 199)
    tracemalloc.start()
    try:
        module = read_submission(tmp_path, COURSE).lessons["mg2"]
        assert tracemalloc.get_traced_memory()[1] < 300 * 2**20
    finally:
        tracemalloc.stop()
    assert sum(len(code) for _, code in module.written) < 40_000
    report = grader.check(tmp_path / MG2, cache_folder=cache)
    assert totals(report)[:2] == (14, 14)


def test_what_is_larger_than_anyones_outputs_is_refused_before_it_is_read(command, tmp_path):
    with (tmp_path / MG2).open("w") as file:
        file.truncate(2 << 30)
    result = command(MG2)
    assert (result.returncode, result.stdout) == (errors.USAGE, "")
    said = "is too large: 2048 MiB, where 256 MiB are allowed; clear its outputs, and save it again"
    assert result.stderr == f"mggrade: {MG2} {said}\n"


def test_cell_ids_that_are_there_twice(cache, tmp_path):
    data = solution("mg2")
    for cell in data["cells"]:
        cell["id"] = "same"
    write(tmp_path / MG2, data)
    assert totals(graded(tmp_path, cache)[0])[:2] == (14, 14)


def test_scores_that_outputs_and_metadata_claim_are_nothing(cache, tmp_path):
    data = json.loads((EXERCISES / "notebooks" / MG2).read_text(encoding="utf-8"))
    claim = {"score": 14, "points": 14, "passed": True, "grade_id": "mg2", "tags": ["passed"]}
    data["metadata"] |= {"mggrade": claim, "nbgrader": claim, "score": 14}
    for cell in data["cells"]:
        cell["metadata"] |= {"nbgrader": claim, "mggrade": claim, **claim}
        if cell["cell_type"] == "code":
            text = "Score 14 / 14\n✓ Complete: PyTorch agrees with every number.\n"
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    data["cells"].append(words("**✓ passed** 14 / 14", metadata={"tags": ["mggrade-feedback"]}))
    write(tmp_path / MG2, data)
    report, concepts = graded(tmp_path, cache, lessons=["mg2"])
    assert totals(report)[:2] == (0, 14)
    assert {each.state for each in concepts.values()} == {State.TODO}


def test_feedback_is_not_counted_and_code_is_never_feedback():
    tags = {"tags": ["mggrade-feedback"]}
    cells = (words("told", metadata=tags), code("x = 1", metadata=tags), code("y = 2"))
    assert code_cells(made_of(*cells), "n") == (("n[cell 1]", "x = 1"), ("n[cell 2]", "y = 2"))


# Names are found by their symbol, not by their cell


def map_code(data, change):
    """The notebook with every code cell replaced by the cells that `change` makes of it."""
    cells = []
    for cell in data["cells"]:
        cells += change(cell) if cell["cell_type"] == "code" else [cell]
    return {**data, "cells": cells}


def copied(data):
    """Every code cell twice."""
    return map_code(data, lambda cell: [cell, {**cell, "id": f"{cell['id']}-copy"}])


def split(data):
    """A cell for every statement."""

    def pieces(cell):
        source = joined(cell)
        tree, lines = ast.parse(plain_python(source)).body, source.split("\n")
        if not tree:
            return [cell]
        starts = [_first_line(node) for node in tree]
        ends = [*[start - 1 for start in starts[1:]], len(lines)]
        starts[:1] = [1]
        found = ["\n".join(lines[a - 1 : b]) for a, b in zip(starts, ends, strict=True)]
        return [code(each) for each in found]

    return map_code(data, pieces)


def _first_line(node):
    decorators = getattr(node, "decorator_list", [])
    return min(each.lineno for each in (node, *decorators))


def merged(data):
    """All code in the last cell."""
    sources = [joined(cell) for cell in data["cells"] if cell["cell_type"] == "code"]
    rest = [cell for cell in data["cells"] if cell["cell_type"] != "code"]
    return {**data, "cells": [*rest, code("\n\n".join(sources))]}


def reordered(data):
    """The functions from the last to the first, after what they need to be defined at all."""
    cells = [cell for cell in data["cells"] if cell["cell_type"] == "code"]
    first = [cell for cell in cells if _is_needed(joined(cell))]
    return {**data, "cells": [*first, *(cell for cell in cells[::-1] if cell not in first)]}


def _is_needed(source):
    kinds = (ast.Import, ast.ImportFrom, ast.ClassDef)
    tree = ast.parse(plain_python(source)).body
    return any(isinstance(node, kinds) for node in tree) or "def add_to_class" in source


def retyped(data):
    """Raw and Markdown cells with other definitions after every cell: they are no code."""

    def with_others(cell):
        other = "class Value: pass\ndef trace(root): return None\nraise SystemExit"
        return [cell, words(other), {"cell_type": "raw", "metadata": {}, "source": other}]

    return map_code(data, with_others)


def stripped(data):
    """Nothing but types and sources, these as one text each."""
    cells = [{"cell_type": each["cell_type"], "source": joined(each)} for each in data["cells"]]
    return {"cells": cells}


CHANGES = [copied, split, merged, reordered, retyped, stripped, old_format]


@pytest.fixture(scope="module")
def rearranged(tmp_path_factory, cache):
    """The reports on all solutions, rearranged in each way."""
    base = tmp_path_factory.mktemp("rearranged")
    folders = {}
    for change in CHANGES:
        folders[base / change.__name__] = change
        for lesson in COURSE.lessons:
            before = solution(lesson.id)
            data = change(before)
            assert data != before
            write(base / change.__name__ / f"{lesson.file}.ipynb", data)
    reports = {}
    check_each(folders, reports.__setitem__, cache_folder=cache)
    return {change: reports[folder] for folder, change in folders.items()}


@pytest.mark.parametrize("change", CHANGES)
def test_where_a_name_is_defined_changes_nothing(rearranged, change):
    report = rearranged[change]
    assert totals(report) == (100, 100, 20, 20)
    assert not any(concept.carried for concept in report.concepts)


def test_the_last_definition_counts(cache, tmp_path):
    data = solution("mg2")
    data["cells"].append(code("def trace(root):\n    return set(), set()"))
    write(tmp_path / MG2, data)
    _, concepts = graded(tmp_path, cache, lessons=["mg2"])
    assert [name for name, each in concepts.items() if each.state is not State.PASSED] == [
        "mg2.trace"
    ]
    assert concepts["mg2.trace"].place.cell == len(data["cells"])


# A tour: one notebook in which a whole micrograd grows, and is restated again and again


def test_a_tour_is_graded_on_its_last_definitions(cache, tmp_path):
    report, concepts = graded(write(tmp_path / "tour.ipynb", tour()), cache)
    assert report.complete
    for name in ("mg2.add", "mg3.backward", "mg4.accumulate", "mg5.mlp", "mg6.parameters"):
        assert concepts[name].state is State.PASSED
    assert report.max_score >= 59


def test_a_tour_in_which_the_last_definition_is_worse(cache, tmp_path):
    data = tour()
    worse = ENGINE.replace(
        "self.grad += other.data * out.grad", "self.grad = other.data * out.grad"
    )
    assert worse != ENGINE
    data["cells"] += [code(worse), code(NETWORKS)]
    path = write(tmp_path / "tour.ipynb", data)
    report, concepts = graded(path, cache, lessons=["mg2", "mg4"])
    assert not report.complete
    assert concepts["mg4.accumulate"].state in (State.FAILED, State.PARTIAL)
    assert concepts["mg2.mul"].state is State.PASSED
    assert not any(
        check.outcome in (Outcome.INFRASTRUCTURE, Outcome.TIMEOUT)
        for each in concepts.values()
        for check in each.checks
    )


def test_what_a_tour_can_not_run_is_passed_over_and_told_once(cache, tmp_path):
    data = tour()
    report, _ = graded(write(tmp_path / "tour.ipynb", data), cache, lessons=["mg2", "mg3"])
    (note,) = report.notes
    (number,) = [n for n, cell in enumerate(data["cells"], 1) if "import torch" in joined(cell)]
    assert note.startswith(f"tour.ipynb, cell {number}, line ") and "torch" in note
