"""A path to a Submission: which files hold which lesson, and their code as text.

Nothing is parsed as Python here: that happens in the worker only.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from grader.course import Course
from grader.errors import SubmissionError
from grader.intake import (
    ARCHIVES,
    Folder,
    TooLarge,
    Unreadable,
    is_archive,
    open_archive,
    open_folder,
    open_tree,
    read_file,
)
from grader.reading import CELLS, EXECUTE, needs_kernel
from grader.source_text import (
    code_cells,
    decode,
    read_notebook,
    remarks,
    without_outputs,
    written_cells,
)

# A notebook's outputs (pictures) are read as well before they are thrown away.
NOTEBOOK_MIB = 256
MOST_FILES = 200


@dataclass(frozen=True)
class Module:
    """One source file: its import name, and its cells as (name for tracebacks, code) pairs.

    `problem` says why it can't be read; then there are no cells. `notes` are for its owner.
    A notebook's cells are plain Python; `written` are the same cells with all that IPython takes a
    part in. `executed`: these are what is graded, run in a kernel.
    """

    name: str
    path: Path
    cells: tuple[tuple[str, str], ...]
    notebook: bool = False
    problem: str | None = None
    notes: tuple[str, ...] = ()
    written: tuple[tuple[str, str], ...] = ()
    executed: bool = False

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
    notebooks: str = CELLS  # how they are read: see grader/reading.py

    @property
    def modules(self) -> tuple[Module, ...]:
        """All of its files."""
        return (*self.lessons.values(), *self.own)

    def executed(self, *names: str) -> "Submission":
        """The same with these notebooks executed, whatever they look like."""

        def changed(module: Module) -> Module:
            return replace(module, executed=module.executed or module.name in names)

        lessons = {each: changed(module) for each, module in self.lessons.items()}
        return replace(self, lessons=lessons, own=tuple(map(changed, self.own)))


def read_submission(handed_in: Path | Folder, course: Course, notebooks: str = CELLS) -> Submission:
    """Read a folder, an archive of one, a `.py` or an `.ipynb`; or a folder that is in memory, as
    one file if there is but one.

    notebooks: "cells" reads their code cells, "execute" executes them, "auto" executes those for
        which that may make a difference.

    Raises SubmissionError in one line with a remedy.
    """
    path = handed_in.path if isinstance(handed_in, Folder) else handed_in
    try:
        found = replace(_read_submission(handed_in, course), notebooks=notebooks)
        read = [each for each in found.modules if each.notebook and not each.problem]
        if notebooks == CELLS:
            return found
        return found.executed(
            *(each.name for each in read if notebooks == EXECUTE or needs_kernel(each.written))
        )
    except OSError as error:  # a name that is too long, a folder that is locked
        raise SubmissionError(
            f"{path}: can't be read ({error.strerror or error}); mend its permissions, "
            "or name another path"
        ) from None


def _read_submission(path: Path | Folder, course: Course) -> Submission:
    if isinstance(path, Folder):
        alone = len(path.files) == 1 and not _lesson_id(path.files[0], course)
        return _read_single(path, path.files[0], course) if alone else _read_folder(path, course)
    if not path.exists() and not path.is_symlink():
        raise SubmissionError(f"no such file or folder: {path}{_meant(path, course)}")
    if path.is_dir():
        lessons = _lessons_in(open_folder(path), course)  # without a walk through all below
        if lessons:
            return Submission(path, lessons, notes=_notes(lessons.values()))
        return _read_folder(open_tree(path), course)
    if is_archive(path):
        return _read_folder(open_archive(path), course)
    if path.suffix not in (".py", ".ipynb"):
        raise SubmissionError(
            f"{path}: neither .py nor .ipynb; give one such file, a folder, or an archive of one "
            f"({', '.join(ARCHIVES)})"
        )
    single = Folder(
        path.parent, (PurePosixPath(path.name),), lambda _, limit: read_file(path, limit)
    )
    return _read_single(single, single.files[0], course)


def _meant(path: Path, course: Course) -> str:
    """What to type instead, where an id was given as a path."""
    name = str(path)
    if any(lesson.id == name for lesson in course.lessons):
        return f"; for that lesson alone: mggrade check --lesson {name}"
    if any(concept.id == name for concept in course.concepts):
        return f"; for that concept alone: mggrade check --concept {name}"
    return ""


def _read_single(folder: Folder, name: PurePosixPath, course: Course) -> Submission:
    """One file is a lesson, or a micrograd of someone's own."""
    lesson_id = _lesson_id(name, course)
    module = _read_lesson(folder, name, course) if lesson_id else read_module(folder, name, course)
    path = folder.path / name
    if module.problem:
        raise SubmissionError(f"{path} {module.problem}")
    if not module.text.strip():
        raise SubmissionError(f"{path} holds no code; write your micrograd in it, and save it")
    if lesson_id:
        return Submission(path, {lesson_id: module}, notes=module.notes)
    return Submission(path, own=(module,), notes=module.notes)


