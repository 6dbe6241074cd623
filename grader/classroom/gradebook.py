"""The gradebook: the stored reports of a class, in one SQLite file that several graders may share.

Nothing is overwritten: a result, a hand-in, an adjustment is a row that is added, and the last one
counts. Order is the order of recording, never the clock's.
"""

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from grader.classroom.roster import Student
from grader.classroom.schema import APPLICATION, MIGRATIONS
from grader.errors import InfrastructureError, UsageError
from grader.model import Report
from grader.render.json_format import report_from_data, report_to_data

PATIENCE = 30.0  # seconds that another grader's writing is waited for
Row = TypeVar("Row", "Adjustment", "Comment")
GRADED, REFUSED, FAULT = "graded", "refused", "fault"


@dataclass(frozen=True)
class Result:
    """What grading some content gave.

    `ground` is what decides whether a stored result still holds: course, seed, what was asked,
    grader version; `stamp` changes with every byte of the grader's code. `outcome` is "graded",
    "refused" (nothing to grade; `message` says why) or "fault" (the grader's own, never a zero).
    """

    digest: str
    ground: str
    stamp: str
    course_version: str
    grader_version: str
    seed: int
    isolation: str
    outcome: str
    message: str = ""
    report: Report | None = None
    started: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Handin:
    """What a student handed in: `submitted` in ISO form, as far as it is known."""

    student: str
    label: str
    submitted: str = ""
    late: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adjustment:
    """Points given or taken by a person; of a concept, or of the whole (`concept` empty)."""

    student: str
    concept: str
    points: str  # a decimal number
    reason: str
    author: str
    recorded: str = ""


@dataclass(frozen=True)
class Comment:
    """A person's words to a student."""

    student: str
    concept: str
    text: str
    author: str
    recorded: str = ""


@dataclass(frozen=True)
class Entry:
    """All that the gradebook holds of one student today; no hand-in: nothing came."""

    student: Student
    handin: Handin | None
    result: Result | None
    adjustments: tuple[Adjustment, ...]
    comments: tuple[Comment, ...]
    enrolled: bool


