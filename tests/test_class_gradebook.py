"""The gradebook: shared, locked, read-only, newer, full; totals; a class graded for real."""

import csv
import io
import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grader.classroom import export, feedback, lateness, marking
from grader.classroom.crew import CrewGone, LocalCrew, mark_all
from grader.classroom.gradebook import Gradebook
from grader.classroom.handins import Work
from grader.classroom.marking import Marked, Setup
from grader.classroom.records import Adjustment, Comment, Handin, Result
from grader.classroom.roster import Student
from grader.classroom.standing import standings
from grader.classroom.tables import neutralised, write_table
from grader.course import load_course
from grader.errors import InfrastructureError, UsageError
from grader.sandbox.shared import SharedZygotes
from tests.report_examples import TITLES, half_done

COURSE = load_course()
ADA = Student("ada", "Ada Lovelace", canvas="11", email="ada@x.edu", participant="901")
RESULT = Result("d", "g", "s", "1", "0", 7, "full", "graded", report=half_done())


@pytest.fixture
def book(tmp_path):
    with Gradebook(tmp_path / "book.sqlite", create=True) as book:
        book.enrol([ADA], roster=True)
        yield book


def test_nothing_is_overwritten_and_a_known_result_is_not_stored_twice(book):
    first = book.record(RESULT, [Handin("ada", "ada")])
    assert book.record(RESULT, [Handin("ada", "ada")]) == first  # another grader was quicker
    again = book.record(RESULT, [Handin("ada", "ada")], again=True)
    assert again != first and book.stored("d", "g") == again
    assert len(book.history("ada")) == 2
    assert book.stored("d", "other") is None
    assert next(book.entries()).result.report.concepts == half_done().concepts


def test_the_graders_own_fault_is_tried_again_and_is_no_zero(book):
    book.record(replace(RESULT, outcome="fault", report=None), [Handin("ada", "ada")])
    assert book.stored("d", "g") is None
    (ada,) = standings(book)
    assert ada.total is None
    assert next(csv.DictReader(io.StringIO(export.as_csv([ada], COURSE))))["total"] == ""


def test_what_people_say_survives_regrading_and_every_way_out_has_one_total(book):
    rule = lateness.to_data(lateness.read_penalty("10%/day,grace=1h,cap=50%"))
    book.set({"due": "2026-11-20T12:00+00:00", "late": rule})
    late = Handin("ada", "ada", submitted="2026-11-21T13:00+00:00")
    book.record(RESULT, [late])
    book.adjust(Adjustment("ada", "mg3.tanh", "1.5", "=an idea", "mk"))
    book.comment(Comment("ada", "", "<b>fine</b>", "mk"))
    book.record(RESULT, [late], again=True)
    (ada,) = found = list(standings(book))
    earned = Decimal(str(half_done().score)) + Decimal(str(half_done().bonus))
    assert ada.penalty == (earned * 20 / 100).quantize(Decimal("0.01"))
    assert ada.total == earned - ada.penalty + Decimal("1.5")
    rows = list(csv.DictReader(io.StringIO(export.as_csv(found, COURSE))))
    canvas = list(csv.reader(io.StringIO(export.as_canvas(found, COURSE, "M (1)"))))
    moodle = list(csv.DictReader(io.StringIO(export.as_moodle(found, COURSE))))
    line = json.loads(export.as_jsonl(found, COURSE))
    totals = {rows[0]["total"], canvas[2][-1], moodle[0]["Grade"], str(line["total"])}
    assert {Decimal(each) for each in totals} == {ada.total}
    assert canvas[1][0] == "    Points Possible" and canvas[2][1] == "11"
    assert moodle[0]["Identifier"] == "Participant 901"
    words = feedback.markdown(ada, TITLES)
    assert f"**{ada.total}**" in words and "<b>" not in words


def test_feedback_goes_back_as_it_came(book):
    book.record(RESULT, [Handin("ada", "ada")])
    found = list(standings(book))
    packed = zipfile.ZipFile(io.BytesIO(feedback.archive(feedback.files(found, TITLES, "moodle"))))
    assert "Ada Lovelace_901_assignsubmission_file/feedback.html" in packed.namelist()
    (name,) = [str(path) for path, _ in feedback.files(found, TITLES, "canvas")]
    assert name == "adalovelace_11_0_feedback.html"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\n=1"])
def test_no_cell_is_a_formula(text):
    assert str(neutralised(text)).startswith("'")
    assert next(csv.reader(io.StringIO(write_table([[text, -1]]))))[1] == "-1"


@pytest.mark.parametrize(
    ("rule", "late", "taken"),
    [
        ("10%/day", 0, 0), ("10%/day", 1, 5), ("10%/day,grace=30m", 1800, 0),
        ("10%/day,grace=30m", 1801, 5), ("10%/day,cap=15%", 9e5, 7.5), ("3/hour", 3601, 6),
        ("60/hour", 1, 50), ("10%/day", -5, 0),
    ],
)  # fmt: skip
def test_what_being_late_costs(rule, late, taken):
    assert lateness.read_penalty(rule).of(Decimal(50), late) == Decimal(str(taken))


def test_extensions_move_the_due_date():
    due, then = "2026-11-20T12:00+00:00", "2026-11-21T12:00+00:00"
    assert lateness.seconds_late(then, due) == 86400
    assert lateness.seconds_late(then, due, "2d") == -86400
    assert lateness.seconds_late(then, due, "2026-11-21T11:00+00:00") == 3600
    assert lateness.seconds_late("", due) is None


# Files that can't be used


