"""Import a lesson that lies beside the notebook: `from mg2_chain_rule import Value`."""

import importlib.abc
import importlib.machinery
import linecache
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from types import ModuleType

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
        __tracebackhide__ = True  # a learner's traceback has no frame of ours
        name = module.__name__
        file = self._file(name)
        if file is None:
            raise ImportError(f"{name} is no longer in {self._folder}")
        read = read_module(open_folder(self._folder), PurePosixPath(file.name), load_course())
        if read.problem is not None:
            raise ImportError(f"{file.name} {read.problem}")
        module.__file__ = str(file)
        self._stamps[name] = file, _stamp(file)
        trouble = _run(read, module)
        if trouble is not None:
            raise ImportError(trouble)

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


def _run(lesson: Module, module: ModuleType) -> str | None:
    """Run the cells; what went wrong first, if anything did."""
    for filename, code in lesson.cells:
        lines = code.splitlines(keepends=True)
        linecache.cache[filename] = len(code), None, lines, filename  # for tracebacks
        try:
            exec(compile(code, filename, "exec", dont_inherit=True), module.__dict__)
        except Exception as error:
            return _told(lesson, filename, error)
    return None


def _told(lesson: Module, filename: str, error: Exception) -> str:
    """`mg2_chain_rule.ipynb, cell 4, line 2: NameError: …`, and what to do."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    cell = filename.removeprefix(lesson.path.name).strip("[]")
    place = ", ".join(filter(None, (lesson.path.name, cell, f"line {line}" if line else "")))
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    what = f"{type(error).__name__}: {' '.join(str(reason).split())}".removesuffix(": ")
    return f"{place}: {what} (mend it there and save, then run this cell again)"


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
