"""A lesson in the percent format to a notebook: valid, without outputs, the same every time."""

from importlib import import_module
from typing import Any

from grader.errors import UsageError

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def notebook(lesson_id: str, text: str) -> str:
    """The notebook with the cells of `text`; cells are named by their place, like `mg3-07`."""
    jupytext, nbformat = _libraries()
    cells = [
        _cell(nbformat.v4, cell, f"{lesson_id}-{number:02}")
        for number, cell in enumerate(jupytext.reads(text, fmt="py:percent").cells, 1)
    ]
    made = nbformat.v4.new_notebook(cells=cells, metadata=METADATA, nbformat_minor=5)
    nbformat.validate(made)
    return f"{nbformat.writes(made).rstrip()}\n"


def _cell(nbformat: Any, cell: Any, identity: str) -> Any:
    """The cell afresh: what jupytext keeps in its metadata is about the script, not the lesson."""
    if cell.cell_type == "code":
        return nbformat.new_code_cell(cell.source, id=identity)
    return nbformat.new_markdown_cell(cell.source, id=identity)


def _libraries() -> tuple[Any, Any]:
    """jupytext and nbformat, which only authors have."""
    try:
        return import_module("jupytext"), import_module("nbformat")
    except ImportError:
        raise UsageError(
            "making notebooks needs jupytext and nbformat; install them with "
            "pip install 'mggrade[authoring]'"
        ) from None
