"""A computation graph as SVG: leaves on the left, the root on the right, edges that tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from grader.model import Case, Node, Plain
from grader.render.figures import alike, both, figure, judge_name, share_of
from grader.render.layout import Point, lay_out
from grader.render.untrusted import inert

MOST_NODES = 80  # beyond it a picture is no help
LETTER = 7.5  # the width of a letter; the style sheet's font must not be wider
HEADER, ROW, PADDING, MARGIN = 28.0, 19.0, 12.0, 14.0
TIP_ROW, TIP_AWAY = 18.0, 14.0
LOW = 200.0
_SYMBOLS = {"*": "×", "-": "−", "/": "÷", "**": "xⁿ", "neg": "−x"}
_SPOKEN = {
    "+": "plus",
    "*": "times",
    "-": "minus",
    "/": "divided by",
    "**": "power",
    "neg": "minus",
}


def graph_svg(case: Case, ident: str) -> str:
    """The graph of a case; `ident` makes its ids unique on the page. Nothing if it has no nodes.

    Colours and fonts are the style sheet's; what is wrong is told by words and shapes.
    """
    if not case.nodes or len(case.nodes) > MOST_NODES:
        return ""
    return "\n".join(_Picture(case, ident).lines())


@dataclass(frozen=True)
class _Card:
    """What stands in a node's box: a heading, and rows of a label and a number."""

    name: str
    mark: str
    state: str
    operator: str
    rows: tuple[tuple[str, str, str], ...]  # label, number, kind

    @property
    def knob(self) -> float:
        """The width of the operator before the box."""
        return max(26.0, len(self.operator) * LETTER + 16) if self.operator else 0.0

    @property
    def offset(self) -> float:
        """Where the box begins."""
        return self.knob + 8 if self.operator else 0.0

    @property
    def size(self) -> tuple[float, float]:
        """Of operator and box."""
        letters = max(len(label) + 2 + len(number) for label, number, _ in self.rows)
        letters = max(letters, len(self.name) + 3 + len(self.mark))
        return self.offset + letters * LETTER + 2 * PADDING, HEADER + ROW * len(self.rows) + 8


