"""A path to a Submission: which files hold which lesson, and their code as text.

Nothing is parsed as Python here: that happens in the worker only.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.errors import SubmissionError

# A notebook's outputs (pictures) are read as well before they are thrown away.
NOTEBOOK_MIB = 64
MOST_FILES = 200
MOST_FOLDERS = 2_000


@dataclass(frozen=True)
class Module:
    """One source file: its import name, and its cells as (name for tracebacks, code) pairs.

    `problem` says why it can't be read; then there are no cells.
    """

    name: str
    path: Path
    cells: tuple[tuple[str, str], ...]
    notebook: bool = False
    problem: str | None = None

    @property
    def text(self) -> str:
        """All of its code."""
        return "\n".join(code for _, code in self.cells)


@dataclass(frozen=True)
class Submission:
    """What a person handed in: lessons by id, or else a micrograd of their own."""

    path: Path
    lessons: Mapping[str, Module] = field(default_factory=dict)
    own: tuple[Module, ...] = ()
    notes: tuple[str, ...] = ()


def read_submission(path: Path, course: Course) -> Submission:
    """Read a folder, a `.py` or an `.ipynb`. Raises SubmissionError in one line with a remedy."""
    try:
        return _read_submission(path, course)
    except OSError as error:  # a name that is too long, a folder that is locked
        raise SubmissionError(
            f"{path}: can't be read ({error.strerror or error}); mend its permissions, "
            "or name another path"
        ) from None


def _read_submission(path: Path, course: Course) -> Submission:
    if not path.exists():
        raise SubmissionError(f"no such file or folder: {path}")
    if path.is_dir():
        lessons = _lessons_in(path, course)
        if lessons:
            return Submission(path, lessons)
        own, notes = _own_modules(path, course)
        if not own and notes:
            raise SubmissionError(f"{path}: nothing to grade here; {notes[0]}")
        if not own:
            raise SubmissionError(
                f"{path}: nothing to grade here; expected files such as "
                f"{course.lessons[0].file}.py, or a micrograd with a class Value in a .py or .ipynb"
            )
        return Submission(path, own=own, notes=notes)
    if path.suffix not in (".py", ".ipynb"):
        raise SubmissionError(f"{path}: neither .py nor .ipynb; give a folder or one such file")
    lesson_id = _lesson_id(path, course)
    module = _read_lesson(path, course) if lesson_id else read_module(path, course)
    if module.problem:
        raise SubmissionError(f"{path} {module.problem}")
    if lesson_id:
        return Submission(path, {lesson_id: module})
    return Submission(path, own=(module,))


def read_module(path: Path, course: Course, name: str | None = None) -> Module:
    """Read one source file. What is wrong with it is its `problem`."""
    name = name or path.stem
    notebook = path.suffix == ".ipynb"
    try:
        raw = _read(path, NOTEBOOK_MIB * 1024 if notebook else course.limits.file_kib)
        cells = _notebook_cells(raw, path.name) if notebook else ((path.name, _decode(raw)),)
        kib = sum(len(code) for _, code in cells) // 1024
        if kib > course.limits.file_kib:
            raise _Unreadable(
                f"holds too much code: {kib} KiB, where {course.limits.file_kib} KiB are allowed; "
                "keep only your own in it"
            )
    except _Unreadable as error:
        return Module(name, path, (), notebook, str(error))
    return Module(name, path, cells, notebook)


def _read_lesson(path: Path, course: Course) -> Module:
    """A file without code may be part of a micrograd (`__init__.py`), but it is no lesson."""
    module = read_module(path, course)
    if module.problem is None and not module.text.strip():
        return replace(module, problem="holds no code; take the exercise from the course again")
    return module


class _Unreadable(Exception):
    """Why a file can't be read, in words for its owner."""


