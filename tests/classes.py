"""A class made up from a seed: every student's own files, no two alike.

Solutions and other engines with one to three mistakes of the catalogue in them, lessons that are
not begun, crashes, and, where loops are asked for, code that ends by a limit of time or memory: an
endless loop in one of a hundred, and mistakes that go over a graph exponentially often.
"""

import contextlib
import random
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Entry
from grader.diagnosis.catalogue import catalogue
from grader.errors import CourseError
from grader.render.json_format import report_to_data
from tests.conftest import EXERCISES, SOLUTIONS
from tests.plants import ENGINES, engines, plants

LESSONS = ("mg1", "mg2", "mg3", "mg4", "mg5", "mg6", "mg7")
CRASHES = (
    "import os\nos._exit(3)\n",
    "raise RuntimeError('not today')\n",
    "def broken(:\n",
)
# What Canvas exports of its gradebook, with the row and the person that are none, and what Moodle
# gives to be filled in.
CANVAS_ROSTER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Micrograd (4711)\n"
    "    Points Possible,,,,,100\n"
    '"Lovelace, Ada",11,s11,ada,Mon,\n"Turing, Alan",12,s12,alan,Tue,EX\n'
    '"Noether, Emmy",13,s13,emmy,Mon,\n"Student, Test",99,,test,Mon,\n'
)
MOODLE_WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
    "Participant 901,Ada Lovelace,ada@x.edu,Submitted for grading,,100.00,Yes,"
    '"Friday, 20 November 2026, 10:00",-,\r\n'
    "Participant 902,Alan Turing,alan@x.edu,Submitted for grading,5.00,100.00,Yes,,,\r\n"
    "Participant 903,Emmy Noether,emmy@x.edu,No submission,,100.00,Yes,,,\r\n"
)
LOOP = "while True:\n    pass\n"
EXPONENTIAL = frozenset(
    {
        "backward-calls-itself",
        "backward-without-order",
        "order-appends-outside-the-test",
        "order-of-visits-not-remembered",
        "order-visited-anew-in-every-call",
        "order-visited-never-tested",
    }
)


def student(number: int, loops: bool = True, seed: int = 7) -> dict[str, str]:
    """The files of one student, by name: the same for the same number and seed."""
    draw = random.Random(f"{seed}:{number}")
    engine = draw.choice(["solutions", "solutions", *engines()])
    files = _files(SOLUTIONS if engine == "solutions" else ENGINES / engine)
    changes = [
        each
        for each in (catalogue() if engine == "solutions" else plants(engine))
        if each.lesson in LESSONS and (loops or each.id not in EXPONENTIAL)
    ]
    for change in draw.sample(changes, draw.choice([0, 1, 1, 1, 2, 2, 3])):
        name = next(name for name in files if name.startswith(change.lesson))
        try:
            files[name] = change.apply(files[name])
        except CourseError:
            continue  # another mistake stands in the same line
    begun = draw.choice([7, 7, 7, 7, 6, 5, 4, 3])
    exercises = _files(EXERCISES)
    for name in list(files)[begun:]:
        if draw.random() < 0.5:
            files[name] = exercises[name]
        else:
            del files[name]
    if draw.random() < 0.02:
        files[draw.choice(list(files))] += draw.choice(CRASHES)
    if loops and number % 100 == 50:
        files["mg2_chain_rule.py"] += LOOP
    return {name: f"{text}\n# by student {number}\n" for name, text in files.items()}


def small_class(folder: Path, count: int) -> Path:
    """A folder for each of so many students, with their first lesson alone."""
    for number in range(count):
        files = student(number, loops=False)
        first = {name: text for name, text in files.items() if name.startswith(LESSONS[0])}
        write_student(first, folder / f"student{number:02}")
    return folder


def write_student(files: Mapping[str, str], folder: Path) -> Path:
    """One student's folder."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _files(folder: Path) -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("mg*.py"))
        if path.name.startswith(LESSONS)
    }


def contents(path: Path) -> dict[str, object]:
    """All that a gradebook says of everyone today, less when and how quickly it was found.

    Numbers are told to nine digits: engines that keep nodes in a set go through them in the order
    of their addresses, and add up the same gradients in another order every time.
    """
    with Gradebook(path, reading=True) as book:
        return {each.student.key: _timeless(each) for each in book.entries()}


def stored(path: Path) -> tuple[int, int]:
    """How many results a gradebook has ever got, and of how many contents; while it is written."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as raw:
            found = raw.execute("SELECT count(*), count(DISTINCT digest) FROM results").fetchone()
    except sqlite3.Error:
        return 0, 0
    return int(found[0]), int(found[1])


def _timeless(entry: Entry) -> tuple[Entry, object]:
    result = entry.result
    if result is None:
        return entry, None
    told = report_to_data(replace(result.report, reused=0)) if result.report else {}
    told = {name: value for name, value in told.items() if name not in ("started", "seconds")}
    return replace(entry, result=replace(result, report=None, started="", seconds=0)), _short(told)


def _short(data: object) -> object:
    if isinstance(data, float):
        return float(f"{data:.9g}")
    if isinstance(data, dict):
        return {name: _short(value) for name, value in data.items()}
    return [_short(each) for each in data] if isinstance(data, list | tuple) else data
