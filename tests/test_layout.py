"""The layout of graphs: boxes apart, edges clear of boxes, and of each other where that can be."""

import random
from itertools import pairwise, permutations

import pytest

from grader.render.layout import crossings, lay_out
from tests.graph_examples import NEURON, SHARED


def edges_of(graph):
    return [
        (operand, number)
        for number, (_, _, operands, _) in enumerate(graph)
        for operand in operands
    ]


def random_edges(seed, count=14):
    """A graph in which most Values are used, some of them often."""
    draw = random.Random(seed)
    leaves = draw.randint(2, 4)
    return count, [
        (draw.randrange(max(0, number - 6), number), number)
        for number in range(leaves, count)
        for _ in range(draw.randint(1, 2))
    ]


GRAPHS = [
    pytest.param(len(SHARED), edges_of(SHARED), id="shared"),
    pytest.param(len(NEURON), edges_of(NEURON), id="neuron"),
    pytest.param(1, [], id="one"),
    pytest.param(3, [], id="apart"),
    pytest.param(2, [(0, 1), (0, 1)], id="twice"),
    *(pytest.param(*random_edges(seed), id=f"random-{seed}") for seed in range(40)),
]


def sizes(count):
    return [(90.0 + 17 * (number % 5), 70.0 + 13 * (number % 3)) for number in range(count)]


def points_along(route, steps=40):
    """An edge as it is drawn: curves through gaps, level lines past columns."""
    for number, ((x, y), (far, low)) in enumerate(pairwise(route)):
        for step in range(steps + 1):
            t = step / steps
            if number % 2:
                yield x + (far - x) * t, y + (low - y) * t
                continue
            bend = (x + far) / 2
            yield (
                (1 - t) ** 3 * x + 3 * (1 - t) ** 2 * t * bend + 3 * (1 - t) * t**2 * bend
                + t**3 * far,
                (1 - t) ** 2 * (1 + 2 * t) * y + t**2 * (3 - 2 * t) * low,
            )  # fmt: skip


@pytest.mark.parametrize(("count", "edges"), GRAPHS)
def test_boxes_do_not_overlap(count, edges):
    layout = lay_out(sizes(count), edges)
    boxes = [(*layout.corners[each], *sizes(count)[each]) for each in range(count)]
    for number, (x, y, wide, high) in enumerate(boxes):
        assert x >= 0 and y >= -0.01
        assert x + wide <= layout.width + 0.01 and y + high <= layout.height + 0.01
        for left, top, broad, tall in boxes[:number]:
            beside = x + wide <= left or left + broad <= x
            assert beside or y + high <= top or top + tall <= y


@pytest.mark.parametrize(("count", "edges"), GRAPHS)
def test_no_edge_runs_through_a_box(count, edges):
    layout = lay_out(sizes(count), edges)
    for edge, route in zip(edges, layout.routes, strict=True):
        for x, y in points_along(route):
            for box in set(range(count)) - set(edge):
                left, top = layout.corners[box]
                wide, high = sizes(count)[box]
                assert not (left < x < left + wide and top < y < top + high), (edge, box)


@pytest.mark.parametrize(("count", "edges"), GRAPHS)
def test_edges_lead_from_left_to_right_and_touch_their_boxes(count, edges):
    layout = lay_out(sizes(count), edges)
    for (start, end), route in zip(edges, layout.routes, strict=True):
        assert all(x < far for (x, _), (far, _) in pairwise(route))
        assert route[0][0] == pytest.approx(layout.corners[start][0] + sizes(count)[start][0])
        assert route[-1][0] == pytest.approx(layout.corners[end][0])
        for box, (_, y) in ((start, route[0]), (end, route[-1])):
            assert layout.corners[box][1] < y < layout.corners[box][1] + sizes(count)[box][1]


def test_two_edges_between_the_same_boxes_are_two_lines():
    one, other = lay_out(sizes(2), [(0, 1), (0, 1)]).routes
    assert abs(one[0][1] - other[0][1]) > 5 and abs(one[-1][1] - other[-1][1]) > 5
    assert (one[0][1] < other[0][1]) == (one[-1][1] < other[-1][1])  # side by side, uncrossed


def crossed(edges, layout):
    """How many pairs of edges cross as they are drawn, those that share a box left out."""
    lines = [list(points_along(route, 12)) for route in layout.routes]
    return sum(
        _meet(lines[one], lines[other])
        for one in range(len(edges))
        for other in range(one)
        if not set(edges[one]) & set(edges[other])
    )


def _meet(one, other):
    def side(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return any(
        side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
        for a, b in pairwise(one)
        for c, d in pairwise(other)
    )


@pytest.mark.parametrize("graph", [SHARED, NEURON], ids=["shared", "neuron"])
def test_edges_do_not_cross_where_they_need_not(graph):
    layout = lay_out(sizes(len(graph)), edges_of(graph))
    assert crossed(edges_of(graph), layout) == 0


def test_a_tree_has_no_crossings_however_its_operands_are_numbered():
    draw = random.Random(7)
    for _ in range(20):
        loose, edges, count = list(range(7)), [], 7
        while len(loose) > 1:
            pair = draw.sample(loose, 2)
            edges += [(each, count) for each in pair]
            loose = [each for each in loose if each not in pair] + [count]
            count += 1
        assert crossed(edges, lay_out(sizes(count), edges)) == 0


def test_crossings_are_as_few_as_any_order_of_the_columns_gives():
    for seed in range(20):
        draw = random.Random(seed)
        lower = [(draw.randrange(4), upper) for upper in (4, 5, 6, 7) for _ in range(2)]
        edges = [*lower, *((upper, 8) for upper in (4, 5, 6, 7))]
        edges += [(leaf, 4) for leaf in set(range(4)) - {start for start, _ in lower}]
        fewest = min(
            crossings([first, second, [8]], edges)
            for first in permutations(range(4))
            for second in permutations(range(4, 8))
        )
        assert crossed(edges, lay_out(sizes(9), edges)) <= fewest


def test_crossings_are_counted():
    assert crossings([[0, 1], [2, 3]], [(0, 3), (1, 2)]) == 1
    assert crossings([[0, 1], [2, 3]], [(0, 2), (1, 3)]) == 0
    assert crossings([[0, 1], [2, 3]], [(0, 2), (0, 3), (1, 2)]) == 1


def test_long_edges_are_level_on_their_way():
    layout = lay_out(sizes(len(SHARED)), edges_of(SHARED))
    long = [route for route in layout.routes if len(route) > 3]
    assert long
    for route in long:
        heights = [y for _, y in route[1:-2]]
        assert max(heights) - min(heights) < 1.6


def test_leaves_stand_left_of_what_is_made_from_them_and_the_root_stands_rightmost():
    layout = lay_out(sizes(len(SHARED)), edges_of(SHARED))
    assert max(layout.corners)[0] == layout.corners[-1][0]
    rights = [
        x + wide for (x, _), (wide, _) in zip(layout.corners, sizes(len(SHARED)), strict=True)
    ]
    assert all(rights[start] < layout.corners[end][0] for start, end in edges_of(SHARED))
