"""What a worker loads: sources, and the request that holds them."""

import functools
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Source:
    """One module: its import name, and its cells as (file name, code) pairs.

    `keep_going`: an exception in one cell does not stop the next one (notebooks). `executed`: the
    cells are as they were written, magics and all, for a kernel to execute. `ours`: the reference
    in the place of someone's lesson; no line of it is shown to anyone.
    """

    name: str
    cells: tuple[tuple[str, str], ...]
    keep_going: bool = False
    executed: bool = False
    ours: bool = False


@dataclass(frozen=True)
class Graft:
    """The reference's version of the last module, and the names that it lends."""

    cells: tuple[tuple[str, str], ...]
    replace: tuple[str, ...]


def load_request(sources: Sequence[Source], graft: Graft | None) -> dict[str, Any]:
    """What a worker is asked to load."""
    modules = [
        {
            "name": each.name,
            "cells": each.cells,
            "keep_going": each.keep_going,
            "ours": each.ours,
        }
        for each in sources
    ]
    if graft is None:
        return {"modules": modules}
    return {"modules": modules, "graft": {"cells": graft.cells, "replace": graft.replace}}


def standard_imports(codes: Iterable[str]) -> list[str]:
    """The standard modules that sources name in imports: a locked worker can't open their files
    any more. By the look of the lines; nothing is parsed, and a name too many does no harm."""
    return list(dict.fromkeys(name for code in codes for name in _standard_imports(code)))[:200]


@functools.lru_cache(maxsize=128)  # a lesson is loaded once for itself and for each after it
def _standard_imports(code: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in _IMPORT.finditer(code):
        names = [match["module"]] if match["module"] else match["modules"].split(",")
        for name in names:
            module = name.split()[0] if name.split() else ""
            top = module.partition(".")[0]
            if top in sys.stdlib_module_names and top not in _NEVER:
                found[module] = None
    return tuple(found)


_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>[\w.]+)[ \t]+import\b|import[ \t]+(?P<modules>[\w., \t]+))",
    re.MULTILINE,
)
# They do something when imported, or bring half a desktop along.
_NEVER = frozenset({"antigravity", "this", "idlelib", "tkinter", "turtle", "turtledemo", "test"})
