"""A notebook with feedback: a Markdown cell for each concept, after the code that it speaks of.

The notebook is plain JSON of nbformat 4, or of the older 3. What is in it stays as it is; feedback
of an earlier time is replaced.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console

from grader.model import ConceptResult, Report, State
from grader.render.feedback import feedback_markdown
from grader.source_text import FEEDBACK, is_feedback, sheets

WIDTH = 80


def annotate(
    notebook: Mapping[str, Any],
    report: Report,
    after: Mapping[str, int | None],
    outputs: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """A copy of the notebook with the report's feedback.

    after: the concepts that belong into this notebook, by id, with the number of the cell to stand
    after, as `grader.source_text.code_cells` counts; None, or a cell that is not there: at the end.
    outputs: what code cells show now, by number, in the place of what they came with.
    """
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None)
    kept = [[cell for cell in sheet if not is_feedback(cell)] for sheet in sheets(notebook)]
    count = sum(map(len, kept))
    found: dict[int, list[ConceptResult]] = {}
    for concept in report.concepts:
        if concept.id in after and concept.state is not State.ABSENT:
            number = after[concept.id]
            place = number if number is not None and 0 < number <= count else count
            found.setdefault(place, []).append(concept)
    new = _Cells(notebook, kept)

    def told(number: int) -> list[dict[str, Any]]:
        """The feedback that stands after a cell."""
        return [
            new.cell(concept.id, feedback_markdown(concept, console, after[concept.id]))
            for concept in found.get(number, ())
        ]

    number, made = 0, []
    for sheet in kept:
        cells: list[Any] = []
        for cell in sheet:
            number += 1
            cells += [_shown(cell, (outputs or {}).get(number)), *told(number)]
        made.append(cells)
    if made and not count:
        made[-1] += told(0)
    return _with_sheets(notebook, made)


def _shown(cell: Any, outputs: Sequence[Mapping[str, Any]] | None) -> Any:
    """A code cell with other outputs. Cells of the old format keep their own."""
    if outputs is None or not isinstance(cell, dict) or "source" not in cell:
        return cell
    return {**cell, "outputs": [dict(each) for each in outputs]}


class _Cells:
    """Makes Markdown cells that fit a notebook: with ids of their own where its format has ids."""

    def __init__(self, notebook: Mapping[str, Any], kept: list[list[Any]]) -> None:
        version = notebook.get("nbformat"), notebook.get("nbformat_minor")
        self._has_ids = all(isinstance(each, int) for each in version) and version >= (4, 5)
        self._taken = {
            cell["id"]
            for sheet in kept
            for cell in sheet
            if isinstance(cell, dict) and isinstance(cell.get("id"), str)
        }

    def cell(self, concept_id: str, text: str) -> dict[str, Any]:
        """A cell with the tag that tells feedback from the learner's own."""
        cell: dict[str, Any] = {"cell_type": "markdown"}
        if self._has_ids:
            cell["id"] = next(name for name in _ids(concept_id) if name not in self._taken)
            self._taken.add(cell["id"])
        return cell | {"metadata": {"tags": [FEEDBACK]}, "source": text.splitlines(keepends=True)}


def _ids(concept_id: str) -> Iterator[str]:
    """`feedback-mg3-tanh`, and more where that is taken."""
    name, number = f"feedback-{concept_id.replace('.', '-')}", 1
    yield name
    while True:
        number += 1
        yield f"{name}-{number}"


def _with_sheets(notebook: Mapping[str, Any], made: list[list[Any]]) -> dict[str, Any]:
    if isinstance(notebook.get("cells"), list):
        return {**notebook, "cells": made[0]}
    left = iter(made)
    worksheets = [
        {**each, "cells": next(left)}
        if isinstance(each, dict) and isinstance(each.get("cells"), list)
        else each
        for each in notebook["worksheets"]
    ]
    return {**notebook, "worksheets": worksheets}
