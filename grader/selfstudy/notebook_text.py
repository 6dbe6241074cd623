"""A notebook's code as one text, to be changed and put back into its cells."""

import json
import re
from collections.abc import Iterator
from typing import Any

from grader.source_text import is_feedback, is_old, read_notebook, sheets


def joined(raw: bytes) -> str:
    """Its code cells one below the other, each under a line that says which it is, as it stands.

    Raises Unreadable.
    """
    cells = _code_cells(read_notebook(raw))
    return "".join(f"{_MARK.format(n)}\n{text}\n" for n, (_, _, text) in enumerate(cells))


def with_code(raw: bytes, text: str) -> bytes:
    """The notebook with the code of such a text; of cells that changed, the output is gone.

    Raises Unreadable.
    """
    notebook = read_notebook(raw)
    parts = [part.removesuffix("\n") for part in _MARKS.split(text)[1:]]
    for (cell, key, old), new in zip(_code_cells(notebook), parts, strict=True):
        if new != old:
            cell[key] = new.splitlines(keepends=True) if isinstance(cell[key], list) else new
            cell.update((name, none) for name, none in _RESULTS.items() if name in cell)
    return f"{json.dumps(notebook, indent=1, ensure_ascii=False)}\n".encode(
        "utf-8", "backslashreplace"
    )


_RESULTS: dict[str, Any] = {"outputs": [], "execution_count": None, "prompt_number": None}
_MARK = "# %% [mggrade: cell {}]"
_MARKS = re.compile(r"^# %% \[mggrade: cell \d+\]\n", re.MULTILINE)


def _code_cells(notebook: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each code cell, the key of its source, and that source as one text."""
    key = "input" if is_old(notebook) else "source"
    for cell in (cell for sheet in sheets(notebook) for cell in sheet if not is_feedback(cell)):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get(key)
            if isinstance(source, list) and all(isinstance(part, str) for part in source):
                yield cell, key, "".join(source)
            elif isinstance(source, str):
                yield cell, key, source
