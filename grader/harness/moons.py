"""Two moons, and a grid over the plane that they lie in."""

import math
import random

Edges = tuple[float, float, float, float]  # left, right, bottom, top


def moons(count: int, seed: int, noise: float, digits: int) -> tuple[list[list[float]], list[int]]:
    """Points on two half circles hooked into each other, with their labels, +1 and -1 in turn."""
    stream = random.Random(seed)
    points, labels = [], []
    for number in range(count):
        angle = math.pi * (number // 2) / (count // 2 - 1)
        x, y = math.cos(angle), math.sin(angle)
        if number % 2:
            x, y = 1 - x, 0.5 - y
        points.append([round(each + stream.gauss(0, noise), digits) for each in (x, y)])
        labels.append(-1 if number % 2 else 1)
    return points, labels


def grid(edges: Edges, columns: int, rows: int) -> list[list[float]]:
    """Places from edge to edge, row by row from the top left."""
    left, right, bottom, top = edges
    wide, high = (right - left) / (columns - 1), (top - bottom) / (rows - 1)
    return [
        [round(left + column * wide, 3), round(top - row * high, 3)]
        for row in range(rows)
        for column in range(columns)
    ]
