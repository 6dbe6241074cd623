"""Whether a notebook must be executed in a kernel, or reading its code cells gives the same.

Its code is taken as it is where it is plain Python but for lines that do nothing to it
(`%matplotlib inline`, `!pip install`). Where IPython takes a part in it, or a plot is drawn, the
notebook is executed. By the look of it; when in doubt it is executed, which is always right.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from grader.source_text import plain_python
from grader.source_tree import Function, is_main_guard, parse

AUTO, CELLS, EXECUTE = "auto", "cells", "execute"
WAYS = (AUTO, EXECUTE, CELLS)


def needs_kernel(cells: Sequence[tuple[str, str]]) -> bool:
    """Whether a kernel may make of these cells, as (name, code as written), what Python alone
    would not."""
    stored: set[str] = set()
    loaded: set[str] = set()
    for _, code in cells:
        if not all(map(_is_harmless, _magics(code))):
            return True
        tree = parse(plain_python(code))
        if tree is None:
            if _LOOKS_LIKE_IPYTHON.search(code):
                return True
            continue
        statements = [each for each in tree.body if not is_main_guard(each)]  # not run here either
        for node in (inner for each in statements for inner in ast.walk(each)):
            if isinstance(node, ast.Name):
                (loaded if isinstance(node.ctx, ast.Load) else stored).add(node.id)
            elif isinstance(node, Function | ast.ClassDef):
                stored.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                stored |= {(each.asname or each.name) for each in node.names}
                if any(name in _DRAWN for name in _imported(node)):
                    return True
        if any(map(_waits, statements)):
            return True
    return bool((loaded - stored) & _OF_IPYTHON)


def _magics(code: str) -> Iterator[str]:
    """The lines that `plain_python` leaves out or changes."""
    plain = plain_python(code)
    if not plain and code.strip():  # a cell in another language
        yield code.strip().partition("\n")[0]
        return
    for line, left in zip(code.split("\n"), plain.split("\n"), strict=False):
        if line != left:
            yield line.strip()


def _is_harmless(line: str) -> bool:
    return _HARMLESS.fullmatch(line) is not None


_HARMLESS = re.compile(
    r"%%(?:time|capture)\b.*"
    r"|%(?:matplotlib|config|autoreload|pip|conda|mamba|mggrade)\b.*"
    r"|%(?:re)?load_ext\s+(?:grader|autoreload)\s*"
    r"|!\s*(?:\{sys\.executable\}\s+-m\s+)?(?:python3?\s+-m\s+)?(?:pip3?|conda|apt|apt-get|brew)\b.*"
    r"|\?{1,2}[\w.]+|[\w.]+\?{1,2}"
)
_LOOKS_LIKE_IPYTHON = re.compile(r"^\s*[%!?/,;]|[!?]\s*$|=\s*[%!]", re.MULTILINE)
_OF_IPYTHON = frozenset(
    {"display", "get_ipython", "In", "Out", "exit", "quit", "_", "__", "___", "_i", "_ih", "_oh"}
)
_DRAWN = frozenset({"matplotlib", "pylab", "seaborn", "IPython", "ipywidgets"})


def _imported(node: ast.Import | ast.ImportFrom) -> Iterable[str]:
    names = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module]
    return [name.partition(".")[0] for name in names if name]


def _waits(statement: ast.stmt) -> bool:
    """Whether it awaits outside of a function."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
            return True
        if isinstance(node, ast.comprehension) and node.is_async:
            return True
        if not isinstance(node, Function | ast.Lambda):
            todo.extend(ast.iter_child_nodes(node))
    return False
