"""A computation graph for a terminal: backwards from the result, the way that gradients flow.

Every Value has one row, after all that it is used by; where it is met earlier, an arrow points
down. So the rows from top to bottom are an order in which gradients may be passed on.
"""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from grader.model import Case, Node, Plain
from grader.render.figures import alike
from grader.render.lines import is_number, number_pair, safe, scalar

WIDEST_NUMBER = 14
FIRST, ALSO, BELOW = "◀ first", "✗", "↓"
STYLES = {"first": "bold red", "wrong": "red", "right": ""}


def graph_lines(case: Case, width: int) -> Iterator[Text]:
    """The graph as a table with a tree in its first column, and what its marks mean.

    Where there is no room, the tree becomes a list, and then the data are left out.
    """
    nodes = case.nodes
    if not nodes:
        return
    rows = list(tree_rows(nodes))
    table = _Table(case, rows)
    if table.width > width:
        rows = [Row("", row.index, False) for row in rows if not row.below]
        table = _Table(case, rows)
    if table.width > width:
        table = _Table(case, rows, with_data=False)
    yield from table.lines
    for mark in _legend(nodes, rows):
        yield from (Text(part, "dim") for part in textwrap.wrap(mark, max(20, width)))


def share_lines(case: Case) -> Iterator[Text]:
    """What should arrive at the first wrong gradient: upstream gradient times local derivative."""
    first = next((n for n, node in enumerate(case.nodes) if node.state == "first"), None)
    if first is None or _parts_forward(case.nodes):
        return
    shares = [
        (user, node.right_grad, slope)
        for user, node in enumerate(case.nodes)
        for operand, slope in zip(node.operands, node.local, strict=True)
        if operand == first
    ]
    if not shares or not all(is_number(upstream) for _, upstream, _ in shares):
        return
    columns = [
        [formula(case.nodes, user) for user, _, _ in shares],
        [_short(upstream) for _, upstream, _ in shares],
        [_short(slope) for _, _, slope in shares],
        [_short(_times(upstream, slope)) for _, upstream, slope in shares],
    ]
    wide = [max(map(cell_len, column)) for column in columns]
    for number, (way, upstream, slope, share) in enumerate(zip(*columns, strict=True)):
        line = Text("and   " if number else "from  ")
        line.append(way + " " * (wide[0] - cell_len(way)))
        yield line.append(f"   {upstream:>{wide[1]}} × {slope:>{wide[2]}} = {share:>{wide[3]}}")
    yours, right = _texts(case.nodes[first], forward=False)
    name = safe(case.nodes[first].name)
    result = Text("together " if len(shares) > 1 else "so ")
    result.append(f"{name}.grad = {right}", "green").append("; yours is ")
    yield result.append(yours, "red")


def formula(nodes: Sequence[Node], index: int) -> str:
    """`c = a * b`, `d = tanh(c)`; a leaf is its name alone."""
    node = nodes[index]
    names = [safe(nodes[operand].name) for operand in node.operands]
    operator = safe(node.operator)
    if not operator or not names:
        return safe(node.name)
    if len(names) > 1:
        made = f" {operator} ".join(names)
    elif operator == "neg":
        made = f"-{names[0]}"
    elif operator.isalpha():
        made = f"{operator}({names[0]})"
    elif operator[-1] in "+-*/":  # a number stands on its left: `1 -`
        made = f"{operator} {names[0]}"
    else:  # `**3`, `+ 1`
        made = names[0] + ("" if operator.startswith("**") else " ") + operator
    return f"{safe(node.name)} = {made}"


@dataclass(frozen=True)
class Row:
    """One line: the branches before it, a node, and whether that one is shown further down."""

    branch: str
    index: int
    below: bool


