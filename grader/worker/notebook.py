"""What a notebook may do in a kernel while it is graded, and what became of its cells.

What reaches out of the notebook (a shell, other files, someone who types) does nothing and says so;
a magic that fails is told and costs nothing, since it is no one's work on the lesson. Everything
else is IPython as it is.
"""

import builtins
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from . import displays, faults
from .ordered import DISPLAY, OrderedSet

MOST_FAULTS = 20
# They would run programs, read or write files, or ask somebody.
OUTSIDE = frozenset(
    {
        "!", "sx", "system", "sc", "bash", "sh", "script", "cmd", "python", "python2", "python3",
        "pypy", "perl", "ruby", "pip", "conda", "mamba", "micromamba", "uv", "run", "load",
        "loadpy", "writefile", "file", "edit", "save", "cd", "pushd", "popd", "bookmark", "store",
        "notebook", "man", "pycat", "debug", "pdb", "logstart", "rerun", "recall", "history",
        "mggrade", "load_ext grader", "reload_ext grader",
    }
)  # fmt: skip
SILENT = frozenset({"mggrade", "load_ext grader", "reload_ext grader"})
# They run code of the notebook: what it raises is the notebook's own.
INSIDE = frozenset({"time", "timeit", "prun", "capture", "lprun", "memit", "mprun"})


class Cells:
    """The notebook's code cells on their way through the shell: their names in tracebacks, and
    what they raised."""

    def __init__(self, shell: Any) -> None:
        self.errors: list[dict[str, Any]] = []
        self._left: list[tuple[str, str]] = []
        self._shell = shell
        shell.compile.get_code_name = self._name
        shell.events.register("post_run_cell", self._note)

    def expect(self, module: str, cells: Sequence[tuple[str, str]]) -> None:
        """The module that the notebook is, and its cells to come as (name, code). One that is
        graded is imported, not the main program: what it guards by `__name__` is for people."""
        self._left = list(cells)
        self._shell.user_module.__name__ = module

    def _name(self, raw: str, transformed: str, number: int) -> str:
        """Cells come in their order; what is run from within a cell has a name of its own."""
        for place, (name, code) in enumerate(self._left):
            if code == raw:
                del self._left[: place + 1]
                faults.register(name, raw)
                return name
        return f"<code run by cell {number}>"

    def _note(self, result: Any) -> None:
        error = result.error_before_exec or result.error_in_exec
        if error is not None and len(self.errors) < MOST_FAULTS:
            self.errors.append(faults.describe(error))


def settle(shell: Any) -> None:
    """Keep the notebook to itself, and its sets in order."""
    shell.user_ns["set"] = shell.user_ns_hidden["set"] = OrderedSet
    setattr(builtins, DISPLAY, OrderedSet)
    shell.ast_transformers.append(_Ordered())
    line, cell = shell.run_line_magic, shell.run_cell_magic

    def run_line_magic(name: str, line_text: str, *more: Any, **options: Any) -> Any:
        known = f"{name} {line_text.strip()}" if name.endswith("load_ext") else name
        if known in OUTSIDE:
            return None if known in SILENT else _not_run(f"%{name} {line_text}")
        # Magics look at the names of who called them, so many frames up.
        options["_stack_depth"] = options.get("_stack_depth", 1) + 1
        if name in INSIDE:
            return line(name, line_text, *more, **options)
        try:
            return line(name, line_text, *more, **options)
        except Exception as error:
            return _not_run(f"%{name} {line_text}", error)

    def run_cell_magic(name: str, line_text: str, body: str) -> Any:
        if name in OUTSIDE:
            return _not_run(f"%%{name} {line_text}")
        if name in INSIDE:
            return cell(name, line_text, body)
        try:
            return cell(name, line_text, body)
        except Exception as error:
            return _not_run(f"%%{name} {line_text}", error)

    def system(command: str) -> None:
        _not_run(f"!{command}")

    def getoutput(command: str, *more: Any, **options: Any) -> list[str]:
        _not_run(f"!{command}")
        return []

    structured = shell.InteractiveTB.structured_traceback

    def structured_traceback(
        kind: Any, error: Any, trace: TracebackType | None, *more: Any, **options: Any
    ) -> Any:
        return structured(kind, error, _without_ours(trace), *more, **options)

    shell.InteractiveTB.structured_traceback = structured_traceback
    shell.run_line_magic, shell.run_cell_magic = run_line_magic, run_cell_magic
    shell.system = shell.system_raw = shell.system_piped = system
    shell.getoutput = getoutput
    shell.ask_exit = lambda: _not_run("exit()")
    shell.kernel.raw_input = shell.kernel.getpass = input  # which finds nobody there


class _Ordered:
    """Of a cell, the sets that it displays."""

    def visit(self, tree: Any) -> Any:
        """As IPython calls it. Raises RecursionError for cells that nest too deep; IPython says so
        and leaves transformers out from then on, so that is not passed on."""
        with contextlib.suppress(RecursionError):
            return displays.rewritten(tree)
        return tree


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of this package."""
    if trace is None:
        return None
    rest = _without_ours(trace.tb_next)
    if trace.tb_frame.f_code.co_filename.startswith(_HERE):
        return rest
    return TracebackType(rest, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)


_HERE = __file__.rpartition("/")[0]


def _not_run(what: str, error: Exception | None = None) -> None:
    why = f": {type(error).__name__}: {error}" if error is not None else ""
    print(f"(not run while grading: {what.strip()[:200]}{why[:200]})")