def _read_folder(folder: Folder, course: Course) -> Submission:
    lessons = _lessons_in(folder, course)
    if lessons:
        return Submission(folder.path, lessons, notes=_notes(lessons.values()))
    own, notes = _own_modules(folder, course)
    if not own and notes:
        raise SubmissionError(f"{folder.path}: nothing to grade here; {notes[0]}")
    if not own:
        raise SubmissionError(
            f"{folder.path}: nothing to grade here; expected files such as "
            f"{course.lessons[0].file}.py, or a micrograd with a class Value in a .py or .ipynb"
        )
    return Submission(folder.path, own=own, notes=(*_notes(own), *notes))


def notebook_bytes(submission: Submission, module: Module) -> bytes:
    """A notebook as it was handed in, outputs and all. Raises Unreadable or SubmissionError."""
    limit = NOTEBOOK_MIB << 20
    if not is_archive(submission.path):
        return read_file(module.path, limit)
    file = PurePosixPath(module.path.relative_to(submission.path))
    return open_archive(submission.path).read(file, limit)


def read_module(
    folder: Folder, file: PurePosixPath, course: Course, name: str | None = None
) -> Module:
    """Read one source file. What is wrong with it is its `problem`."""
    name, path, notebook = name or file.stem, folder.path / file, file.suffix == ".ipynb"
    limit = NOTEBOOK_MIB << 20 if notebook else course.limits.file_kib << 10
    try:
        raw = folder.read(file, limit)
        notes: tuple[str, ...] = ()
        written: tuple[tuple[str, str], ...] = ()
        if notebook:
            data = read_notebook(without_outputs(raw))
            cells, notes = code_cells(data, file.name), remarks(data, file.name)
            written = written_cells(data, file.name)
        else:
            cells = ((file.name, decode(raw)),)
        kib = sum(len(code) for _, code in cells) // 1024
        if kib > course.limits.file_kib:
            raise Unreadable(
                f"holds too much code: {kib} KiB, where {course.limits.file_kib} KiB are allowed; "
                "keep only your own in it"
            )
    except TooLarge as error:
        remedy = "clear its outputs, and save it again" if notebook else error.remedy
        return Module(name, path, (), notebook, f"{error.what}; {remedy}")
    except Unreadable as error:
        return Module(name, path, (), notebook, str(error))
    return Module(name, path, cells, notebook, notes=notes, written=written)


def _read_lesson(folder: Folder, file: PurePosixPath, course: Course) -> Module:
    """A file without code may be part of a micrograd (`__init__.py`), but it is no lesson."""
    module = read_module(folder, file, course)
    if module.problem is None and not module.text.strip():
        lesson = _lesson_id(file, course)
        problem = f"holds no code; mggrade reset {lesson} puts the exercise back"
        return replace(module, problem=problem)
    return module