class _Table:
    """The columns: how each Value was made, its data, its own gradient and the right one.

    Where data part, there are the two data alone.
    """

    def __init__(self, case: Case, rows: Sequence[Row], with_data: bool = True) -> None:
        self._nodes = case.nodes
        self._forward = _parts_forward(case.nodes)
        self._with_data = with_data and not self._forward
        what = "data" if self._forward else "grad"
        judge = "PyTorch" if case.judge == "PyTorch" else "right"
        self._titles = ["data"] * self._with_data + [f"your {what}", judge]
        columns = zip(self._titles, *(self._cells(n) for n in range(len(case.nodes))), strict=True)
        self._widths = [max(map(cell_len, column)) for column in columns]
        made = [row.branch + formula(case.nodes, row.index) for row in rows if not row.below]
        self._first = max(map(cell_len, made))
        self.lines = [self._head(), *(self._line(row) for row in rows)]

    @property
    def width(self) -> int:
        """Of the longest line."""
        return max(line.cell_len for line in self.lines)

    def _head(self) -> Text:
        return self._columns(Text(), self._titles, "").copy()

    def _line(self, row: Row) -> Text:
        """A row: how it was made, the numbers, the mark."""
        node = self._nodes[row.index]
        line = Text().append(row.branch, "dim")
        if row.below:
            return line.append(f"{safe(node.name)} {BELOW}", "dim")
        style = STYLES.get(node.state, "")
        line.append(formula(self._nodes, row.index), style)
        self._columns(line, self._cells(row.index), style)
        mark = {"first": FIRST, "wrong": ALSO}.get(node.state)
        return line.append(f"  {mark}", style) if mark else line

    def _cells(self, index: int) -> list[str]:
        pair = _texts(self._nodes[index], self._forward)
        return [_short(self._nodes[index].data)] * self._with_data + list(pair)

    def _columns(self, line: Text, cells: Sequence[str], style: str) -> Text:
        """The cells, to the right; the student's number, next to last, in the row's style."""
        line.pad_right(self._first - line.cell_len)
        for number, (cell, width) in enumerate(zip(cells, self._widths, strict=True)):
            yours = number == len(cells) - 2
            line.append("   " + " " * (width - cell_len(cell)))
            line.append(cell, style if yours else "")
        return line


def tree_rows(nodes: Sequence[Node]) -> Iterator[Row]:
    """Rows from the root down; a shared Value is unfolded where it is met for the last time."""
    waiting = [0] * len(nodes)
    for node in nodes:
        for operand in set(node.operands):
            waiting[operand] += 1
    met = [0] * len(nodes)
    roots = [index for index in range(len(nodes)) if not waiting[index]]
    # A node, its branch, and how the branches of its operands begin; the result is on top.
    todo = [(index, "", "") for index in roots]
    while todo:
        index, branch, trunk = todo.pop()
        met[index] += 1
        below = met[index] < waiting[index]
        yield Row(branch, index, below)
        if below:
            continue
        operands = list(dict.fromkeys(nodes[index].operands))
        for number, operand in reversed(list(enumerate(operands))):
            last = number == len(operands) - 1
            todo.append(
                (operand, trunk + ("└─ " if last else "├─ "), trunk + ("   " if last else "│  "))
            )


def _legend(nodes: Sequence[Node], rows: Sequence[Row]) -> Iterator[str]:
    if any(row.below for row in rows):
        yield f"{BELOW} used here as well; it stands further down, after all its uses"
    states = {node.state for node in nodes}
    if "first" in states:
        yield f"{FIRST}: wrong, {_although(nodes)}"
    if "wrong" in states:
        yield f"{ALSO} wrong as well"


def _although(nodes: Sequence[Node]) -> str:
    if _parts_forward(nodes):
        return "though all that it was made from is right"
    if nodes[-1].state == "first":
        return "and every other gradient starts from it"
    return "though all that comes from above is right"


def _parts_forward(nodes: Sequence[Node]) -> bool:
    """Whether the first wrong number is a Value's data, and not its gradient."""
    return any(node.state == "first" and not alike(node.data, node.right_data) for node in nodes)


def _texts(node: Node, forward: bool) -> tuple[str, str]:
    """A number of the student's and the right one; written alike where they agree."""
    pair = (node.data, node.right_data) if forward else (node.grad, node.right_grad)
    if alike(*pair):
        return (_short(pair[1]),) * 2
    if is_number(pair[0]) and is_number(pair[1]):
        left, right = number_pair(*pair)
        return _cut(left), _cut(right)
    return _short(pair[0]), _short(pair[1])


def _short(value: Plain) -> str:
    """A number with six digits; of anything else, its beginning."""
    return _cut(scalar(value) or "no number")


def _cut(text: str) -> str:
    return text if cell_len(text) <= WIDEST_NUMBER else f"{text[: WIDEST_NUMBER - 1]}…"


def _times(left: Plain, right: float) -> float:
    return float(left) * right if isinstance(left, int | float) else math.nan
