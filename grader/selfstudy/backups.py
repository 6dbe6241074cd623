"""Copies of a learner's files, made before anything is put in their place: `.mggrade/backups/`.

Each has a folder of its own, named by the local time and what was done,
`2026-03-01T210510-mg3.tanh/`, and in it the files under their paths in the workspace.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from grader.errors import UsageError
from grader.files import write_whole
from grader.progress import FOLDER

BACKUPS = "backups"
_STAMP, _LENGTH = "%Y-%m-%dT%H%M%S", 17


@dataclass(frozen=True)
class Backup:
    """One file kept: where it is from, relative to the workspace, and where it is now."""

    file: Path
    kept: Path


def keep(folder: Path, file: Path, content: bytes, what: str, when: datetime) -> Path:
    """Keep a file's content; returns where. `file` lies in the workspace `folder`.

    Raises UsageError.
    """
    relative = file.resolve().relative_to(folder)
    try:
        kept = _fresh(folder, what, when) / relative
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, content)
    except OSError as error:
        raise UsageError(
            f"can't keep a copy of {file} ({error.strerror or error}), so nothing was changed; "
            f"make {folder / FOLDER} writable"
        ) from None
    return kept


def newest(folder: Path, names: Iterable[str] | None = None) -> Backup | None:
    """The last copy that was made, of the files with these names if there are any."""
    wanted = None if names is None else frozenset(names)
    for each in sorted(_made(folder), reverse=True):
        for path in sorted(each.rglob("*")):
            if path.is_file() and not path.is_symlink() and (wanted is None or path.name in wanted):
                return Backup(path.relative_to(each), path)
    return None


def _made(folder: Path) -> list[Path]:
    top = folder / FOLDER / BACKUPS
    return [each for each in top.iterdir() if each.is_dir()] if top.is_dir() else []


def _fresh(folder: Path, what: str, when: datetime) -> Path:
    """A folder that isn't there yet: a second one within the same second is dated one later, so
    that their names stay in order."""
    taken = {each.name[:_LENGTH] for each in _made(folder)}
    while when.strftime(_STAMP) in taken:
        when += timedelta(seconds=1)
    return folder / FOLDER / BACKUPS / f"{when.strftime(_STAMP)}-{what}"
