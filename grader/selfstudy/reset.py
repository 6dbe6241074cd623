"""Putting gaps back: a concept's, or a lesson's whole exercise; and taking that back."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.course import Concept, Lesson
from grader.errors import UsageError
from grader.files import write_whole
from grader.intake import Unreadable, read_file
from grader.selfstudy import backups, material, notebook_text
from grader.selfstudy.stubbing import functions, with_gap
from grader.source_text import decode
from grader.submission import NOTEBOOK_MIB


@dataclass(frozen=True)
class Reset:
    """A file that was changed, and where it was kept as it had been.

    `along` and `missing` are for a concept, as in `stubbing.Restored`.
    """

    path: Path
    kept: Path
    along: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def reset_lesson(folder: Path, path: Path, lesson: Lesson, when: datetime) -> Reset | None:
    """Put a lesson's exercise in the place of a file in the workspace `folder`; None where it is
    untouched.

    Raises UsageError where the file can't be read, kept or written.
    """
    old = _read(path)
    new = material.notebook(lesson) if _is_notebook(path) else material.script(lesson).encode()
    if new == old:
        return None
    return Reset(path, _replace(folder, path, old, new, lesson.id, when))


def reset_concept(
    folder: Path, path: Path, lesson: Lesson, concept: Concept, when: datetime
) -> Reset | None:
    """Put the gaps of a concept back into a file; None where they are there.

    Raises UsageError, also for a concept that has no code of its own.
    """
    exercise = material.script(lesson)
    wanted = functions(exercise, concept.id)
    remedy = f"to put the whole lesson back: mggrade reset {lesson.id}"
    if not wanted:
        raise UsageError(f"{concept.id} has no gap of its own; {remedy}")
    old = _read(path)
    try:
        text = notebook_text.joined(old) if _is_notebook(path) else decode(old)
        restored = with_gap(text, exercise, concept.id)
        if restored is None:
            names = ", ".join(dict.fromkeys(name for _, name in wanted))
            raise UsageError(f"{path} has no {names} to put the gap into; {remedy}")
        new = _encoded(path, old, restored.text)
    except Unreadable as error:
        raise UsageError(f"{path} {error}; or {remedy}") from None
    if restored.text == text:
        return None
    kept = _replace(folder, path, old, new, concept.id, when)
    return Reset(path, kept, restored.along, restored.missing)


def undo(folder: Path, lesson: Lesson | None, when: datetime) -> Reset:
    """Put back the file that was kept last, of a lesson if one is given; what is there now is kept
    in its turn, so that undoing twice changes nothing.

    Raises UsageError where nothing was kept.
    """
    names = None if lesson is None else (f"{lesson.file}.py", f"{lesson.file}.ipynb")
    backup = backups.newest(folder, names)
    if backup is None:
        of = f" of {lesson.id}" if lesson else ""
        raise UsageError(f"nothing{of} to undo: nothing was reset here yet")
    path = folder / backup.file
    content = _read(backup.kept)
    old = _read(path) if path.exists() else content
    return Reset(path, _replace(folder, path, old, content, "undo", when))


def _is_notebook(path: Path) -> bool:
    return path.suffix == ".ipynb"


def _read(path: Path) -> bytes:
    try:
        return read_file(path, NOTEBOOK_MIB << 20)
    except Unreadable as error:
        raise UsageError(f"{path} {error}") from None


def _encoded(path: Path, old: bytes, text: str) -> bytes:
    """The text as bytes, with the line ends that the file had."""
    if _is_notebook(path):
        return notebook_text.with_code(old, text)
    return text.replace("\n", "\r\n" if b"\r\n" in old else "\n").encode()


def _replace(folder: Path, path: Path, old: bytes, new: bytes, what: str, when: datetime) -> Path:
    """Keep the old, then write the new; returns where the old is."""
    kept = backups.keep(folder, path, old, what, when)
    try:
        write_whole(path, new)
    except OSError as error:
        raise UsageError(
            f"can't write {path}: {error.strerror or error}; make the folder writable"
        ) from None
    return kept
