"""One SQLite file that several programs may share, brought up to the newest schema."""

import contextlib
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Any

from grader.classroom.schema import APPLICATION, MIGRATIONS
from grader.errors import InfrastructureError, UsageError

PATIENCE = 30.0  # seconds that another program's writing is waited for


class Database:
    """An open gradebook's file.

    Every method raises UsageError or InfrastructureError in one line, where the file is read-only,
    locked by another program, from a newer version, or the disk is full.
    """

    def __init__(self, path: Path, *, create: bool, reading: bool) -> None:
        """create: make the file where there is none. reading: it need not be writable."""
        self._path = path
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

    def close(self) -> None:
        """Release the file."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def row(self, query: str, *values: object) -> Any:
        """The first row that it gives, or None."""
        with self._told():
            return self._connection.execute(query, values).fetchone()

    def rows(self, query: str, *values: object) -> list[Any]:
        """All rows that it gives."""
        with self._told():
            return self._connection.execute(query, values).fetchall()

    @contextlib.contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """A transaction that has the file for itself."""
        with self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    def _open(self, reading: bool) -> sqlite3.Connection:
        if not reading:
            return _connected(str(self._path))
        try:
            connection = _connected(f"{self._path.resolve().as_uri()}?mode=ro", uri=True)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:  # write-ahead files can't be made beside it
            connection = _connected(f"{self._path.resolve().as_uri()}?immutable=1", uri=True)
        return connection

    def _prepare(self, reading: bool) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        mark = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != APPLICATION and tables:
            raise UsageError(f"{self._path}: is no gradebook of mggrade; name another file")
        if version > len(MIGRATIONS):
            raise UsageError(
                f"{self._path}: was made by a newer mggrade (schema {version}, this one knows "
                f"{len(MIGRATIONS)}); upgrade mggrade"
            )
        if reading and not tables:
            raise UsageError(f"{self._path}: is empty; mggrade grade fills it")
        if reading and version == len(MIGRATIONS):
            return
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        with self.writing():  # tells early whether it can be written
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
            self._connection.execute(f"PRAGMA application_id={APPLICATION}")

    @contextlib.contextmanager
    def _told(self) -> Generator[None]:
        """What SQLite complains about, in one line with a remedy."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _in_words(self._path, error) from None


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
