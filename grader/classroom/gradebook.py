"""The gradebook: the stored reports of a class, in one SQLite file that several graders may share.

Nothing is overwritten: a result, a hand-in, an adjustment is a row that is added, and the last one
counts. Order is the order of recording, never the clock's.
"""

import json
import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import astuple, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from grader.classroom.database import Database
from grader.classroom.records import (
    FAULT,
    Adjustment,
    Comment,
    Entry,
    Handin,
    Result,
    packed,
    unpacked_report,
)
from grader.classroom.roster import Student
from grader.model import Report

Row = TypeVar("Row", Adjustment, Comment)


class Gradebook:
    """An open gradebook. A context manager: leaving it closes the file.

    What every method raises: see `Database`.
    """

    def __init__(self, path: Path, *, create: bool = False, reading: bool = False) -> None:
        """create: make the file where there is none. reading: it need not be writable."""
        self.path = path
        self._database = Database(path, create=create, reading=reading)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._database.close()

    # Settings

    def setting(self, name: str) -> Any:
        """A setting as it was stored, or None."""
        row = self._database.row("SELECT value FROM settings WHERE name = ?", name)
        return None if row is None else json.loads(row[0])

    def set(self, settings: Mapping[str, Any]) -> None:
        """Store settings, all or none."""
        rows = [(name, json.dumps(value)) for name, value in settings.items()]
        with self._database.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", rows)

    # Students

    def enrol(self, students: Iterable[Student], *, roster: bool) -> None:
        """Add students, or bring what is known of them up to date. After a `roster`, only those on
        it count as enrolled; what others handed in is kept."""
        with self._database.writing() as connection:
            if roster:
                connection.execute("UPDATE students SET enrolled = 0")
                connection.execute("INSERT OR REPLACE INTO settings VALUES ('roster', '1')")
            marks = ", ".join("?" for _ in fields(Student))
            better = "excluded" if roster else "students"  # a roster knows better than a file name
            columns = [each.name for each in fields(Student) if each.name != "key"]
            told = ", ".join(f"{name} = {better}.{name}" for name in columns)
            connection.executemany(
                f"INSERT INTO students VALUES ({marks}, 1) "
                f"ON CONFLICT (key) DO UPDATE SET {told}, enrolled = 1",
                [_student_row(each) for each in students],
            )

    def roster(self) -> list[Student]:
        """Those of the last roster; none where there never was one."""
        return self.students() if self.setting("roster") else []

    def students(self) -> list[Student]:
        """All of them, by name."""
        columns = ", ".join(each.name for each in fields(Student))
        rows = self._database.rows(f"SELECT {columns} FROM students ORDER BY name, key")
        return [Student(*row) for row in rows]

    # Results and hand-ins

    def stored(self, digest: str, ground: str) -> int | None:
        """The number of the last result of this content on this ground, but for the grader's own
        faults, which are tried again."""
        row = self._database.row(
            "SELECT max(number) FROM results WHERE digest = ? AND ground = ? AND outcome <> ?",
            digest, ground, FAULT,
        )  # fmt: skip
        return None if row is None or row[0] is None else int(row[0])

    def stamp_of(self, result: int) -> str:
        """What the grader's code was when this result was found."""
        row = self._database.row("SELECT stamp FROM results WHERE number = ?", result)
        return str(row[0]) if row else ""

    def report_of(self, result: int) -> Report | None:
        """The stored report of a result."""
        row = self._database.row("SELECT report FROM results WHERE number = ?", result)
        return unpacked_report(row[0]) if row else None

    def latest(self, student: str) -> int | None:
        """The number of the result that counts for a student."""
        row = self._database.row(
            "SELECT result FROM handins WHERE student = ? ORDER BY number DESC LIMIT 1", student
        )
        return None if row is None else int(row[0])

    def record(
        self,
        result: Result,
        handins: Sequence[Handin],
        *,
        again: bool = False,
        report: bytes | None = None,
    ) -> int:
        """Store a result for all who handed in this content, whole or not at all. Where another
        grader was quicker, its result is taken instead, unless it is to be graded `again`.
        `report`: `packed`, where it came so and the result is without."""
        with self._database.writing() as connection:
            known = None
            if not again and result.outcome != FAULT:
                known = self.stored(result.digest, result.ground)
            number = self._insert(connection, result, report) if known is None else known
            for handin in handins:
                self._hand_in(connection, handin, number)
        return number

    def hand_in(self, handin: Handin, result: int) -> None:
        """A student's hand-in that has this result. What is known already is not added again."""
        if self._same_as_last(handin, result):
            return
        with self._database.writing() as connection:
            self._hand_in(connection, handin, result)

    def entries(self) -> Generator[Entry]:
        """One a student, by name, read one after the other."""
        adjustments = _grouped(Adjustment, self._database.rows(
            "SELECT student, concept, points, reason, author, recorded FROM adjustments "
            "ORDER BY number"
        ))  # fmt: skip
        comments = _grouped(Comment, self._database.rows(
            "SELECT student, concept, text, author, recorded FROM comments ORDER BY number"
        ))  # fmt: skip
        enrolled = dict(self._database.rows("SELECT key, enrolled FROM students"))
        for student in self.students():
            handin, result = self._current(student)
            yield Entry(
                student,
                handin,
                result,
                tuple(adjustments.get(student.key, ())),
                tuple(comments.get(student.key, ())),
                bool(enrolled.get(student.key)),
            )

    def history(self, student: str) -> list[tuple[Handin, Result, str]]:
        """All hand-ins of a student with their results and times of recording, oldest first."""
        rows = self._database.rows(
            f"SELECT {_HANDIN}, {_RESULT}, handins.recorded FROM handins "
            "JOIN results ON results.number = handins.result "
            "WHERE student = ? ORDER BY handins.number", student,
        )  # fmt: skip
        return [(_handin(row[:5]), _result(row[5:-1]), str(row[-1])) for row in rows]

    # People

    def adjust(self, adjustment: Adjustment) -> None:
        """Add points given or taken by a person."""
        self._add("adjustments", adjustment)

    def comment(self, comment: Comment) -> None:
        """Add a person's words."""
        self._add("comments", comment)

    # Below

    def _insert(self, connection: sqlite3.Connection, result: Result, report: bytes | None) -> int:
        row = connection.execute(
            "INSERT INTO results (digest, ground, stamp, course_version, grader_version, seed, "
            "isolation, outcome, message, report, started, seconds, recorded) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(result.digest, result.ground, result.stamp, result.course_version),
                *(result.grader_version, result.seed, result.isolation, result.outcome),
                *(_storable(result.message), report or packed(result.report)),
                *(result.started, result.seconds, _now()),
            ),
        )
        return int(row.lastrowid or 0)

    def _hand_in(self, connection: sqlite3.Connection, handin: Handin, result: int) -> None:
        if not self._same_as_last(handin, result):
            connection.execute(
                "INSERT INTO handins (student, result, label, submitted, late, notes, recorded) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(handin.student, result, _storable(handin.label), handin.submitted),
                    *(int(handin.late), json.dumps(handin.notes), _now()),
                ),
            )

    def _same_as_last(self, handin: Handin, result: int) -> bool:
        row = self._database.row(
            "SELECT result, label, submitted, late, notes FROM handins WHERE student = ? "
            "ORDER BY number DESC LIMIT 1", handin.student,
        )  # fmt: skip
        told = (_storable(handin.label), handin.submitted, int(handin.late))
        return row is not None and tuple(row) == (result, *told, json.dumps(handin.notes))

    def _current(self, student: Student) -> tuple[Handin | None, Result | None]:
        row = self._database.row(
            f"SELECT {_HANDIN}, {_RESULT} FROM handins "
            "JOIN results ON results.number = handins.result "
            "WHERE student = ? ORDER BY handins.number DESC LIMIT 1", student.key,
        )  # fmt: skip
        if row is None:
            return None, None
        result = _result(row[5:])
        if result.report is not None:  # the same content may be another's as well
            result = replace(result, report=replace(result.report, submission=student.shown))
        return _handin(row[:5]), result

    def _add(self, table: str, row: Adjustment | Comment) -> None:
        names = [each.name for each in fields(row)]
        marks = ", ".join("?" for _ in names)
        with self._database.writing() as connection:
            connection.execute(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                tuple(map(_storable, astuple(replace(row, recorded=_now())))),
            )


_HANDIN = "student, label, submitted, late, notes"
_RESULT = (
    "digest, ground, stamp, course_version, grader_version, seed, isolation, outcome, message, "
    "report, started, seconds"
)


def _student_row(student: Student) -> tuple[str, ...]:
    return tuple(map(_storable, astuple(student)))


def _storable(text: str) -> str:
    """SQLite holds UTF-8: a file name's surrogates are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _handin(row: Sequence[Any]) -> Handin:
    student, label, submitted, late, notes = row
    return Handin(student, label, submitted, bool(late), tuple(json.loads(notes)))


def _result(row: Sequence[Any]) -> Result:
    told, (report, started, seconds) = row[:-3], row[-3:]
    found = Result(*told)
    return replace(found, report=unpacked_report(report), started=started, seconds=seconds)


def _grouped(kind: type[Row], rows: Iterable[Any]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(kind(*row))
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
