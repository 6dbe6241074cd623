"""The code of a notebook as plain Python, read from its JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any

from grader.intake import Unreadable

FEEDBACK = "mggrade-feedback"  # the tag of cells that the grader wrote


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


def read_notebook(raw: bytes) -> dict[str, Any]:
    """A notebook's JSON, of format 4 or the older 3. Raises Unreadable."""
    text = decode(raw)
    if not text.strip():
        raise Unreadable("is empty; mggrade reset, with the lesson's id, puts the exercise back")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        line = _conflict(text)
        if line:
            raise Unreadable(
                f"holds merge-conflict markers (line {line}); resolve the conflict: keep one side"
            ) from None
        raise Unreadable("is not a notebook (not valid JSON); save it again in Jupyter") from None
    if not isinstance(notebook, dict) or not sheets(notebook):
        raise Unreadable(
            "is not a notebook of format 4 (it has no list of cells); save it again in Jupyter"
        )
    language = _other_language(notebook)
    if language:
        raise Unreadable(
            f"is a notebook for {language}, not Python; choose a Python kernel, and save it again"
        )
    return notebook


def without_outputs(raw: bytes) -> bytes:
    """A notebook's bytes without what its cells have shown, which may be most of it by far and is
    never looked at. What is no JSON stays as it is."""
    kept, position = [], 0
    while (match := _OUTPUTS.search(raw, position)) is not None:
        end = _closing(raw, match.end())
        if end is None:
            break
        kept += [raw[position : match.end()], b"]"]
        position = end
    return b"".join([*kept, raw[position:]])


# A quotation mark within a text is escaped: these are a key of their own, whatever stands around.
_OUTPUTS = re.compile(rb'(?<!\\)"outputs"\s*:\s*\[')
_PIECE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]]', re.DOTALL)


def _closing(raw: bytes, position: int) -> int | None:
    """The end of a list that begins before `position`."""
    depth = 1
    for piece in _PIECE.finditer(raw, position):
        if piece[0] == b"[":
            depth += 1
        elif piece[0] == b"]":
            depth -= 1
            if not depth:
                return piece.end()
    return None


def sheets(notebook: Mapping[str, Any]) -> list[list[Any]]:
    """The lists that hold a notebook's cells: one, or in format 3 one for each worksheet."""
    if isinstance(notebook.get("cells"), list):
        return [notebook["cells"]]
    worksheets = notebook.get("worksheets")
    found = worksheets if isinstance(worksheets, list) and is_old(notebook) else []
    inner = [each.get("cells") for each in found if isinstance(each, dict)]
    return [each for each in inner if isinstance(each, list)]


def is_old(notebook: Mapping[str, Any]) -> bool:
    """Whether it is of a format before 4, where code is a cell's `input`."""
    version = notebook.get("nbformat")
    return "cells" not in notebook and isinstance(version, int) and version in (2, 3)


def is_feedback(cell: Any) -> bool:
    """Whether the grader wrote it. Code never is feedback, whatever its tags say."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "markdown":
        return False
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and FEEDBACK in tags


def notebook_cells(raw: bytes, file: str) -> tuple[tuple[str, str], ...]:
    """The code cells, magics taken out. Raises Unreadable."""
    return code_cells(read_notebook(raw), file)


def code_cells(notebook: Mapping[str, Any], file: str) -> tuple[tuple[str, str], ...]:
    """The code cells, magics taken out: see `written_cells`."""
    return tuple((name, plain_python(code)) for name, code in written_cells(notebook, file))


def written_cells(notebook: Mapping[str, Any], file: str) -> tuple[tuple[str, str], ...]:
    """The code cells as they were written, numbered from 1 as shown.

    Feedback is not counted, so that an annotated notebook's cells keep their numbers.
    """
    written = (cell for sheet in sheets(notebook) for cell in sheet if not is_feedback(cell))
    key = "input" if is_old(notebook) else "source"
    return tuple(
        (f"{file}[cell {number}]", _source(cell, key))
        for number, cell in enumerate(written, 1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code" and _is_python(cell)
    )


def cell_number(name: str) -> int:
    """The number in a cell's name, `mg3.ipynb[cell 4]`; a file is cell 0."""
    match = re.search(r"\[cell (\d+)\]$", name)
    return int(match[1]) if match else 0


def remarks(notebook: Mapping[str, Any], file: str) -> tuple[str, ...]:
    """What its owner should know of a notebook that is read all the same, in lines."""
    found = []
    if is_old(notebook):
        found.append(
            f"{file} is a notebook of the old format {notebook['nbformat']}; it was read all the "
            "same, and Jupyter will save it in format 4"
        )
    for name, code in code_cells(notebook, file):
        line = _conflict(code)
        if line:
            place = name.replace("[cell ", ", cell ").removesuffix("]")
            found.append(
                f"{place}, line {line} is a merge-conflict marker: Python can't run this cell; "
                "keep one side of the conflict"
            )
    return tuple(found)


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


def _source(cell: Mapping[str, Any], key: str) -> str:
    source = cell.get(key, "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return _unix_lines(source) if isinstance(source, str) else ""


def _is_python(cell: Mapping[str, Any]) -> bool:
    """Cells of format 3 have a language each."""
    language = cell.get("language", "python")
    return not isinstance(language, str) or language.lower() in _PYTHON


def _other_language(notebook: Mapping[str, Any]) -> str | None:
    """The language that its metadata tell, if it is not Python; without any it is taken for it."""
    metadata = notebook.get("metadata")
    told = []
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        table = metadata.get(part) if isinstance(metadata, dict) else None
        name = table.get(key) if isinstance(table, dict) else None
        if isinstance(name, str) and name.strip():
            told.append(name.strip())
    if not told or any(each.lower() in _PYTHON for each in told):
        return None
    printable = "".join(letter if letter.isprintable() else "?" for letter in told[0])
    return printable if len(printable) <= 20 else f"{printable[:19]}…"


_PYTHON = frozenset({"python", "ipython", "python2", "python3"})


def _conflict(text: str) -> int | None:
    """The line of the first marker of a conflict that a merge has left."""
    begins = _OURS.search(text)
    if begins is None or not _THEIRS.search(text, begins.end()):
        return None
    return text.count("\n", 0, begins.start()) + 1


_OURS = re.compile(r"^<{7}(?: .*)?$", re.MULTILINE)
_THEIRS = re.compile(r"^>{7}(?: .*)?$", re.MULTILINE)


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_magic(line: str) -> str:
    line = _ASSIGNED.sub(r"\1None", line)
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass" if _MAGIC_LINE.match(line) else line