class _Picture:
    """Draws one case."""

    def __init__(self, case: Case, ident: str) -> None:
        self._case = case
        self._ident = escape(ident)
        self._cards = [_card(node, judge_name(case.judge)) for node in case.nodes]
        # A node is made from earlier ones; whatever says otherwise is not drawn.
        self._edges = [
            (operand, number, place)
            for number, node in enumerate(case.nodes)
            for place, operand in enumerate(node.operands)
            if 0 <= operand < number
        ]
        self._layout = lay_out(
            [card.size for card in self._cards], [(start, end) for start, end, _ in self._edges]
        )
        self._tips = [self._tip_texts(*edge) for edge in self._edges]
        letters = max((len(text) for tip in self._tips for text in tip), default=0)
        self._tip_size = letters * LETTER + 2 * PADDING, 3 * TIP_ROW + 12
        # Below a low graph there is room for the tips; in others they find it between the boxes.
        strip = TIP_AWAY + self._tip_size[1] if self._layout.height < LOW else 0.0
        self._height = self._layout.height + (strip if self._edges else 0.0)
        least = self._tip_size[0] if self._edges else 0.0
        self._spare = max(0.0, least - self._layout.width) / 2

    def lines(self) -> Iterator[str]:
        """The SVG element."""
        ident = self._ident
        wide = round(self._layout.width + 2 * (MARGIN + self._spare))
        high = round(self._height + 2 * MARGIN)
        yield (
            f'<svg class="graph" role="group" aria-labelledby="{ident}-title {ident}-desc" '
            f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">'
        )
        root = escape(self._cards[-1].name)
        yield f'<title id="{ident}-title">Computation graph of {root}</title>'
        yield f'<desc id="{ident}-desc">{escape(self._description())}</desc>'
        yield (
            f'<defs><marker id="{ident}-arrow" viewBox="0 0 8 8" refX="7" refY="4" '
            'markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">'
            '<path class="arrow" d="M0 0.5 8 4 0 7.5z"/></marker></defs>'
        )
        yield _group("all", MARGIN + self._spare, MARGIN)
        # In the order in which gradients flow: the root first.
        for number in reversed(range(len(self._cards))):
            yield from self._node(number)
        # Lines below, so that none runs across a tip.
        yield '<g class="lines" aria-hidden="true">'
        yield from map(self._line, self._layout.routes)
        yield '</g><g class="edges">'
        for number in reversed(range(len(self._edges))):
            yield from self._edge(number)
        yield "</g></g></svg>"

    def _description(self) -> str:
        first = [card.name for card in self._cards if card.state == "first"]
        wrong = [card.name for card in self._cards if card.state == "wrong"]
        count, root = len(self._cards), self._cards[-1].name
        text = f"{count} Values from the leaves on the left to {root} on the right."
        if first:
            text += f" Going back from there, the first wrong number is in {' and '.join(first)}."
        if wrong:
            text += f" Wrong after that: {', '.join(wrong)}."
        return text

    def _node(self, number: int) -> Iterator[str]:
        card = self._cards[number]
        wide, high = card.size[0] - card.offset, card.size[1]
        x, y = self._layout.corners[number]
        spoken = escape(self._spoken(number))
        yield _group(f"node {card.state}", x, y, f'tabindex="0" role="img" aria-label="{spoken}"')
        if card.operator:
            middle = high / 2
            yield f'<path class="line" d="M{card.knob:.1f} {middle:.1f}h8"/>'
            yield (
                f'<rect class="knob" y="{middle - 13:.1f}" width="{card.knob:.1f}" '
                'height="26" rx="13"/>'
            )
            yield _text("operator", card.knob / 2, middle + 4.5, card.operator)
        yield _group("card", card.offset, 0)
        yield f'<rect class="box" width="{wide:.1f}" height="{high:.1f}" rx="6"/>'
        if card.state != "right":
            top = f"M0 {HEADER}V6a6 6 0 0 1 6-6h{wide - 12:.1f}a6 6 0 0 1 6 6V{HEADER}z"
            yield f'<path class="band" d="{top}"/>'
        yield _text("name", PADDING, 19, card.name)
        yield _text("mark", wide - PADDING, 19, card.mark)
        for place, (label, shown, kind) in enumerate(card.rows):
            below = HEADER + ROW * place + 15
            yield _text(f"caption {kind}", PADDING, below, label)
            yield _text(f"number {kind}", wide - PADDING, below, shown)
        yield "</g></g>"

    def _spoken(self, number: int) -> str:
        """The node for those who hear the page."""
        node, card = self._case.nodes[number], self._cards[number]
        operands = [self._cards[each].name for each in node.operands if 0 <= each < number]
        operator = _SPOKEN.get(node.operator, card.operator)
        made = f"{operator} of {' and '.join(operands)}" if card.operator else "a leaf"
        if node.operator in _SPOKEN and len(operands) == 2:
            made = f" {operator} ".join(operands)
        numbers = []
        for short, actual, expected in _numbers(node):
            label = "gradient" if short == "grad" else short
            yours, right = both(actual, expected)
            if card.state == "right" or alike(actual, expected):
                numbers.append(f"{label} {figure(actual)}")
            else:
                judge = judge_name(self._case.judge)
                numbers.append(f"{label}: yours {yours}, {judge} {right}")
        mark = "right" if card.state == "right" else card.mark.removeprefix("✗ ")
        return f"{card.name}, {made}; {'; '.join(numbers)}; {mark}"

    def _tip_texts(self, operand: int, user: int, place: int) -> tuple[str, str, str]:
        upstream, local, share = share_of(self._case, user, place)
        ours, theirs = self._cards[operand].name, self._cards[user].name
        return (
            f"local derivative ∂{theirs}/∂{ours} = {local}",
            "upstream × local = share",
            f"{upstream} × {local} = {share}",
        )

    def _edge(self, number: int) -> Iterator[str]:
        operand, user, place = self._edges[number]
        upstream, local, share = share_of(self._case, user, place)
        spoken = escape(
            f"{self._cards[user].name} back to {self._cards[operand].name}: upstream {upstream} "
            f"times local derivative {local} gives the share {share}"
        )
        route = self._layout.routes[number]
        yield f'<g class="edge" tabindex="0" role="img" aria-label="{spoken}">'
        yield f'<path class="hit" d="{_path(route)}"/>'
        yield self._line(route)
        yield from self._tip(number, route)
        yield "</g>"

    def _line(self, route: Sequence[Point]) -> str:
        arrow = f"url(#{self._ident}-arrow)"
        return f'<path class="line" d="{_path(route)}" marker-end="{arrow}"/>'

    def _tip(self, number: int, route: Sequence[Point]) -> Iterator[str]:
        """Near the middle of the edge, inside the picture, hiding as little as can be."""
        wide, high = self._tip_size
        (x, y), (far, low) = route[len(route) // 2 - 1 : len(route) // 2 + 1]
        x, y = (x + far) / 2, (y + low) / 2
        places = [
            (
                min(max(x + shift, -self._spare), self._layout.width + self._spare - wide),
                min(max(y + away, 0.0), self._height - high),
            )
            for away in (*_steps(TIP_AWAY, 8), *_steps(-TIP_AWAY - high, 8))
            for shift in (-wide / 2, -wide, 0.0)
        ]
        left, top = min(
            places,
            key=lambda place: self._hidden(place, y) + _distance(place, self._tip_size, x, y),
        )
        yield _group("tip", left, top, 'aria-hidden="true"')
        yield f'<rect width="{wide:.1f}" height="{high:.1f}" rx="6"/>'
        for place, text in enumerate(self._tips[number]):
            yield _text("rule" if place == 1 else "sum", PADDING, TIP_ROW * (place + 1) + 2, text)
        yield "</g>"

    def _hidden(self, place: Point, edge: float) -> float:
        """How much of boxes, and of the edge itself, a tip in this place would cover."""
        (left, top), (wide, high) = place, self._tip_size
        covered = 500.0 if top - 4 < edge < top + high + 4 else 0.0
        for (x, y), card in zip(self._layout.corners, self._cards, strict=True):
            across = min(left + wide, x + card.size[0]) - max(left, x)
            down = min(top + high, y + card.size[1]) - max(top, y)
            covered += max(0.0, across) * max(0.0, down)
        return covered


def _steps(first: float, count: int) -> list[float]:
    """Further and further away, above or below."""
    return [first + (24.0 if first > 0 else -24.0) * step for step in range(count)]


def _distance(place: Point, size: tuple[float, float], x: float, y: float) -> float:
    """From an edge's middle to a tip's, where a little way counts as little."""
    return 6 * (abs(place[0] + size[0] / 2 - x) / 4 + abs(place[1] + size[1] / 2 - y))


def _card(node: Node, judge: str) -> _Card:
    data_differs = not alike(node.data, node.right_data)
    mark = {"first": f"✗ first wrong {'value' if data_differs else 'gradient'}", "wrong": "✗ wrong"}
    rows: list[tuple[str, str, str]] = []
    for label, actual, expected in _numbers(node):
        told = "data" if data_differs else "grad"  # is shown twice even if they are nearly alike
        if node.state not in mark or (alike(actual, expected) and label != told):
            rows.append((label, figure(actual), "plain"))
        else:
            yours, right = both(actual, expected)
            rows.append((f"{label}  yours", yours, "yours"))
            rows.append((f"{' ' * len(label)}  {judge}", right, "expected"))
    operator = inert(node.operator, 12)
    return _Card(
        name=inert(node.name, 16),
        mark=mark.get(node.state, "✓"),
        state=node.state if node.state in mark else "right",
        operator=_SYMBOLS.get(operator, operator),
        rows=tuple(rows),
    )


def _numbers(node: Node) -> tuple[tuple[str, Plain, Plain], ...]:
    return ("data", node.data, node.right_data), ("grad", node.grad, node.right_grad)


def _group(kind: str, x: float, y: float, more: str = "") -> str:
    return f'<g class="{kind}" transform="translate({x:.1f} {y:.1f})" {more}>'


def _text(kind: str, x: float, y: float, text: str) -> str:
    # Labels are indented with spaces.
    space = ' xml:space="preserve"' if "  " in text else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{space}>{escape(text)}</text>'


def _path(route: Sequence[Point]) -> str:
    """Curves through the gaps between columns, level lines past the columns."""
    text = f"M{route[0][0]:.1f} {route[0][1]:.1f}"
    for number, (x, y) in enumerate(route[1:]):
        if number % 2:
            text += f"H{x:.1f}"
            continue
        before, level = route[number]
        bend = (before + x) / 2
        text += f"C{bend:.1f} {level:.1f} {bend:.1f} {y:.1f} {x:.1f} {y:.1f}"
    return text
