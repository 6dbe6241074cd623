"""What of a structure is bound, where several answers would be right: lists of Values, mostly.

The order of children is that of a set, which differs from process to process. What a graph leaves
no freedom in is how often each Value stands in a list, where the root stands, and whether children
come before or after what is made from them.
"""

import json
from collections.abc import Collection, Sequence

from grader.model import Plain, Program

Edges = Collection[tuple[int, int]]  # (child, parent), numbers of steps


def shape_of(program: Program, values: Sequence[Plain]) -> Plain:
    """What is bound of the values that an engine gave."""
    edges = {
        (int(str(operand["ref"])), number)
        for number, step in enumerate(program.steps)
        if step[0] == "op"
        for operand in step[2:]
        if isinstance(operand, dict)
    }
    return [
        _shape(value, edges, ordered=_is_ordered(program, number))
        for value, number in zip(values, program.shows, strict=True)
    ]


def _is_ordered(program: Program, shown: int) -> bool:
    """Whether the order of a list counts: that of closures called, and that of nodes."""
    step = program.steps[shown]
    if step[0] == "call" and isinstance(step[1], dict):
        return program.steps[int(str(step[1]["ref"]))] == ("name", "topological_order")
    return step[0] == "spy"


def _shape(value: Plain, edges: Edges, ordered: bool = False) -> Plain:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        # Drawn by the student's code, else PyTorch would have been asked.
        return "a number" if value else 0
    if isinstance(value, dict):
        return value["value"] if "value" in value else str(value.get("object", "a dictionary"))
    numbers = [each["value"] for each in value if isinstance(each, dict) and "value" in each]
    if ordered and numbers and len(numbers) == len(value):
        return _of_values([int(str(each)) for each in numbers], edges)
    return sorted((_shape(each, edges) for each in value), key=json.dumps)


def _of_values(numbers: Sequence[int], edges: Edges) -> Plain:
    """How often each Value stands there; where the latest; which way the edges run."""
    if len(numbers) != len({*numbers}):
        return [*sorted(numbers)]
    place = {number: position for position, number in enumerate(numbers)}
    inside = [
        (place[child], place[parent]) for child, parent in edges if {child, parent} <= {*place}
    ]
    return [
        [*sorted(numbers)],
        numbers.index(max(numbers)),
        all(child < parent for child, parent in inside),
        all(child > parent for child, parent in inside),
    ]