def test_a_gradebook_that_can_not_be_used_is_told_in_one_line(tmp_path):
    path = tmp_path / "book.sqlite"
    with pytest.raises(UsageError, match="no gradebook"):
        Gradebook(path)
    Gradebook(path, create=True).__exit__()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version=99")
    with pytest.raises(UsageError, match="newer mggrade"):
        Gradebook(path, create=True)
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"no database at all, but long enough to look at" * 30)
    with pytest.raises(UsageError, match="no gradebook, or damaged"):
        Gradebook(damaged)
    other = sqlite3.connect(tmp_path / "others.sqlite")
    other.execute("CREATE TABLE mine (x)")
    other.close()
    with pytest.raises(UsageError, match="is no gradebook of mggrade"):
        Gradebook(tmp_path / "others.sqlite", create=True)


def test_a_locked_one(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.classroom.database.PATIENCE", 0.1)
    path = tmp_path / "book.sqlite"
    with Gradebook(path, create=True) as book:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(InfrastructureError, match="locked by another"):
            book.enrol([ADA], roster=True)
        holder.execute("ROLLBACK")
        book.enrol([ADA], roster=True)


def test_a_read_only_one_can_still_be_read(tmp_path):
    path = tmp_path / "book.sqlite"
    with Gradebook(path, create=True) as book:
        book.enrol([ADA], roster=True)
    with Gradebook(path, reading=True) as book:
        assert book.students() == [ADA]
        with pytest.raises(UsageError, match="is read-only"):
            book.enrol([ADA], roster=True)


def test_a_full_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], capture_output=True
    ).returncode == 0  # fmt: skip
    if not mounted:
        pytest.skip("a small disk can't be mounted here")
    try:
        with Gradebook(disk / "book.sqlite", create=True) as book:
            book.enrol([ADA], roster=True)
            stored = 0
            with pytest.raises(InfrastructureError, match="disk is full"):
                for stored in range(2000):
                    result = replace(RESULT, digest=str(stored))
                    book.record(result, [Handin("ada", str(stored))])
            assert len(book.history("ada")) == stored  # all that was told is there
    finally:
        subprocess.run(["umount", disk], check=True)


def _write_many(path, name):
    with Gradebook(path, create=True) as book:
        book.enrol([Student(name)], roster=False)
        for number in range(30):
            book.record(replace(RESULT, digest=f"d{number}", report=None), [Handin(name, "x")])


def test_two_graders_at_once(tmp_path):
    path = tmp_path / "book.sqlite"
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_write_many, args=(path, name)) for name in ("ada", "alan")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    with Gradebook(path) as book, sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("SELECT count(*), count(DISTINCT digest) FROM results").fetchone() == (
            30, 30,
        )  # fmt: skip
        assert [len(book.history(name)) for name in ("ada", "alan")] == [30, 30]


# Workers that die


def deadly(setup, work):
    """Stands in for the grader: some work ends the process, always or once."""
    flag = Path(setup.cache) / work.name
    if work.name == "poison" or (work.name == "once" and not flag.exists()):
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Marked(work.digest, "graded")


def test_work_that_ends_every_process_is_named_and_the_rest_is_done(tmp_path):
    names = ["a", "poison", "b", "once", "c", "d", "e"]
    works = [Work(name, ((f"{name}.py", name.encode()),)) for name in names]
    with SharedZygotes() as zygotes, LocalCrew(2, zygotes.door) as crew:
        setup = Setup(1, cache=str(tmp_path))
        found = {work.name: marked for work, marked in mark_all(crew, setup, works, deadly)}
    assert {*found} == {*names}
    assert [name for name, each in found.items() if each.outcome != "graded"] == ["poison"]
    assert "ended the grader's process" in found["poison"].message


def sleeping(setup, work):
    """Stands in for the grader, and takes its time."""
    time.sleep(60)


def test_what_nobody_takes_any_more_is_not_waited_for(tmp_path):
    """Files that are larger than the pipe to the processes: Ctrl-C while one is being written."""
    before = {*threading.enumerate()}
    works = [Work(str(number), (("a.py", b"x" * 300_000),)) for number in range(8)]
    with (
        SharedZygotes() as zygotes,
        pytest.raises(KeyboardInterrupt),
        LocalCrew(2, zygotes.door) as crew,
    ):
        for work in works:
            crew.submit(sleeping, Setup(1, cache=str(tmp_path)), work)
        time.sleep(1)
        raise KeyboardInterrupt
    until = time.monotonic() + 10
    while (left := {*threading.enumerate()} - before) and time.monotonic() < until:
        time.sleep(0.05)
    assert not left


def ending(setup, work):
    """Stands in for the grader where it can't live."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_where_nobody_can_grade_the_run_ends(tmp_path):
    """Rather than name a thousand submissions one after the other."""
    works = [Work(str(number), (("a.py", b"%d" % number),)) for number in range(20)]
    seen = []
    with SharedZygotes() as zygotes, LocalCrew(2, zygotes.door) as crew:
        marking_all = mark_all(crew, Setup(1, cache=str(tmp_path)), works, ending)
        with pytest.raises(CrewGone, match="nothing was graded; mggrade doctor") as gone:
            for work, _ in marking_all:
                seen.append(work.name)
    assert len(seen) == 5
    assert f"each of {', '.join(sorted(seen))}, and" in str(gone.value)


def test_a_desk_is_opened_anew_after_so_many(tmp_path, monkeypatch):
    monkeypatch.setattr(marking, "MOST", 2)
    works = [
        Work(str(number), (("mg1_derivatives.py", f"# {number}\nx = 1\n".encode()),))
        for number in range(3)
    ]
    setup = Setup(1, ("mg1",), cache=str(tmp_path))
    assert [marking.mark(setup, each).outcome for each in works] == ["graded"] * 3
