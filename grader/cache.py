"""What was computed before, on disk: PyTorch's answers and the outcomes of unchanged lessons.

One SQLite file, shared safely by several graders. Values are a pure function of their keys, so a
cache that is missing, corrupt or unwritable costs time and nothing else; `trouble` says so.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.model import Plain

MOST_ROWS = 200_000
SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


class Cache:
    """Entries by kind and key. Never raises: what can't be read was never there."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` None: there is none, and nothing is remembered."""
        self.trouble: str | None = None
        self._folder = folder
        self._connection: sqlite3.Connection | None = None
        self._room = 0  # rows that may be added before all are counted again, which takes a while
        if folder is None:
            self.trouble = (
                "there is no home folder for the cache; going on without it, more slowly; "
                "set XDG_CACHE_HOME to a folder of yours"
            )
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(folder / "cache.sqlite", timeout=2.0)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def get(self, kind: str, keys: Iterable[str]) -> dict[str, Plain]:
        """The values that are there."""
        found: dict[str, Plain] = {}
        if self._connection is None:
            return found
        try:
            for key in keys:
                row = self._connection.execute(
                    "SELECT value FROM entries WHERE kind = ? AND key = ?", (kind, key)
                ).fetchone()
                if row is not None:
                    found[key] = json.loads(row[0])
        except (sqlite3.Error, ValueError, TypeError, RecursionError) as error:
            self._give_up(error)
        return found

    def put(self, kind: str, entries: Mapping[str, Plain]) -> None:
        """Add or replace, all or none."""
        if self._connection is None or not entries:
            return
        rows = [(kind, key, json.dumps(value)) for key, value in entries.items()]
        try:
            with self._connection:
                if self._room < len(rows):
                    count = self._connection.execute("SELECT count(*) FROM entries").fetchone()[0]
                    if count > MOST_ROWS:  # random seeds fill it with answers nobody asks for again
                        self._connection.execute("DELETE FROM entries")
                    self._room = max(0, MOST_ROWS - count) // 10  # others may be adding as well
                self._room -= len(rows)
                self._connection.executemany(
                    "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows
                )
        except sqlite3.Error as error:
            self._give_up(error)

    def close(self) -> None:
        """Release the file."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _give_up(self, error: Exception) -> None:
        self.close()
        why = getattr(error, "strerror", None) or error
        self.trouble = (
            f"the cache {self._folder} can't be used ({why}); going on without it, more slowly; "
            "delete that folder, or make it writable"
        )


def default_folder() -> Path | None:
    """The user's cache folder for mggrade, after the platform's custom; None without a home."""
    import platformdirs

    try:
        folder = Path(platformdirs.user_cache_dir("mggrade", appauthor=False))
    except RuntimeError:  # platformdirs 4.5 and later
        return None
    return folder if folder.is_absolute() else None
