"""A lesson in the percent format to a notebook: valid, without outputs, the same every time."""

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from grader.errors import UsageError
from grader.kernels.libraries import quick_imports

Cell = tuple[bool, str]  # whether it is code, and what stands in it
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def notebook(lesson_id: str, text: str) -> str:
    """The notebook with the cells of `text`, and a cell that checks each concept after its code.

    Cells are named by their place, like `mg3-07`.
    """
    jupytext, nbformat = _libraries()
    cells = [
        (cell.cell_type == "code", cell.source)
        for cell in jupytext.reads(text, fmt="py:percent").cells
    ]
    made = nbformat.v4.new_notebook(
        cells=[
            _cell(nbformat.v4, code, source, f"{lesson_id}-{number:02}")
            for number, (code, source) in enumerate(_with_checks(cells), 1)
        ],
        metadata=METADATA,
        nbformat_minor=5,
    )
    nbformat.validate(made)
    return f"{nbformat.writes(made).rstrip()}\n"


def _cell(nbformat: Any, code: bool, source: str, identity: str) -> Any:
    """The cell afresh: what jupytext keeps in its metadata is about the script, not the lesson."""
    if code:
        return nbformat.new_code_cell(source, id=identity)
    return nbformat.new_markdown_cell(source, id=identity)


def _with_checks(cells: Sequence[Cell]) -> Iterator[Cell]:
    """The cells with those that load the extension and call it."""
    checks: dict[int, list[str]] = {}
    for concept, place in _places(cells).items():
        checks.setdefault(place, []).append(concept)
    yield True, "%load_ext grader"
    for place, cell in enumerate(cells):
        yield cell
        yield from ((True, f"%mggrade {concept}") for concept in checks.get(place, ()))


def _places(cells: Sequence[Cell]) -> dict[str, int]:
    """By concept, the cell to check it after: the last of its section with a gap of it, else the
    section's last code. A concept without a section is checked after its last gap."""
    places: dict[str, int] = {}
    section, found = "", False
    for place, (code, source) in enumerate(cells):
        heading = None if code else _HEADING.match(source)
        if heading:
            section, found = heading["concept"] or "", False
            if section:
                places[section] = place
        for concept in _GAP.findall(source) if code else ():
            if concept == section or concept not in places:
                places[concept] = place
            found = found or concept == section
        if code and section and not found:
            places[section] = place
    return places


_HEADING = re.compile(r"## [^\n]*?(?:\(`(?P<concept>mg\d+\.[a-z-]+)`[^\n]*\))?(?:\n|$)")
_GAP = re.compile(
    r"""(?:### BEGIN SOLUTION |raise NotImplementedError\(["'])(mg\d+\.[a-z-]+)""",
)


def _libraries() -> tuple[Any, Any]:
    """jupytext and nbformat, which only authors have."""
    try:
        with quick_imports():
            return import_module("jupytext"), import_module("nbformat")
    except ImportError:
        raise UsageError(
            "making notebooks needs jupytext and nbformat; install them with "
            "pip install 'mggrade[authoring]'"
        ) from None