class Gradebook:
    """An open gradebook. A context manager: leaving it closes the file.

    Every method raises UsageError or InfrastructureError in one line, where the file is read-only,
    locked by another grader, from a newer version, or the disk is full.
    """

    def __init__(self, path: Path, *, create: bool = False, reading: bool = False) -> None:
        """create: make the file where there is none. reading: it need not be writable."""
        self.path = path
        if not create and not path.exists():
            raise UsageError(
                f"no gradebook {path}; mggrade grade makes one, --gradebook names another"
            )
        if create and not path.parent.is_dir():
            raise UsageError(f"can't make {path}: there is no folder {path.parent}")
        with self._told():
            self._connection = self._open(reading)
        try:
            with self._told():
                self._prepare(reading)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    # Settings

    def setting(self, name: str) -> Any:
        """A setting as it was stored, or None."""
        row = self._row("SELECT value FROM settings WHERE name = ?", name)
        return None if row is None else json.loads(row[0])

    def set(self, settings: Mapping[str, Any]) -> None:
        """Store settings, all or none."""
        rows = [(name, json.dumps(value)) for name, value in settings.items()]
        with self._writing():
            self._connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", rows)

    # Students

    def enrol(self, students: Iterable[Student], *, roster: bool) -> None:
        """Add students, or bring what is known of them up to date. After a `roster`, only those on
        it count as enrolled; what others handed in is kept."""
        with self._writing():
            if roster:
                self._connection.execute("UPDATE students SET enrolled = 0")
                self._connection.execute("INSERT OR REPLACE INTO settings VALUES ('roster', '1')")
            marks = ", ".join("?" for _ in fields(Student))
            better = "excluded" if roster else "students"  # a roster knows better than a file name
            columns = [each.name for each in fields(Student) if each.name != "key"]
            told = ", ".join(f"{name} = {better}.{name}" for name in columns)
            self._connection.executemany(
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
        rows = self._rows(f"SELECT {columns} FROM students ORDER BY name, key")
        return [Student(*row) for row in rows]

    # Results and hand-ins

    def stored(self, digest: str, ground: str) -> int | None:
        """The number of the last result of this content on this ground, but for the grader's own
        faults, which are tried again."""
        row = self._row(
            "SELECT max(number) FROM results WHERE digest = ? AND ground = ? AND outcome <> ?",
            digest, ground, FAULT,
        )  # fmt: skip
        return None if row is None or row[0] is None else int(row[0])

    def stamp_of(self, result: int) -> str:
        """What the grader's code was when this result was found."""
        row = self._row("SELECT stamp FROM results WHERE number = ?", result)
        return str(row[0]) if row else ""

    def report_of(self, result: int) -> Report | None:
        """The stored report of a result."""
        row = self._row("SELECT report FROM results WHERE number = ?", result)
        return unpacked_report(row[0]) if row else None

    def latest(self, student: str) -> int | None:
        """The number of the result that counts for a student."""
        row = self._row(
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
        with self._writing():
            known = None
            if not again and result.outcome != FAULT:
                known = self.stored(result.digest, result.ground)
            number = self._insert(result, report) if known is None else known
            for handin in handins:
                self._hand_in(handin, number)
        return number

    def hand_in(self, handin: Handin, result: int) -> None:
        """A student's hand-in that has this result. What is known already is not added again."""
        if self._same_as_last(handin, result):
            return
        with self._writing():
            self._hand_in(handin, result)

    def entries(self) -> Generator[Entry]:
        """One a student, by name, read one after the other."""
        adjustments = _grouped(Adjustment, self._rows(
            "SELECT student, concept, points, reason, author, recorded FROM adjustments "
            "ORDER BY number"
        ))  # fmt: skip
        comments = _grouped(Comment, self._rows(
            "SELECT student, concept, text, author, recorded FROM comments ORDER BY number"
        ))  # fmt: skip
        enrolled = dict(self._rows("SELECT key, enrolled FROM students"))
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
        rows = self._rows(
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

    def _open(self, reading: bool) -> sqlite3.Connection:
        if not reading:
            return _connected(str(self.path))
        try:
            connection = _connected(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:  # write-ahead files can't be made beside it
            connection = _connected(f"{self.path.resolve().as_uri()}?immutable=1", uri=True)
        return connection

    def _prepare(self, reading: bool) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        mark = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != APPLICATION and tables:
            raise UsageError(f"{self.path}: is no gradebook of mggrade; name another file")
        if version > len(MIGRATIONS):
            raise UsageError(
                f"{self.path}: was made by a newer mggrade (schema {version}, this one knows "
                f"{len(MIGRATIONS)}); upgrade mggrade"
            )
        if reading and not tables:
            raise UsageError(f"{self.path}: is empty; mggrade grade fills it")
        if reading and version == len(MIGRATIONS):
            return
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        with self._writing():  # tells early whether it can be written
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
            self._connection.execute(f"PRAGMA application_id={APPLICATION}")

    def _insert(self, result: Result, report: bytes | None) -> int:
        row = self._connection.execute(
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

    def _hand_in(self, handin: Handin, result: int) -> None:
        if not self._same_as_last(handin, result):
            self._connection.execute(
                "INSERT INTO handins (student, result, label, submitted, late, notes, recorded) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(handin.student, result, _storable(handin.label), handin.submitted),
                    *(int(handin.late), json.dumps(handin.notes), _now()),
                ),
            )

    def _same_as_last(self, handin: Handin, result: int) -> bool:
        row = self._row(
            "SELECT result, label, submitted, late, notes FROM handins WHERE student = ? "
            "ORDER BY number DESC LIMIT 1", handin.student,
        )  # fmt: skip
        told = (_storable(handin.label), handin.submitted, int(handin.late))
        return row is not None and tuple(row) == (result, *told, json.dumps(handin.notes))

    def _current(self, student: Student) -> tuple[Handin | None, Result | None]:
        row = self._row(
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
        with self._writing():
            self._connection.execute(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                tuple(map(_storable, astuple(replace(row, recorded=_now())))),
            )

    def _row(self, query: str, *values: object) -> Any:
        with self._told():
            return self._connection.execute(query, values).fetchone()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._told():
            return self._connection.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _writing(self) -> Generator[None]:
        """A transaction that has the file for itself."""
        with self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _told(self) -> Generator[None]:
        """What SQLite complains about, in one line with a remedy."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _in_words(self.path, error) from None


_HANDIN = "student, label, submitted, late, notes"
_RESULT = (
    "digest, ground, stamp, course_version, grader_version, seed, isolation, outcome, message, "
    "report, started, seconds"
)


def packed(report: Report | None) -> bytes | None:
    """A report as compressed JSON."""
    if report is None:
        return None
    text = json.dumps(report_to_data(report), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "backslashreplace"))


def unpacked_report(blob: bytes | None) -> Report | None:
    """A report read back. Raises InfrastructureError where it is none."""
    if blob is None:
        return None
    try:
        return report_from_data(json.loads(zlib.decompress(blob)))
    except (ValueError, TypeError, zlib.error) as error:
        raise InfrastructureError(
            f"a stored report can't be read ({error}); grade again with --regrade all"
        ) from None


def _connected(name: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(name, timeout=PATIENCE, isolation_level=None, uri=uri)


def _in_words(path: Path, error: sqlite3.Error) -> UsageError | InfrastructureError:
    said = str(error)
    if "readonly" in said:
        return UsageError(f"{path}: is read-only; mend its permissions (and its folder's)")
    if "locked" in said or "busy" in said:
        return InfrastructureError(
            f"{path}: is locked by another program; wait for it or end it, then run this again"
        )
    if "full" in said:
        return InfrastructureError(
            f"{path}: the disk is full; make room, and run the same command to go on"
        )
    if "not a database" in said or "malformed" in said:
        return UsageError(f"{path}: is no gradebook, or damaged; name another file")
    return InfrastructureError(f"{path}: can't be used ({said}); look at its folder and disk")


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
