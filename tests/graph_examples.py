"""Graphs for the tests of rendering: their numbers are computed here, right and mistaken."""

import math

from grader.model import Case, Node

# name, operator, operands, a leaf's number
SHARED = (
    ("a", "", (), 1.5),
    ("b", "", (), -0.7),
    ("c", "*", (0, 1), None),
    ("d", "", (), 0.4),
    ("e", "+", (2, 3), None),
    ("g", "tanh", (4,), None),
    ("h", "*", (2, 5), None),
    ("k", "+", (0, 6), None),
    ("m", "*", (5, 5), None),
    ("n", "", (), 2.25),
    ("p", "*", (8, 9), None),
    ("q", "+", (7, 10), None),
)
NEURON = (
    ("x1", "", (), 2.0),
    ("w1", "", (), -3.0),
    ("x1w1", "*", (0, 1), None),
    ("x2", "", (), 0.0),
    ("w2", "", (), 1.0),
    ("x2w2", "*", (3, 4), None),
    ("both", "+", (2, 5), None),
    ("bias", "", (), 6.88),
    ("n", "+", (6, 7), None),
    ("o", "tanh", (8,), None),
)


def nodes(graph, upstream=1.0, *, assigns=(), tanh_of_input=False, late=()):
    """A graph with its right gradients and those of someone's mistake.

    `assigns` are operators that overwrite a gradient; `late` are the indexes of nodes whose step
    back is taken too early, before their own gradient is there.
    """
    data = []
    for _, operator, operands, number in graph:
        values = [data[each] for each in operands]
        data.append(
            {
                "": lambda: number,  # noqa: B023
                "+": lambda: values[0] + values[1],  # noqa: B023
                "*": lambda: values[0] * values[1],  # noqa: B023
                "tanh": lambda: math.tanh(values[0]),  # noqa: B023
            }[operator]()
        )
    local = [_local(graph, data, number) for number in range(len(graph))]
    right, wrong = [0.0] * len(graph), [0.0] * len(graph)
    right[-1] = wrong[-1] = upstream
    for number in reversed(range(len(graph))):
        _, operator, operands, _ = graph[number]
        for operand, slope in zip(operands, local[number], strict=True):
            right[operand] += slope * right[number]
        slopes = local[number]
        if operator == "tanh" and tanh_of_input:
            slopes = (1 - data[operands[0]] ** 2,)
        for operand, slope in zip(operands, slopes, strict=True):
            before = 0.0 if operator in assigns else wrong[operand]
            wrong[operand] = before + slope * (0.0 if number in late else wrong[number])
    bad = [not math.isclose(one, other) for one, other in zip(right, wrong, strict=True)]
    found = []
    for number, (name, operator, operands, _) in enumerate(graph):
        users = [user for user, each in enumerate(graph) if number in each[2]]
        first = bad[number] and not any(bad[user] for user in users)
        state = "first" if first else "wrong" if bad[number] else "right"
        found.append(
            Node(
                name=name,
                operator=operator,
                operands=operands,
                data=data[number],
                right_data=data[number],
                grad=wrong[number],
                right_grad=right[number],
                local=local[number],
                state=state,
            )
        )
    return tuple(found)


def shared_case():
    """Twelve Values, three of them used more than once; `*` overwrites gradients."""
    drawn = nodes(SHARED, assigns=("*",))
    return Case(
        program=(
            "a = Value(1.5)\nb = Value(-0.7)\nc = a * b\nd = Value(0.4)\ne = c + d\n"
            "g = e.tanh()\nh = c * g\nk = a + h\nm = g * g\nn = Value(2.25)\np = m * n\n"
            "q = k + p\nq.backward()\na.grad"
        ),
        shown="a.grad",
        expected=drawn[0].right_grad,
        actual=drawn[0].grad,
        judge="PyTorch",
        nodes=drawn,
    )


def tanh_case():
    """One step back of one tanh."""
    drawn = nodes((("a", "", (), -0.33), ("b", "tanh", (0,), None)), -0.95, tanh_of_input=True)
    return Case(
        program="a = Value(-0.33)\nb = a.tanh()\nb.grad = -0.95; b._backward()\na.grad",
        shown="a.grad",
        expected=drawn[0].right_grad,
        actual=drawn[0].grad,
        judge="reference",
        nodes=drawn,
    )


def neuron_case():
    """The lecture's neuron; the product's step back is taken too early."""
    drawn = nodes(NEURON, late=(2,))
    return Case(
        program=(
            "x1 = Value(2.0); w1 = Value(-3.0)\nx1w1 = x1 * w1\n"
            "x2 = Value(0.0); w2 = Value(1.0)\nx2w2 = x2 * w2\nboth = x1w1 + x2w2\n"
            "bias = Value(6.88)\nn = both + bias\no = n.tanh()\no.backward()\nw1.grad"
        ),
        shown="w1.grad",
        expected=drawn[1].right_grad,
        actual=drawn[1].grad,
        judge="PyTorch",
        nodes=drawn,
    )


def _local(graph, data, number):
    _, operator, operands, _ = graph[number]
    values = [data[each] for each in operands]
    if operator == "tanh":
        return (1 - data[number] ** 2,)
    return {"": (), "+": (1.0, 1.0), "*": tuple(reversed(values))}[operator]
