"""Training as SVG: the loss curve, and where a classifier draws its line."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from grader.model import Boundary, Curve

WIDTH, HEIGHT = 420.0, 264.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 74.0, 14.0, 42.0
PANEL = 264.0  # the width of a plane
_LABEL = 15.0  # the height of a line of text

Point = tuple[float, float]


def curve_svg(curve: Curve, ident: str) -> str:
    """Two losses over the steps, each named at its end; nothing where there is no step."""
    if not any(map(_drawable, (*curve.yours, *curve.expected))):
        return ""
    return "\n".join(_curve_lines(curve, escape(ident)))


def curve_sentence(curve: Curve) -> str:
    """What the picture shows, in words."""
    told = [
        f"{name} goes from {_short(losses[0])} to {_short(losses[-1])} in {len(losses)} steps"
        for name, losses in (("Your loss", curve.yours), ("PyTorch’s", curve.expected))
        if losses
    ]
    return "; ".join(told) + "."


def boundary_svg(boundary: Boundary, ident: str, *, yours: bool) -> str:
    """The plane as one classifier divides it, with the points; nothing for too few scores."""
    scores = boundary.yours if yours else boundary.expected
    flat = boundary.right <= boundary.left or boundary.top <= boundary.bottom
    if flat or boundary.columns < 2 or len(scores) < 2 * boundary.columns:
        return ""
    return "\n".join(_plane_lines(boundary, escape(ident), yours))


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from low to high, about so many."""
    if not high > low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = min((power * each for each in (1, 2, 5, 10)), key=lambda each: abs(each - rough))
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _curve_lines(curve: Curve, ident: str) -> Iterator[str]:
    finite = [each for each in (*curve.yours, *curve.expected) if _drawable(each)]
    log = min(finite) > 0 and max(finite) / min(finite) > 50
    low, high = (min(finite), max(finite)) if log else (min(0.0, *finite), max(finite))
    if log:
        low, high = low / 1.15, high * 1.15
    high = high if high > low else low + max(1.0, abs(low))
    steps = max(len(curve.yours), len(curve.expected))

    def across(step: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * step / max(1, steps - 1)

    def down(loss: float) -> float:
        if log:
            part = (math.log(loss) - math.log(low)) / (math.log(high) - math.log(low))
        else:
            part = (loss - low) / (high - low)
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - part)

    yield (
        f'<svg class="plot" role="img" aria-labelledby="{ident}-title {ident}-desc" '
        f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}">'
    )
    yield f'<title id="{ident}-title">Loss after each step</title>'
    yield f'<desc id="{ident}-desc">{escape(curve_sentence(curve))}</desc>'
    marks = _powers(low, high) if log else ticks(low, high)
    for mark in marks:
        y = down(mark)
        yield f'<path class="grid" d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}"/>'
        yield f'<text class="tick y" x="{LEFT - 8:g}" y="{y + 4:.1f}">{mark:.3g}</text>'
    for mark in ticks(0, steps - 1):
        if mark == int(mark):
            yield (
                f'<text class="tick x" x="{across(mark):.1f}" y="{HEIGHT - BOTTOM + 18:g}">'
                f"{mark:.0f}</text>"
            )
    yield f'<path class="axis" d="M{LEFT:g} {TOP:g}V{HEIGHT - BOTTOM:g}H{WIDTH - RIGHT:g}"/>'
    yield f'<text class="title x" x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 6:g}">step</text>'
    name = "loss (logarithmic)" if log else "loss"
    yield (
        f'<text class="title x" transform="translate(12 {(TOP + HEIGHT - BOTTOM) / 2:g}) '
        f'rotate(-90)">{name}</text>'
    )
    ends: list[tuple[float, str, str]] = []
    for kind, label, losses in (
        ("expected", "PyTorch", curve.expected),
        ("yours", "yours", curve.yours),
    ):
        for run in _runs(losses):
            points = [(across(step), down(loss)) for step, loss in run]
            yield f'<path class="curve {kind}" d="{_polyline(points)}"/>'
            if kind == "yours":
                yield from _beads(points)
        last = [each for each in losses if _drawable(each)][-1:]
        ends += [(down(loss), kind, label) for loss in last]
    yield from _end_labels(ends, WIDTH - RIGHT + 8)
    yield "</svg>"


def _beads(points: Sequence[Point]) -> Iterator[str]:
    """Dots on a curve, so that it is told from the other without its colour."""
    every = max(1, math.ceil(len(points) / 12))
    for x, y in points[::every]:
        yield f'<circle class="bead" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>'


def _end_labels(ends: list[tuple[float, str, str]], x: float) -> Iterator[str]:
    """The curves' names at their ends, pushed apart where they would overlap."""
    ends.sort()
    if len(ends) == 2 and ends[1][0] - ends[0][0] < _LABEL:
        centre = (ends[0][0] + ends[1][0]) / 2
        centre = min(centre, HEIGHT - BOTTOM - _LABEL / 2)
        ends = [
            (centre + (place - 0.5) * _LABEL, kind, label)
            for place, (_, kind, label) in enumerate(ends)
        ]
    for y, kind, label in ends:
        yield f'<text class="end {kind}" x="{x:g}" y="{y + 4:.1f}">{label}</text>'


