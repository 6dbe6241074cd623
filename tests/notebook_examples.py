"""Notebooks for the tests, as plain JSON."""

import json
import os
from pathlib import Path

from grader.authoring.notebook import notebook
from grader.course import load_course
from tests.command import mggrade
from tests.conftest import SOLUTIONS

COURSE = load_course()
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def solution(lesson_id, old="", new=""):
    """The solution of a lesson as a notebook's data; `new` in the place of `old`."""
    lesson = COURSE.lesson(lesson_id)
    text = (SOLUTIONS / f"{lesson.file}.py").read_text(encoding="utf-8")
    assert old in text
    return json.loads(notebook(lesson_id, text.replace(old, new, 1)))


def code(source, outputs=(), **more):
    """A code cell."""
    made = {"cell_type": "code", "execution_count": None, "metadata": {}}
    return {**made, "outputs": list(outputs), "source": source, **more}


def words(source, **more):
    """A Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def made_of(*cells, minor=4, **more):
    """A notebook with these cells."""
    data = {"cells": list(cells), "metadata": METADATA, "nbformat": 4, "nbformat_minor": minor}
    return {**data, **more}


def old_format(data):
    """The same notebook as it was written in format 3, in two worksheets."""
    cells = []
    for cell in data["cells"]:
        cell = {"metadata": {}, "cell_type": cell["cell_type"], "source": cell["source"]}
        if cell["cell_type"] == "code":
            cell |= {"input": cell.pop("source"), "language": "python", "outputs": []}
            cell |= {"collapsed": False, "prompt_number": 3}
        cells.append(cell)
    half = len(cells) // 2
    sheets = [{"cells": cells[:half], "metadata": {}}, {"cells": cells[half:], "metadata": {}}]
    return {"metadata": {"name": "old"}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}


def write(path, data):
    """Write a notebook, and return its path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return path


def read(path):
    """A notebook's data."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def joined(cell):
    """A cell's source as one text."""
    return "".join(cell["source"])


def run_check(folder, cache, *arguments):
    """`mggrade check` in a folder."""
    return mggrade(
        "check", *arguments, cwd=folder, env={**os.environ, "XDG_CACHE_HOME": str(cache)}
    )
