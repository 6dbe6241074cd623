"""The code of a notebook (nbformat 4) as plain Python, read from its JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any

from grader.intake import Unreadable


def decode(raw: bytes) -> str:
    """The text, with Unix line ends: whatever the editor, lines are counted alike.

    Raises Unreadable.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"is not UTF-8 (byte {raw[error.start]:#x} in line {line}); save it as UTF-8"
        ) from None
    text = _unix_lines(text)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f"holds a NUL byte in line {line}; save it as plain UTF-8 text")
    return text


def notebook_cells(raw: bytes, file: str) -> tuple[tuple[str, str], ...]:
    """The code cells, magics taken out, numbered from 1 as shown. Raises Unreadable."""
    try:
        notebook = json.loads(decode(raw))
    except (ValueError, RecursionError):
        raise Unreadable("is not a notebook (not valid JSON); save it again in Jupyter") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise Unreadable(
            "is not a notebook of format 4 (it has no list of cells); save it again in Jupyter"
        )
    return tuple(
        (f"{file}[cell {number}]", plain_python(_source(cell)))
        for number, cell in enumerate(cells, 1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )


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


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return _unix_lines(source) if isinstance(source, str) else ""


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_magic(line: str) -> str:
    line = _ASSIGNED.sub(r"\1None", line)
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass" if _MAGIC_LINE.match(line) else line
