"""The cells of a live session that say what it has defined, in the order in which they ran."""

import ast
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.regions import stubs
from grader.source_text import plain_python
from grader.source_tree import is_main_guard, parse


class Session:
    """What has been run in a shell so far."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._raised: set[int] = set()

    def note(self, result: Any) -> None:
        """Remember an execution that raised; called by IPython after each."""
        if result.execution_count and not result.success:
            self._raised.add(result.execution_count)

    def cells(self) -> list[str]:
        """One source for every number that a cell was marked with, from [1] on; empty where the
        cell defined nothing that still counts."""
        return defining(self._shell.history_manager.input_hist_raw[1:], self._raised)

    def notebook(self) -> str | None:
        """The notebook's name without its ending, where the front end tells it."""
        told = self._shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
        return Path(told).stem if isinstance(told, str) and told.endswith(".ipynb") else None


def defining(sources: Sequence[str], raised: Collection[int] = ()) -> list[str]:
    """The sources, those left empty that need not be run again.

    These are: cells that only use what others define, such as training loops; a cell of data that
    was run again unchanged; a cell with a gap, or one that raised (`raised` counts from 1), whose
    functions a later cell has defined anew.
    """
    runs = [_read(source, n in raised) for n, source in enumerate(sources, 1)]
    kept = []
    later: set[str] = set()  # the texts, and the functions, of the runs after this one
    for source, run in zip(reversed(sources), reversed(runs), strict=True):
        kept.append(source if run is not None and not run.outlived(later) else "")
        if run is not None:
            later |= {run.text, *run.functions}
    return kept[::-1]


@dataclass(frozen=True)
class _Run:
    """One execution that defines something."""

    text: str
    functions: frozenset[str]
    classes: bool
    unfinished: bool  # it raised, or has a gap

    def outlived(self, later: Collection[str]) -> bool:
        """Whether nothing of it is left after the later runs."""
        if self.classes:
            return False  # others may have attached methods to it meanwhile
        if not self.functions:
            return self.text in later
        return self.unfinished and all(name in later for name in self.functions)


def _read(source: str, raised: bool) -> _Run | None:
    """None where nothing is defined, or where it is no Python: then it has never run."""
    text = plain_python(source)
    tree = parse(text)
    if tree is None:
        return None
    body = [node for node in tree.body if not is_main_guard(node)]
    if not any(map(_defines, body)):
        return None
    return _Run(
        text,
        frozenset(_functions(body)),
        any(isinstance(node, ast.ClassDef) for node in body),
        raised or any(stubs(text)),
    )


def _defines(node: ast.stmt) -> bool:
    """Whether a statement may give something a name; a loop that only computes does not."""
    if isinstance(node, _BINDING):
        return True
    inner = list(ast.walk(node))
    return any(
        isinstance(each, _DEFINING) or (isinstance(each, ast.Name) and each.id == "setattr")
        for each in inner
    )


_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_BINDING = (*_DEFINING, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete)


def _functions(body: Sequence[ast.stmt]) -> Iterator[str]:
    """`f`, and `Value.f` where it is attached to a class."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            owners = [ast.unparse(each) for each in node.decorator_list]
            yield f"{', '.join(owners)} {node.name}"
