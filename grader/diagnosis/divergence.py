"""Where the gradients first part: the smallest failing graph, node by node beside PyTorch's."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.course import Tolerance
from grader.expressions import Graph, graph_in
from grader.harness import Exchange
from grader.harness.compare import difference
from grader.model import Case, Node, Outcome, Plain, Program
from grader.sandbox import Reply

SMALL = 4  # vertices: what needs no shrinking
ROUNDS = 12

Ask = Callable[[Sequence[Program]], list[Reply]]
Numbers = tuple[Plain, ...]  # data and gradient of each vertex, in turn


@dataclass(frozen=True)
class Parting:
    """A failing graph with every number; `first` is the vertex where they part, `forward` whether
    it is its data that is wrong, and not its gradient."""

    graph: Graph
    yours: Numbers
    right: Numbers
    judge: str
    first: int
    forward: bool

    @property
    def name(self) -> str:
        """What the vertex is called in the program."""
        return self.graph.names()[self.first]

    @property
    def operators(self) -> tuple[str, ...]:
        """The operators to look at: the one that made the number, or those that passed the
        gradient on."""
        vertices = self.graph.vertices
        if self.forward:
            return (vertices[self.first].operator,) if vertices[self.first].operator else ()
        users = self.graph.users()[self.first]
        return tuple(dict.fromkeys(vertices[user].operator for user in users))

    def shares(self) -> list[float]:
        """The right shares of the first wrong gradient, one for each use of the vertex."""
        local = self.graph.local_derivatives([as_number(each) for each in self.right[::2]])
        return [
            as_number(self.right[2 * user + 1]) * slope
            for user, vertex in enumerate(self.graph.vertices)
            for child, slope in zip(vertex.children, local[user], strict=True)
            if child == self.first
        ]


def where_they_part(
    exchanges: Iterable[Exchange],
    student: Ask,
    judge: Callable[[Program], Numbers],
    reference: Ask,
    tolerance: Tolerance,
) -> Parting | None:
    """The smallest failing graph among these, made smaller still if it is not small.

    student, reference: evaluate programs on the student's code, and on the course's.
    judge: PyTorch's answer to a program that shows every number of a graph it was asked before.
    None where no graph fails, or its inner numbers can't be looked at.
    """
    graphs = [graph for each in exchanges if (graph := _failing(each, tolerance)) is not None]
    for graph in sorted(graphs, key=lambda each: len(each.vertices))[:3]:
        found = _examined(graph, student, judge, "PyTorch", tolerance)
        if found is None:
            continue
        if len(graph.vertices) > SMALL:
            found = _shrunk(found, student, reference, tolerance)
        return found
    return None


def case_of(parting: Parting, module: str | None) -> Case:
    """The parting for people: lines to paste, and the graph. `module` is where Value is from."""
    graph, first = parting.graph, parting.first
    names = graph.names()
    attribute = "data" if parting.forward else "grad"
    place = 2 * first + (0 if parting.forward else 1)
    shown = f"{names[first]}.{attribute}"
    lines = [graph.program((first, attribute)).text, f"print({shown})"]
    if module:
        lines.insert(0, f"from {module} import Value")
    return Case(
        program="\n".join(lines),
        shown=shown,
        expected=parting.right[place],
        actual=parting.yours[place],
        judge=parting.judge,
        nodes=tuple(_nodes(parting, names)),
    )


def as_number(value: Plain) -> float:
    """The value as a float; nan for what is no number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return math.nan


def is_wrong(exchange: Exchange, tolerance: Tolerance) -> bool:
    """Whether PyTorch was asked, and the student's numbers are others."""
    if exchange.expected is None or exchange.reply.values is None:
        return False
    pairs = zip(exchange.expected, exchange.reply.values, strict=True)
    return any(difference(right, own, tolerance) for right, own in pairs)


def has_failed(exchange: Exchange, tolerance: Tolerance) -> bool:
    """Whether it is wrong, or the student's code raised an exception."""
    fault = exchange.reply.fault
    return is_wrong(exchange, tolerance) or (
        exchange.expected is not None and fault is not None and fault.outcome is Outcome.ERROR
    )


def _failing(exchange: Exchange, tolerance: Tolerance) -> Graph | None:
    """The graph of a program whose numbers are not PyTorch's."""
    return graph_in(exchange.program) if is_wrong(exchange, tolerance) else None


def _examined(
    graph: Graph,
    student: Ask,
    judge: Callable[[Program], Numbers],
    name: str,
    tolerance: Tolerance,
) -> Parting | None:
    """Every number of a graph, and where they part; None where they don't."""
    program = graph.program()
    replies = student([program])
    yours = replies[0].values if replies else None
    right = judge(program)
    if yours is None or len(yours) != len(right):
        return None
    return _parting(graph, yours, right, name, tolerance)


def _parting(
    graph: Graph, yours: Numbers, right: Numbers, judge: str, tolerance: Tolerance
) -> Parting | None:
    wrong = [
        difference(expected, own, tolerance) is not None
        for expected, own in zip(right, yours, strict=True)
    ]
    for number, vertex in enumerate(graph.vertices):  # forwards: operands come before results
        if wrong[2 * number] and not any(wrong[2 * child] for child in vertex.children):
            return Parting(graph, yours, right, judge, number, forward=True)
    users = graph.users()
    for number in range(len(graph.vertices) - 1, -1, -1):
        if wrong[2 * number + 1] and not any(wrong[2 * user + 1] for user in users[number]):
            return Parting(graph, yours, right, judge, number, forward=False)
    return None


def _shrunk(parting: Parting, student: Ask, reference: Ask, tolerance: Tolerance) -> Parting:
    """Something smaller that fails in the same way, as long as there is."""
    for _ in range(ROUNDS):
        if len(parting.graph.vertices) <= SMALL:
            break
        data = [as_number(each) for each in parting.right[::2]]
        graphs = list(parting.graph.smaller(data))
        graphs.sort(key=lambda each: len(each.vertices))
        programs = [graph.program() for graph in graphs]
        replies, answers = student(programs), reference(programs)
        better = None
        for graph, own, right in zip(graphs, replies, answers, strict=False):
            if own.values is not None and right.values is not None and better is None:
                found = _parting(graph, own.values, right.values, "reference", tolerance)
                if found is not None and found.forward == parting.forward:
                    better = found
        if better is None:
            break
        parting = better
    return parting


def _nodes(parting: Parting, names: Sequence[str]) -> Iterable[Node]:
    graph, tolerance = parting.graph, Tolerance(1e-6, 1e-9)
    local = graph.local_derivatives([as_number(each) for each in parting.right[::2]])
    for number, vertex in enumerate(graph.vertices):
        yours = parting.yours[2 * number], parting.yours[2 * number + 1]
        right = parting.right[2 * number], parting.right[2 * number + 1]
        wrong = any(
            difference(one, other, tolerance) for one, other in zip(right, yours, strict=True)
        )
        state = "first" if number == parting.first else "wrong" if wrong else "right"
        yield Node(
            names[number],
            _written(vertex.operator, vertex.operands),
            vertex.children,
            yours[0],
            right[0],
            yours[1],
            right[1],
            local[number],
            state,
        )


def _written(operator: str, operands: Sequence[int | tuple[float]]) -> str:
    """The operator, with the plain number on one of its sides if there is one: `**3`, `1 -`."""
    numbers = [each for each in operands if not isinstance(each, int)]
    if not numbers:
        return operator
    if isinstance(operands[0], int):
        joint = "" if operator == "**" else " "
        return f"{operator}{joint}{numbers[0][0]:g}"
    return f"{numbers[0][0]:g} {operator}"
