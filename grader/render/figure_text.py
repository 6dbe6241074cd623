"""A computation graph as a figure of a lesson: the tree of the reports, with chosen columns."""

from collections.abc import Iterator, Sequence

from grader.model import Node, Plain
from grader.render.graph_text import BELOW, formula, tree_rows
from grader.render.lines import scalar

COLUMNS = {"data": "data", "grad": "grad", "?": "grad"}


def figure_lines(nodes: Sequence[Node], columns: Sequence[str]) -> Iterator[str]:
    """The lines, the result on top.

    columns: `data` and `grad` show these; `?` shows the gradient of the result alone, and leaves
    the others to the reader.
    """
    rows = list(tree_rows(nodes))
    made = [
        f"{row.branch}{nodes[row.index].name} {BELOW}"
        if row.below
        else f"{row.branch}{formula(nodes, row.index)}"
        for row in rows
    ]
    cells = [
        ["" if row.below else _cell(nodes, row.index, column) for row in rows]
        for column in columns
    ]  # fmt: skip
    table = [
        [COLUMNS[column], *found] for column, found in zip(columns, cells, strict=True)
    ]  # fmt: skip
    lines = ["", *made] if columns else made
    wide = max(map(len, lines))
    widths = [max(map(len, column)) for column in table]
    for number, line in enumerate(lines):
        shown = [f"{column[number]:>{width}}" for column, width in zip(table, widths, strict=True)]
        yield "   ".join([f"{line:<{wide}}", *shown]).rstrip()


def _cell(nodes: Sequence[Node], index: int, column: str) -> str:
    node = nodes[index]
    if column == "?" and index < len(nodes) - 1:
        return "?"
    return _short(node.data if column == "data" else node.grad)


def _short(value: Plain) -> str:
    """Four digits, as much as a figure needs."""
    if isinstance(value, float):
        value = float(f"{value:.4g}") + 0.0
        return str(int(value)) if value.is_integer() else f"{value:g}"
    return scalar(value) or "–"