def _lessons_in(folder: Path, course: Course) -> dict[str, Module]:
    """The lesson files that lie directly in a folder."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        lesson_id = _lesson_id(path, course)
        if lesson_id is None:
            continue
        if lesson_id in found:
            raise SubmissionError(
                f"{folder}: {found[lesson_id].name} and {path.name} are both {lesson_id}; "
                "keep one of them here, or name the one to grade"
            )
        found[lesson_id] = path
    return {
        lesson.id: _read_lesson(found[lesson.id], course)
        for lesson in course.lessons
        if lesson.id in found
    }


def _lesson_id(path: Path, course: Course) -> str | None:
    if path.suffix not in (".py", ".ipynb"):
        return None
    for lesson in course.lessons:
        if path.stem == lesson.file:
            return lesson.id
    return None


def _own_modules(folder: Path, course: Course) -> tuple[tuple[Module, ...], tuple[str, ...]]:
    """The files of a stranger's micrograd, by import name; tests, demos and set-up are left out.

    Of several, those that define `Value`, or are imported by name by one that is taken, are taken.
    The notes tell of files that can't be read, and of those left out.
    """
    paths = []
    for path in _walk(folder):
        name = ".".join(path.relative_to(folder).with_suffix("").parts)
        paths.append((name.removesuffix(".__init__"), path))
    found = [read_module(path, course, name) for name, path in paths]
    modules = [module for module in found if module.problem is None]
    unreadable = tuple(
        f"{module.path.relative_to(folder)} {module.problem}" for module in found if module.problem
    )
    wanted = {each.partition(".")[0] for concept in course.concepts for each in concept.names}
    defines = re.compile(rf"^(?:class|def)\s+(?:{'|'.join(sorted(wanted))})\b", re.MULTILINE)
    taken = [module for module in modules if defines.search(module.text)]
    if not any(re.search(r"^class\s+Value\b", module.text, re.MULTILINE) for module in taken):
        return (), unreadable
    needed = _with_imports(taken, modules)
    left_out = tuple(
        f"{module.path.relative_to(folder)} was not graded: it defines nothing of the course"
        for module in modules
        if module not in needed
    )
    return tuple(needed), unreadable + left_out


def _with_imports(taken: Iterable[Module], modules: Iterable[Module]) -> list[Module]:
    """These modules and those they import by name, engines before what builds on them."""
    chosen = list(taken)
    for module in chosen:
        for other in modules:
            mentions = re.search(rf"\b(?:from|import)\s+{re.escape(other.name)}\b", module.text)
            if other not in chosen and mentions:
                chosen.append(other)
    return sorted(chosen, key=lambda module: "class Value" not in module.text)


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for count, (top, folders, files) in enumerate(os.walk(folder), 1):
        if count > MOST_FOLDERS:
            raise _too_much(folder, f"{MOST_FOLDERS} folders")
        folders[:] = sorted(
            each for each in folders if not each.startswith((".", "__")) and each not in _SKIPPED
        )
        for file in sorted(files):
            path = Path(top) / file
            stem = path.stem
            if path.suffix not in (".py", ".ipynb") or stem.startswith("test_"):
                continue
            if stem in ("setup", "conftest") or stem in sys.stdlib_module_names:
                continue
            found.append(path)
            if len(found) > MOST_FILES:
                raise _too_much(folder, f"{MOST_FILES} Python files")
    return found


def _too_much(folder: Path, what: str) -> SubmissionError:
    return SubmissionError(
        f"{folder}: more than {what}, and no lessons; give the folder of the micrograd alone"
    )


_SKIPPED = frozenset({"tests", "test", "venv", "env", "node_modules", "build", "dist", "docs"})


def _read(path: Path, limit_kib: int) -> bytes:
    """The bytes of a regular file of at most this size."""
    try:
        if path.is_dir():
            raise _Unreadable("is a folder, not a file; rename the folder")
        if not path.exists():
            raise _Unreadable("is a link to a file that is not there; put the file itself here")
        if not path.is_file():
            raise _Unreadable("is no regular file; put a file with your code here")
        size = path.stat().st_size
        if size > limit_kib * 1024:
            raise _Unreadable(
                f"is too large: {_size(size)}, where {_size(limit_kib * 1024)} are allowed; "
                "keep only your code in it"
            )
        return path.read_bytes()
    except OSError as error:
        raise _Unreadable(
            f"can't be read ({error.strerror or error}); mend its permissions"
        ) from None


def _size(count: int) -> str:
    return f"{count / 2**20:.0f} MiB" if count >= 2**20 else f"{count // 1024} KiB"


def _decode(raw: bytes) -> str:
    """The text, with Unix line ends: whatever the editor, lines are counted alike."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _Unreadable(
            f"is not UTF-8 (byte {raw[error.start]:#x} in line {line}); save it as UTF-8"
        ) from None
    text = _unix_lines(text)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _Unreadable(f"holds a NUL byte in line {line}; save it as plain UTF-8 text")
    return text


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _notebook_cells(raw: bytes, file: str) -> tuple[tuple[str, str], ...]:
    """The code cells of a notebook (nbformat 4), magics taken out, numbered from 1 as shown."""
    try:
        notebook = json.loads(_decode(raw))
    except (ValueError, RecursionError):
        raise _Unreadable("is not a notebook (not valid JSON); save it again in Jupyter") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise _Unreadable(
            "is not a notebook of format 4 (it has no list of cells); save it again in Jupyter"
        )
    return tuple(
        (f"{file}[cell {number}]", plain_python(_source(cell)))
        for number, cell in enumerate(cells, 1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return _unix_lines(source) if isinstance(source, str) else ""


def plain_python(source: str) -> str:
    """A code cell without IPython's own syntax; the numbers of its lines stay."""
    magic = re.match(r"\s*%%(\w+)", source)
    if magic:
        if magic[1] not in ("time", "timeit", "capture", "prun"):
            return ""  # %%bash, %%html, %%writefile: not Python
        source = source.replace(f"%%{magic[1]}", "pass #", 1)
    lines = source.split("\n")
    return "\n".join(_without_magic(line) for line in lines)


# `%matplotlib inline`, `!pip install x`, `value?`; not `% b` on a line of its own.
_MAGIC_LINE = re.compile(r"\s*(?:%{1,2}[A-Za-z_]|!|\?).*|\s*[\w.]+\?{1,2}\s*$")
_ASSIGNED = re.compile(r"^(\s*\w[\w, ]*=\s*)(?:![^=]|%[A-Za-z_]).*$")


def _without_magic(line: str) -> str:
    line = _ASSIGNED.sub(r"\1None", line)
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass" if _MAGIC_LINE.match(line) else line
