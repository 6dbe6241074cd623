"""Canvas, Moodle, Gradescope: their files in, a gradebook, files out that they take back."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from concurrent.futures import Future
from decimal import Decimal

import pytest

from grader.classroom import export, feedback, session
from grader.classroom.gradebook import Gradebook
from grader.classroom.marking import Marked, Setup
from grader.classroom.records import Adjustment, packed
from grader.classroom.roster import read_roster
from grader.classroom.standing import standings
from grader.classroom.tables import read_table
from grader.course import load_course
from grader.errors import UsageError
from tests.classes import CANVAS_ROSTER, MOODLE_WORKSHEET
from tests.report_examples import TITLES, full_marks, half_done
from tests.test_class_intake import CANVAS, GRADESCOPE, MOODLE, WORK, laid_out

COURSE = load_course()
EARNED = {"half": half_done(), "full": full_marks()}


class Here:
    """Grades in this very process: what this is about is who gets which points."""

    size = 1

    def submit(self, function, setup, work):
        found = Future()
        found.set_result(function(setup, work))
        return found

    def look(self):
        pass

    def renew(self):
        pass


def marker(setup, work):
    """Stands in for the grader: full marks for the finished lesson, half for another file."""
    report = EARNED["full" if WORK in dict(work.files).values() else "half"]
    return Marked(work.digest, "graded", report=packed(report))


@pytest.fixture
def through(tmp_path):
    """Files of a platform through a gradebook, with two points taken from Ada."""

    def through(files, roster=None, adjusted=("11",)):
        source = laid_out(tmp_path / "handed-in", files)
        students = ()
        if roster is not None:
            (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
            students = read_roster(tmp_path / "roster.csv")
        handed_in = session.collect([source], students, COURSE)
        with Gradebook(tmp_path / "book.sqlite", create=True) as book:
            book.enrol(students, roster=bool(students))
            book.enrol(handed_in.students.values(), roster=False)
            session.run(book, handed_in, COURSE, Setup(1), Here(), marker=marker)
            for key in adjusted:
                book.adjust(Adjustment(key, "", "-2", "=late by hand", "mk"))
            return {each.student.name or each.student.key: each for each in standings(book)}

    return through


FULL = Decimal(str(full_marks().score)) + Decimal(str(full_marks().bonus))


def test_canvas(through, tmp_path):
    found = through(CANVAS, CANVAS_ROSTER, adjusted=("s11",))
    assert (found["Lovelace, Ada"].total, found["Turing, Alan"].total) == (FULL - 2, FULL)
    out = export.as_canvas([*found.values()], COURSE, "Micrograd (4711)")
    head, possible, *rows = csv.reader(io.StringIO(out))
    given = list(csv.reader(io.StringIO(CANVAS_ROSTER)))
    # The columns that Canvas finds people by, as it gave them; its own second row; a column's id.
    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert head[5:] == ["Micrograd (4711)"] and possible[0] == "    Points Possible"
    assert float(possible[5]) == full_marks().max_score
    people = {row[1]: row[:5] for row in given[2:] if "Test" not in row[0]}
    assert {row[1]: row[:5] for row in rows} == people
    points = {row[1]: row[5] for row in rows}
    assert Decimal(points["11"]) == FULL - 2 and Decimal(points["12"]) == FULL
    assert Decimal(points["13"]) == 0  # Emmy handed nothing in
    # Feedback has the number that Canvas knows the person by.
    names = [str(path) for path, _ in feedback.files([*found.values()], TITLES, "canvas")]
    assert sorted(name.split("_")[1] for name in names) == ["11", "12"]


def test_moodle(through, tmp_path):
    found = through(MOODLE, MOODLE_WORKSHEET, adjusted=("ada@x.edu",))
    sheet = tmp_path / "Grades-worksheet.csv"
    sheet.write_text(MOODLE_WORKSHEET, encoding="utf-8")
    out = export.as_moodle([*found.values()], COURSE, read_table(sheet))
    given, back = (list(csv.reader(io.StringIO(each))) for each in (MOODLE_WORKSHEET, out))
    assert back[0] == given[0]
    grade = given[0].index("Grade")
    for before, after in zip(given[1:], back[1:], strict=True):
        assert [*after[:grade], *after[grade + 1 :]] == [*before[:grade], *before[grade + 1 :]]
    assert [Decimal(row[grade]) for row in back[1:]] == [FULL - 2, FULL, 0]
    # Without the worksheet at hand: its columns, for those with a number.
    rows = list(csv.DictReader(io.StringIO(export.as_moodle([*found.values()], COURSE))))
    assert [row["Identifier"] for row in rows] == [f"Participant {n}" for n in (901, 902, 903)]
    # Feedback lies in the folders of the download.
    folders = {path.parts[0] for path, _ in feedback.files([*found.values()], TITLES, "moodle")}
    assert folders == {f"{name}_assignsubmission_file"
                       for name in ("Ada Lovelace_901", "Alan Turing_902")}  # fmt: skip


def test_gradescope(through, tmp_path):
    """The archive is tried as Gradescope runs an autograder."""
    found = through(GRADESCOPE, adjusted=("11", "12"))
    packed_ = feedback.archive(feedback.files([*found.values()], TITLES, "gradescope"))
    home = tmp_path / "autograder"
    with zipfile.ZipFile(io.BytesIO(packed_)) as archive:
        assert {"setup.sh", "run_autograder"} <= {*archive.namelist()}
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111
        archive.extractall(home / "source")
    (home / "run_autograder").write_bytes((home / "source" / "run_autograder").read_bytes())

    def run(number):
        told = json.dumps({"id": number, "users": []})
        (home / "submission_metadata.json").write_text(told, encoding="utf-8")
        subprocess.run([sys.executable, home / "run_autograder"], check=True)
        return json.loads((home / "results" / "results.json").read_text(encoding="utf-8"))

    both, alone, later = run(7), run(8), run(9)
    assert Decimal(str(both["score"])) == FULL - 2
    assert "-2: =late by hand (mk)" in both["output"]
    assert alone["score"] == half_done().score + half_done().bonus
    assert later["tests"] == [] and "score" not in later and "Not graded yet" in later["output"]
    for each in (both, alone):  # a hidden test would hide the total
        assert each["tests"] and {test["visibility"] for test in each["tests"]} == {"visible"}


def test_what_gradescope_can_not_take_is_told(through):
    found = through(GRADESCOPE, adjusted=("11",))
    with pytest.raises(UsageError, match="submission_7 together and have"):
        list(feedback.files([*found.values()], TITLES, "gradescope"))
    with pytest.raises(UsageError, match="grade Gradescope's own export"):
        list(feedback.files([found["submission_8"]][:0], TITLES, "gradescope"))