def _runs(losses: Sequence[float]) -> Iterator[list[tuple[int, float]]]:
    """Unbroken stretches of numbers: a loss that is none breaks the line."""
    run: list[tuple[int, float]] = []
    for step, loss in enumerate(losses):
        if _drawable(loss):
            run.append((step, loss))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _drawable(loss: float) -> bool:
    """Not where it is no number, nor where an axis could not hold it."""
    return abs(loss) < 1e300


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten in between; of very many, every second, third …"""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, math.ceil((last - first + 1) / 6))
    return [10.0**power for power in range(first, last + 1, every)]


def _plane_lines(boundary: Boundary, ident: str, yours: bool) -> Iterator[str]:
    name = "Your classifier" if yours else "PyTorch’s classifier"
    side = PANEL - 16
    scale = side / (boundary.right - boundary.left)
    high = min(2 * side, (boundary.top - boundary.bottom) * scale)

    def placed(x: float, y: float) -> Point:
        part = (boundary.top - y) / (boundary.top - boundary.bottom)
        return 8 + (x - boundary.left) * scale, 8 + part * high

    yield (
        f'<svg class="plot plane" role="img" aria-labelledby="{ident}-title {ident}-desc" '
        f'viewBox="0 0 {PANEL:g} {high + 16:.0f}">'
    )
    yield f'<title id="{ident}-title">{name}: the plane it divides</title>'
    yield f'<desc id="{ident}-desc">{escape(_plane_sentence(boundary, yours))}</desc>'
    scores = boundary.yours if yours else boundary.expected
    positive, line = _contour(scores, boundary.columns, side, high)
    frame = f'x="8" y="8" width="{side:g}" height="{high:.1f}"'
    yield f'<rect class="minus" {frame}/><path class="plus" d="{positive}"/>'
    if yours and len(boundary.expected) == len(boundary.yours):
        _, other = _contour(boundary.expected, boundary.columns, side, high)
        yield f'<path class="border other" d="{other}"/>'
    yield f'<path class="border {"yours" if yours else "expected"}" d="{line}"/>'
    for x, y, label in _inside(boundary):
        yield _point(placed(x, y), label)
    yield f'<rect class="frame" {frame}/></svg>'


def _inside(boundary: Boundary) -> list[tuple[float, float, int]]:
    """The points on the plane."""
    return [
        (x, y, label)
        for x, y, label in boundary.points
        if boundary.left <= x <= boundary.right and boundary.bottom <= y <= boundary.top
    ]


def _point(place: Point, label: int) -> str:
    x, y = place
    if label > 0:
        return f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="3.6"/>'
    return f'<path class="point cross" d="M{x - 3.2:.1f} {y - 3.2:.1f}l6.4 6.4m0-6.4l-6.4 6.4"/>'


def _plane_sentence(boundary: Boundary, yours: bool) -> str:
    scores = boundary.yours if yours else boundary.expected
    rows = len(scores) // boundary.columns
    right, points = 0, _inside(boundary)
    for x, y, label in points:
        column = (x - boundary.left) / (boundary.right - boundary.left) * (boundary.columns - 1)
        row = (boundary.top - y) / (boundary.top - boundary.bottom) * (rows - 1)
        place = min(max(round(row), 0), rows - 1) * boundary.columns
        score = scores[place + min(max(round(column), 0), boundary.columns - 1)]
        right += score * label > 0
    return f"{right} of {len(points)} points lie on their own side of the line."


def _contour(scores: Sequence[float], columns: int, wide: float, high: float) -> tuple[str, str]:
    """The area where scores are above 0, and its border, as paths (marching squares)."""
    rows = len(scores) // columns
    across, down = wide / (columns - 1), high / (rows - 1)
    area, border = [], []
    for row in range(rows - 1):
        for column in range(columns - 1):
            corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
            values = [scores[(row + dy) * columns + column + dx] for dx, dy in corners]
            if not all(map(math.isfinite, values)):
                continue
            places = [(8 + (column + dx) * across, 8 + (row + dy) * down) for dx, dy in corners]
            inside, cuts = _cell(places, values)
            if len(inside) > 2:
                area.append(_polyline(inside) + "z")
            border += [_polyline(pair) for pair in zip(cuts[::2], cuts[1::2], strict=False)]
    return "".join(area), "".join(border)


def _cell(places: Sequence[Point], values: Sequence[float]) -> tuple[list[Point], list[Point]]:
    """One cell: the polygon above 0, and where the border cuts the cell's edges."""
    inside: list[Point] = []
    cuts: list[Point] = []
    for number in range(4):
        here, there = values[number], values[(number + 1) % 4]
        (x, y), (far, low) = places[number], places[(number + 1) % 4]
        if here > 0:
            inside.append((x, y))
        if (here > 0) != (there > 0):
            part = here / (here - there)
            cuts.append((x + part * (far - x), y + part * (low - y)))
            inside.append(cuts[-1])
    return inside, cuts


def _polyline(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _short(loss: float) -> str:
    return f"{loss:.3g}"
