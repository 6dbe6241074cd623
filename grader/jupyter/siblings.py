"""Import a lesson that lies beside the notebook: `from mg2_chain_rule import Value`."""

import importlib.abc
import importlib.machinery
import linecache
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import NoReturn

from grader.course import load_course
from grader.intake import open_folder
from grader.submission import Module, read_module


class SiblingFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the lessons of one folder; of a notebook and a script, the notebook.

    Its code cells run in order, without what is IPython's own. A file that has changed is run anew
    by the next import.
    """

    def __init__(self, folder: Path, lessons: Iterable[str]) -> None:
        self._folder = folder
        self._lessons = frozenset(lessons)
        self._told: set[str] = set()
        self._stamps: dict[str, tuple[Path, int]] = {}  # by module: its file, and when it changed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for a lesson that is there; None for all else."""
        file = self._file(fullname) if fullname in self._lessons else None
        if file is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(file))

    def exec_module(self, module: ModuleType) -> None:
        """Run the lesson. Raises ImportError that names the cell and the line that raised."""
        __tracebackhide__ = True  # IPython leaves this frame out of the learner's traceback
        name = module.__name__
        file = self._file(name)
        if file is None:
            raise ImportError(f"{name} is no longer in {self._folder}")
        read = read_module(open_folder(self._folder), PurePosixPath(file.name), load_course())
        if read.problem is not None:
            _raise(f"{file.name} {read.problem}", file.name)
        module.__file__ = str(file)
        self._stamps[name] = file, _stamp(file)
        _run(read, module)

    def refresh(self, *_: object) -> None:
        """Forget the lessons if the file of one has changed: they build on each other."""
        if any(_stamp(file) != stamp for file, stamp in self._stamps.values()):
            for name in self._stamps:
                sys.modules.pop(name, None)
            self._stamps.clear()

    def _file(self, name: str) -> Path | None:
        there = [self._folder / f"{name}{suffix}" for suffix in (".ipynb", ".py")]
        there = [file for file in there if file.is_file()]
        if len(there) == 2 and name not in self._told:
            self._told.add(name)
            print(
                f"mggrade: {there[0].name} and {there[1].name} are both here; "
                "the notebook is taken",
                file=sys.stderr,
            )
        return there[0] if there else None


def _run(lesson: Module, module: ModuleType) -> None:
    """Run the cells. Raises ImportError."""
    __tracebackhide__ = True
    for filename, code in lesson.cells:
        lines = code.splitlines(keepends=True)
        linecache.cache[filename] = len(code), None, lines, filename  # for tracebacks
        try:
            exec(compile(code, filename, "exec", dont_inherit=True), module.__dict__)
        except Exception as error:
            line = _line(filename, error)
            what = _told(lesson, filename, line, error)
        else:
            continue
        _raise(what, filename, line)


def _raise(what: str, filename: str, line: int = 1) -> NoReturn:
    """Raise an ImportError that seems to come from that line of the lesson: a traceback shows its
    last frame in any case, and it had better be the learner's than ours."""
    __tracebackhide__ = True
    code = "\n" * (line - 1) + "raise error"
    exec(compile(code, filename, "exec"), {"error": ImportError(what)})
    raise AssertionError("not reached")


def _told(lesson: Module, filename: str, line: int, error: Exception) -> str:
    """`mg2_chain_rule.ipynb, cell 4, line 2: NameError: …`, and what to do."""
    cell = filename.removeprefix(lesson.path.name).strip("[]")
    place = ", ".join(filter(None, (lesson.path.name, cell, f"line {line}")))
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    what = f"{type(error).__name__}: {' '.join(str(reason).split())}".removesuffix(": ")
    return f"{place}: {what} (mend it there and save, then run this cell again)"


def _line(filename: str, error: Exception) -> int:
    """The last line of the cell that the error came through."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line or 1


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