def _lessons_in(folder: Folder, course: Course) -> dict[str, Module]:
    """The lesson files that lie directly in a folder."""
    found: dict[str, PurePosixPath] = {}
    for file in folder.files:
        lesson_id = _lesson_id(file, course) if len(file.parts) == 1 else None
        if lesson_id is None:
            continue
        if lesson_id in found:
            raise SubmissionError(
                f"{folder.path}: {found[lesson_id].name} and {file.name} are both {lesson_id}; "
                "keep one of them here, or name the one to grade"
            )
        found[lesson_id] = file
    return {
        lesson.id: _read_lesson(folder, found[lesson.id], course)
        for lesson in course.lessons
        if lesson.id in found
    }


def _notes(modules: Iterable[Module]) -> tuple[str, ...]:
    return tuple(note for module in modules for note in module.notes)


def _lesson_id(file: PurePosixPath, course: Course) -> str | None:
    if file.suffix not in (".py", ".ipynb"):
        return None
    for lesson in course.lessons:
        if file.stem == lesson.file:
            return lesson.id
    return None


def _own_modules(folder: Folder, course: Course) -> tuple[tuple[Module, ...], tuple[str, ...]]:
    """The files of a stranger's micrograd, by import name; tests, demos and set-up are left out.

    Of several, those that define `Value`, or are imported by name by one that is taken, are taken.
    The notes tell of files that can't be read, and of those left out.
    """
    found = []
    package = _package(folder)
    for file in _candidates(folder):
        name = ".".join((*package, *file.with_suffix("").parts)).removesuffix(".__init__")
        found.append(read_module(folder, file, course, name))
    modules = [module for module in found if module.problem is None]
    unreadable = tuple(
        f"{module.path.relative_to(folder.path)} {module.problem}"
        for module in found
        if module.problem
    )
    wanted = {each.partition(".")[0] for concept in course.concepts for each in concept.names}
    defines = re.compile(rf"^(?:class|def)\s+(?:{'|'.join(sorted(wanted))})\b", re.MULTILINE)
    taken = [module for module in modules if defines.search(module.text)]
    if not any(re.search(r"^class\s+Value\b", module.text, re.MULTILINE) for module in taken):
        return (), unreadable
    needed = _with_imports(taken, modules)
    left_out = tuple(
        f"{module.path.relative_to(folder.path)} was not graded: it defines nothing of the course"
        for module in modules
        if module not in needed and module.path.name != "__init__.py"
    )
    return tuple(needed), unreadable + left_out


def _package(folder: Folder) -> tuple[str, ...]:
    """A folder that is a package itself: its own name, for the imports of its modules."""
    name = folder.path.resolve().name
    there = PurePosixPath("__init__.py") in folder.files and folder.path.is_dir()
    return (name,) if there and name.isidentifier() else ()


def _with_imports(taken: Iterable[Module], modules: Iterable[Module]) -> list[Module]:
    """These modules and those they import by name, engines before what builds on them."""
    chosen = list(taken)
    for module in chosen:
        for other in modules:
            names = rf"{re.escape(other.name)}|\.+{re.escape(other.name.rpartition('.')[2])}"
            mentions = re.search(rf"\b(?:from|import)\s+(?:{names})\b", module.text)
            if other not in chosen and mentions:
                chosen.append(other)
    return sorted(chosen, key=lambda module: "class Value" not in module.text)


def _candidates(folder: Folder) -> Sequence[PurePosixPath]:
    """The Python files and notebooks that may be part of a micrograd."""
    found = [
        file
        for file in folder.files
        if file.suffix in (".py", ".ipynb")
        and not file.stem.startswith("test_")
        and file.stem not in ("setup", "conftest")
        and file.stem not in sys.stdlib_module_names
        and not _BESIDE.intersection(file.parts[:-1])
    ]
    if len(found) > MOST_FILES:
        raise SubmissionError(
            f"{folder.path}: more than {MOST_FILES} Python files, and no lessons; "
            "give the folder of the micrograd alone"
        )
    return found


_BESIDE = frozenset({"tests", "test", "build", "dist", "docs"})
