"""A layered layout for small graphs: columns from left to right, few crossings, straight lines."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

COLUMN_GAP = 60.0  # between columns: room for the curves
BOX_GAP = 24.0  # between boxes of one column
LANE = 10.0  # the height that a line takes which passes a column
PORT = 10.0  # between lines that meet at one box
_STARTS = 12
_SWEEPS = 12
_ROUNDS = 96

Point = tuple[float, float]
Edge = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """Where everything goes: each box's top left corner, each edge's points.

    Between its first two points an edge crosses the gap between two columns, between the next two
    it runs level past a column, and so on.
    """

    width: float
    height: float
    corners: tuple[Point, ...]
    routes: tuple[tuple[Point, ...], ...]


def lay_out(sizes: Sequence[tuple[float, float]], edges: Sequence[Edge]) -> Layout:
    """Boxes of these sizes, with edges from left to right: from a lower index to a higher one."""
    chains, rank = _chains(len(sizes), edges)
    columns = _ordered(chains, rank, len(sizes))
    segments = [pair for chain in chains for pair in pairwise(chain)]
    heights = {each: sizes[each][1] if each < len(sizes) else LANE for each in rank}
    middle = _heights(columns, segments, heights, len(sizes))
    top = min((middle[each] - heights[each] / 2 for each in rank), default=0.0)
    middle = {each: y - top for each, y in middle.items()}

    lefts, widths, width = [], [], 0.0
    for column in columns:
        lefts.append(width)
        widths.append(max((sizes[each][0] for each in column if each < len(sizes)), default=0.0))
        width += widths[-1] + COLUMN_GAP
    corners = []
    for number, (wide, high) in enumerate(sizes):
        spare = widths[rank[number]] - wide  # leaves lean right, towards what is made from them
        corners.append((lefts[rank[number]] + spare, middle[number] - high / 2))
    starts, ends = _ports(chains, middle)
    routes = []
    for number, chain in enumerate(chains):
        first, last = chain[0], chain[-1]
        points = [(corners[first][0] + sizes[first][0], middle[first] + starts[number])]
        for lane in chain[1:-1]:
            left = lefts[rank[lane]]
            points += [(left, middle[lane]), (left + widths[rank[lane]], middle[lane])]
        # A box narrower than its column is reached on the level: its neighbours may be wider.
        level = middle[last] + ends[number]
        points.append((lefts[rank[last]], level))
        if corners[last][0] > lefts[rank[last]]:
            points.append((corners[last][0], level))
        routes.append(tuple(points))
    height = max((middle[each] + heights[each] / 2 for each in rank), default=0.0)
    return Layout(max(0.0, width - COLUMN_GAP), height, tuple(corners), tuple(routes))


def crossings(columns: Sequence[Sequence[int]], segments: Sequence[Edge]) -> int:
    """How many pairs of segments cross, each column in the order given."""
    position = {each: place for column in columns for place, each in enumerate(column)}
    column_of = {each: place for place, column in enumerate(columns) for each in column}
    by_gap: dict[int, list[Edge]] = {}
    for start, end in segments:
        by_gap.setdefault(column_of[start], []).append((position[start], position[end]))
    return sum(
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for gap in by_gap.values()
        for number, one in enumerate(gap)
        for other in gap[:number]
    )


def _chains(count: int, edges: Sequence[Edge]) -> tuple[list[tuple[int, ...]], dict[int, int]]:
    """Every edge as a chain with one stop in each column that it passes, and all columns.

    A box stands as far right as its results let it: that keeps leaves beside their use.
    """
    distance = [0] * count
    for start, end in sorted(edges, reverse=True):
        distance[start] = max(distance[start], distance[end] + 1)
    last = max(distance, default=0)
    rank = {number: last - far for number, far in enumerate(distance)}
    chains = []
    for start, end in edges:
        lanes = range(len(rank), len(rank) + rank[end] - rank[start] - 1)
        rank |= {lane: rank[start] + step for step, lane in enumerate(lanes, 1)}
        chains.append((start, *lanes, end))
    return chains, rank


def _ordered(
    chains: Sequence[tuple[int, ...]], rank: Mapping[int, int], count: int
) -> list[list[int]]:
    """The columns, each from top to bottom, in the order with the fewest crossings found."""
    segments = [pair for chain in chains for pair in pairwise(chain)]
    columns: list[list[int]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for each in _depth_first(segments, rank, count):
        columns[rank[each]].append(each)
    best, fewest = [list(column) for column in columns], crossings(columns, segments)
    shuffled = random.Random(0)  # the same picture every time
    for start in range(_STARTS):
        for sweep in range(_SWEEPS):
            if fewest == 0:
                return best
            _sweep(columns, segments, forwards=sweep % 2 == start % 2)
            _swap_neighbours(columns, segments)
            found = crossings(columns, segments)
            if found < fewest:
                best, fewest = [list(column) for column in columns], found
        for column in columns:
            shuffled.shuffle(column)
    return best


def _depth_first(segments: Sequence[Edge], rank: Mapping[int, int], count: int) -> Iterator[int]:
    """From the results to what they are made from: a tree comes out without any crossing."""
    operands: dict[int, list[int]] = {}
    for start, end in segments:
        operands.setdefault(end, []).append(start)
    seen: set[int] = set()
    for root in sorted(range(count), key=lambda number: (-rank[number], -number)):
        waiting = [root]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                yield each
                waiting += reversed(operands.get(each, []))


def _sweep(columns: list[list[int]], segments: Sequence[Edge], *, forwards: bool) -> None:
    """Order every column by the mean place of its neighbours in the one before (barycentre)."""
    neighbours: dict[int, list[int]] = {}
    for start, end in segments:
        near, far = (start, end) if forwards else (end, start)
        neighbours.setdefault(far, []).append(near)
    position = {each: place for column in columns for place, each in enumerate(column)}

    def barycentre(each: int) -> float:
        near = neighbours.get(each, [each])
        return sum(position[one] for one in near) / len(near)

    for column in columns if forwards else reversed(columns):
        column.sort(key=barycentre)
        position |= {each: place for place, each in enumerate(column)}


def _swap_neighbours(columns: list[list[int]], segments: Sequence[Edge]) -> None:
    """Swap two that stand side by side wherever that saves a crossing."""
    ends: dict[int, tuple[list[int], list[int]]] = {}
    for start, end in segments:
        ends.setdefault(start, ([], []))[1].append(end)
        ends.setdefault(end, ([], []))[0].append(start)
    position = {each: place for column in columns for place, each in enumerate(column)}

    def crossed(upper: int, lower: int) -> int:
        return sum(
            position[one] > position[other]
            for side in (0, 1)
            for one in ends.get(upper, ([], []))[side]
            for other in ends.get(lower, ([], []))[side]
        )

    for column in columns:
        for place in range(len(column) - 1):
            upper, lower = column[place], column[place + 1]
            if crossed(lower, upper) < crossed(upper, lower):
                column[place], column[place + 1] = lower, upper
                position[lower], position[upper] = place, place + 1


def _heights(
    columns: Sequence[Sequence[int]],
    segments: Sequence[Edge],
    heights: Mapping[int, float],
    count: int,
) -> dict[int, float]:
    """The middle of each box and lane: near its neighbours', apart from those above and below."""
    neighbours: dict[int, list[tuple[int, float]]] = {each: [] for each in heights}
    for start, end in segments:
        # A bend in the middle of a long line is worse than a slant at its end.
        pull = (1.0, 3.0, 40.0)[(start >= count) + (end >= count)]
        neighbours[start].append((end, pull))
        neighbours[end].append((start, pull))
    middle = dict.fromkeys(heights, 0.0)
    for _ in range(_ROUNDS):
        for column in (*columns, *reversed(columns)):
            wanted, pulls, offsets, offset = [], [], [], 0.0
            for place, each in enumerate(column):
                if place:
                    above = column[place - 1]
                    between = (heights[above] + heights[each]) / 2
                    offset += between + (LANE if min(above, each) >= count else BOX_GAP)
                near = neighbours[each] or [(each, 1.0)]
                pulls.append(sum(pull for _, pull in near))
                pulled = sum(middle[one] * pull for one, pull in near) / pulls[-1]
                wanted.append(pulled - offset)
                offsets.append(offset)
            for each, y, own in zip(column, _ascending(wanted, pulls), offsets, strict=True):
                middle[each] = y + own
    return middle


