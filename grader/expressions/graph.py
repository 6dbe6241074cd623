"""The computation graph that a program builds and differentiates, where it does nothing else.

From it the program is written again so that every Value is shown: its number and its gradient.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.expressions.draft import Draft, Symbol
from grader.model import Program

METHODS = frozenset({"tanh", "exp", "relu", "log"})
_LETTERS = "abcdeghkmnpqrstuvwyz"  # as the printer's


@dataclass(frozen=True)
class Vertex:
    """One Value. `operator` is empty for a leaf, whose number is `data`; else + - * / ** neg or a
    method's name. An operand is a vertex's index, or a plain number as a float wrapped in a tuple.
    """

    operator: str
    operands: tuple[int | tuple[float], ...] = ()
    data: float = 0.0

    @property
    def children(self) -> tuple[int, ...]:
        """The operands that are Values."""
        return tuple(each for each in self.operands if isinstance(each, int))


@dataclass(frozen=True)
class Graph:
    """Vertices, operands before results; and how gradients are asked for: `backward()` on the
    root, or one step of the root's own closure with the gradient `upstream`."""

    vertices: tuple[Vertex, ...]
    root: int
    upstream: float | None = None

    def names(self) -> list[str]:
        """A letter for each vertex."""
        count = len(_LETTERS)
        return [
            _LETTERS[n % count] + (str(n // count) if n >= count else "")
            for n in range(len(self.vertices))
        ]

    def program(self, shown: tuple[int, str] | None = None) -> Program:
        """The graph as a program that shows every vertex's `data` and `grad`, in this order; or
        only one of them, given as index and attribute."""
        draft = Draft()
        symbols: list[Symbol] = []
        for name, vertex in zip(self.names(), self.vertices, strict=True):
            symbols.append(draft.let(name, _write(draft, vertex, symbols)))
        if self.upstream is None:
            symbols[self.root].backward()
        else:
            draft.upstream(symbols[self.root], self.upstream)
        if shown is not None:
            draft.show(getattr(symbols[shown[0]], shown[1]))
        else:
            draft.show(*(each for symbol in symbols for each in (symbol.data, symbol.grad)))
        return draft.program()

    def local_derivatives(self, data: Sequence[float]) -> list[tuple[float, ...]]:
        """For each vertex, its operator's local derivative for each operand that is a Value;
        `data` are the vertices' numbers."""
        return [_local(vertex, data, own) for vertex, own in zip(self.vertices, data, strict=True)]

    def users(self) -> list[list[int]]:
        """For each vertex, the vertices that are made from it."""
        found: list[list[int]] = [[] for _ in self.vertices]
        for number, vertex in enumerate(self.vertices):
            for child in set(vertex.children):
                found[child].append(number)
        return found

    def smaller(self, data: Sequence[float]) -> Iterator["Graph"]:
        """Graphs with one thing less: a result in the place of the root, a leaf in the place of a
        result. `data` are the vertices' numbers."""
        for child in dict.fromkeys(self.vertices[self.root].children):
            if self.vertices[child].operator:
                yield _reached(self.vertices, child, self.upstream)
        for number, vertex in enumerate(self.vertices):
            if vertex.operator and number != self.root:
                leaf = Vertex("", (), float(f"{data[number]:.3g}"))
                changed = (*self.vertices[:number], leaf, *self.vertices[number + 1 :])
                yield _reached(changed, self.root, self.upstream)


def graph_in(program: Program) -> Graph | None:
    """The graph of a program that makes leaves, computes with them, goes backwards once, and looks
    at numbers; None for any other."""
    try:
        return _Reader(program.steps).graph()
    except _NoGraphError:
        return None


class _NoGraphError(Exception):
    """The program does something else."""


class _Reader:
    """Reads a program step by step."""

    def __init__(self, steps: Sequence[Sequence[Any]]) -> None:
        self._steps = steps
        self._vertices: list[Vertex] = []
        self._of_step: dict[int, int] = {}
        self._methods: dict[int, tuple[int, str]] = {}  # by step: owner's vertex, name
        self._root: int | None = None
        self._upstream: float | None = None

    def graph(self) -> Graph:
        readers: dict[str, Callable[..., None]] = {
            "call": self._call,
            "get": self._get,
            "op": self._op,
            "neg": self._neg,
            "upstream": self._step_back,
        }
        for number, (kind, *rest) in enumerate(self._steps):
            if kind == "name" and rest[0] == "Value":
                continue
            if kind not in readers:
                raise _NoGraphError
            readers[kind](number, *rest)
        if self._root is None:
            raise _NoGraphError
        return _reached(self._vertices, self._root, self._upstream)

    def _call(self, number: int, target: Any, arguments: list[Any]) -> None:
        step = self._steps[target["ref"]]
        if step[0] == "name" and len(arguments) == 1 and isinstance(arguments[0], int | float):
            self._add(number, Vertex("", (), float(arguments[0])))
        elif target["ref"] in self._methods and not arguments:
            owner, name = self._methods[target["ref"]]
            if name == "backward":
                self._go_back(owner, None)
            else:
                self._add(number, Vertex(name, (owner,)))
        else:
            raise _NoGraphError

    def _get(self, number: int, target: Any, name: str) -> None:
        if name in METHODS or name == "backward":
            self._methods[number] = (self._vertex(target), name)
        elif name not in ("data", "grad"):
            raise _NoGraphError

    def _op(self, number: int, operator: str, left: Any, right: Any) -> None:
        operands = tuple(self._operand(each) for each in (left, right))
        if not any(isinstance(each, int) for each in operands):
            raise _NoGraphError
        self._add(number, Vertex(operator, operands))

    def _neg(self, number: int, operand: Any) -> None:
        self._add(number, Vertex("neg", (self._vertex(operand),)))

    def _step_back(self, number: int, out: Any, gradient: float) -> None:
        self._go_back(self._vertex(out), gradient)

    def _add(self, number: int, vertex: Vertex) -> None:
        if self._root is not None:
            raise _NoGraphError  # something is computed after the gradients
        self._of_step[number] = len(self._vertices)
        self._vertices.append(vertex)

    def _go_back(self, root: int, upstream: float | None) -> None:
        if self._root is not None:
            raise _NoGraphError
        self._root, self._upstream = root, upstream

    def _operand(self, argument: Any) -> int | tuple[float]:
        if isinstance(argument, dict):
            return self._vertex(argument)
        if isinstance(argument, bool) or not isinstance(argument, int | float):
            raise _NoGraphError
        return (argument,)

    def _vertex(self, argument: Any) -> int:
        try:
            return self._of_step[argument["ref"]]
        except (KeyError, TypeError):
            raise _NoGraphError from None


def _reached(vertices: Sequence[Vertex], root: int, upstream: float | None) -> Graph:
    """The graph of what the root is made from, in the same order."""
    kept = set()
    waiting = [root]
    while waiting:
        number = waiting.pop()
        if number not in kept:
            kept.add(number)
            waiting += vertices[number].children
    order = sorted(kept)
    new: Mapping[int, int] = {old: number for number, old in enumerate(order)}
    return Graph(tuple(_renumbered(vertices[old], new) for old in order), new[root], upstream)


def _renumbered(vertex: Vertex, new: Mapping[int, int]) -> Vertex:
    operands = tuple(new[each] if isinstance(each, int) else each for each in vertex.operands)
    return Vertex(vertex.operator, operands, vertex.data)


def _write(draft: Draft, vertex: Vertex, symbols: Sequence[Symbol]) -> Symbol:
    if not vertex.operator:
        return draft.value(vertex.data)
    operands = [symbols[each] if isinstance(each, int) else each[0] for each in vertex.operands]
    if vertex.operator == "neg":
        return draft.step("neg", operands[0])
    if vertex.operator in METHODS:
        symbol = operands[0]
        assert isinstance(symbol, Symbol)
        return draft.step("call", draft.step("get", symbol, vertex.operator), [])
    return draft.step("op", vertex.operator, *operands)


def _local(vertex: Vertex, data: Sequence[float], own: float) -> tuple[float, ...]:
    if not vertex.operator:
        return ()
    numbers = [data[each] if isinstance(each, int) else each[0] for each in vertex.operands]
    try:
        slopes = _slopes(vertex.operator, numbers, own)
    except (ArithmeticError, ValueError):
        slopes = (math.nan,) * len(numbers)
    return tuple(
        slope
        for slope, operand in zip(slopes, vertex.operands, strict=True)
        if isinstance(operand, int)
    )


def _slopes(operator: str, numbers: Sequence[float], own: float) -> tuple[float, ...]:
    """d own / d operand, for each operand."""
    first, second = numbers[0], numbers[-1]
    match operator:
        case "+":
            return (1.0, 1.0)
        case "-":
            return (1.0, -1.0)
        case "*":
            return (second, first)
        case "/":
            return (1.0 / second, -first / second**2)
        case "**":
            return (second * first ** (second - 1), 0.0)
        case "neg":
            return (-1.0,)
        case "tanh":
            return (1.0 - own**2,)
        case "exp":
            return (own,)
        case "relu":
            return (1.0 if first > 0 else 0.0,)
        case "log":
            return (1.0 / first,)
    raise ValueError(operator)