def _ascending(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The ascending numbers nearest to the wanted ones: who is out of order shares one number."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for mean, weight in zip(wanted, weights, strict=True):
        size = 1
        while blocks and blocks[-1][0] > mean:
            above, heavier, more = blocks.pop()
            mean = (above * heavier + mean * weight) / (heavier + weight)
            weight, size = weight + heavier, size + more
        blocks.append((mean, weight, size))
    return [mean for mean, _, size in blocks for _ in range(size)]


def _ports(
    chains: Sequence[tuple[int, ...]], middle: Mapping[int, float]
) -> tuple[dict[int, float], dict[int, float]]:
    """How far above or below its box's middle each edge leaves and arrives."""
    return (
        _spread(chains, [chain[0] for chain in chains], [middle[chain[1]] for chain in chains]),
        _spread(chains, [chain[-1] for chain in chains], [middle[chain[-2]] for chain in chains]),
    )


def _spread(
    chains: Sequence[tuple[int, ...]], boxes: Sequence[int], towards: Sequence[float]
) -> dict[int, float]:
    found = {}
    for box in set(boxes):
        own = [number for number in range(len(chains)) if boxes[number] == box]
        own.sort(key=lambda number: towards[number])
        for place, number in enumerate(own):
            found[number] = (place - (len(own) - 1) / 2) * PORT
    return found
