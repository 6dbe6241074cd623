"""Write a program the way one writes micrograd.

    draft = Draft()
    a, b = draft.values(2.0, -3.0)
    c = a * b + a
    c.backward()
    draft.show(c.data, a.grad, b.grad)
    program = draft.program()

Every operator, attribute, call and assignment on a symbol is recorded as one step; the meaning of
the steps is defined in `grader/worker/evaluate.py`, their text form in `printer.py`.
"""

import functools
import json
from collections.abc import Callable
from typing import Any, Self

from grader.expressions.printer import Printer
from grader.model import Plain, Program


class Symbol:
    """The result of one step. Reads like what it stands for: a Value, a model, a number."""

    __slots__ = ("_draft", "_number")
    _draft: "Draft"
    _number: int

    def __init__(self, draft: "Draft", number: int) -> None:
        object.__setattr__(self, "_draft", draft)
        object.__setattr__(self, "_number", number)

    def __add__(self, other: object) -> "Symbol":
        return self._draft.step("op", "+", self, other)

    def __radd__(self, other: object) -> "Symbol":
        return self._draft.step("op", "+", other, self)

    def __sub__(self, other: object) -> "Symbol":
        return self._draft.step("op", "-", self, other)

    def __rsub__(self, other: object) -> "Symbol":
        return self._draft.step("op", "-", other, self)

    def __mul__(self, other: object) -> "Symbol":
        return self._draft.step("op", "*", self, other)

    def __rmul__(self, other: object) -> "Symbol":
        return self._draft.step("op", "*", other, self)

    def __truediv__(self, other: object) -> "Symbol":
        return self._draft.step("op", "/", self, other)

    def __rtruediv__(self, other: object) -> "Symbol":
        return self._draft.step("op", "/", other, self)

    def __pow__(self, other: object) -> "Symbol":
        return self._draft.step("op", "**", self, other)

    def __neg__(self) -> "Symbol":
        return self._draft.step("neg", self)

    def __call__(self, *arguments: object) -> "Symbol":
        """Call it: a function, a class, a model, a method that was got before."""
        return self._draft.step("call", self, list(arguments))

    def __getitem__(self, index: int | str) -> "Symbol":
        return self._draft.step("item", self, index)

    def __getattr__(self, name: str) -> "Symbol":
        if name.startswith("__"):  # Python asks for protocols that are none of the program's
            raise AttributeError(name)
        return self._draft.step("get", self, name)

    def __setattr__(self, name: str, value: object) -> None:
        self._draft.step("set", self, name, value)


class Draft:
    """A program being written. Steps stand in the order in which they were written."""

    def __init__(self) -> None:
        self._steps: list[tuple[Plain, ...]] = []
        self._names: dict[int, str] = {}
        self._globals: dict[str, Symbol] = {}
        self._shows: list[int] = []

    def name(self, name: str) -> Symbol:
        """What the submission defines under this name."""
        if name not in self._globals:
            self._globals[name] = self.step("name", name)
        return self._globals[name]

    def call(self, name: str, *arguments: object) -> Symbol:
        """Call a function or class of the submission."""
        return self.name(name)(*arguments)

    def value(self, data: float, name: str | None = None) -> Symbol:
        """A leaf: `Value(data)`, called `name` in the text form."""
        leaf = self.call("Value", data)
        if name:
            self._names[leaf._number] = name
        return leaf

    def values(self, *data: float) -> list[Symbol]:
        """One leaf each."""
        return [self.value(each) for each in data]

    def let(self, name: str, symbol: Symbol) -> Symbol:
        """Give a result a name in the text form."""
        self._names[symbol._number] = name
        return symbol

    def function(self, body: Callable[..., object], parameters: int = 1) -> "FunctionOfNumbers":
        """A function of plain numbers to hand to student code, given as a program itself."""
        return FunctionOfNumbers(body, parameters)

    def repr(self, symbol: Symbol) -> Symbol:
        """`repr(symbol)`: a text."""
        return self.step("call", self.step("get", symbol, "__repr__"), [])

    def spy(self, *values: Symbol) -> Symbol:
        """From here on, note which of these Values' `_backward` is called, and in which order.

        The result is that list; None for engines that keep no `_backward` on their Values.
        """
        return self.step("spy", list(values))

    def upstream(self, out: Symbol, gradient: float) -> None:
        """Give `out` this upstream gradient and let it take its one local step backwards."""
        self.step("upstream", out, gradient)

    def show(self, *symbols: Symbol) -> Self:
        """Make these results the program's answer, in this order."""
        self._shows += [symbol._number for symbol in symbols]
        return self

    def number_of(self, symbol: Symbol) -> int:
        """The number of the step that gave this result."""
        return symbol._number

    def symbol(self, number: int) -> Symbol:
        """The result of the step with this number."""
        return Symbol(self, number)

    def program(self) -> Program:
        """The finished program."""
        labels, text = _printed(json.dumps([self._steps, self._shows, list(self._names.items())]))
        return Program(tuple(self._steps), tuple(self._shows), labels, text)

    def step(self, kind: str, *arguments: object) -> Symbol:
        """Record one step."""
        self._steps.append((kind, *(self._encode(argument) for argument in arguments)))
        return Symbol(self, len(self._steps) - 1)

    def _encode(self, argument: object) -> Plain:
        if isinstance(argument, Symbol):
            if argument._draft is not self:
                raise ValueError("a symbol of another draft")
            return {"ref": argument._number}
        if isinstance(argument, FunctionOfNumbers):
            return {"function": argument.body}
        if isinstance(argument, list | tuple):
            return [self._encode(each) for each in argument]
        if isinstance(argument, float):
            return float(f"{argument:.12g}")  # 0.3 for 0.1 + 0.2, for people's sake
        if argument is None or isinstance(argument, bool | int | str):
            return argument
        raise TypeError(f"{type(argument).__name__} can't stand in a program")


class FunctionOfNumbers:
    """A function recorded as a program: its first results are its arguments."""

    def __init__(self, function: Callable[..., object], parameters: int) -> None:
        draft = Draft()
        arguments = [draft.step("parameter", number) for number in range(parameters)]
        result = draft._encode(function(*arguments))
        self.body: dict[str, Plain] = {
            "params": parameters,
            "steps": [list(step) for step in draft._steps[parameters:]],
            "result": result,
        }


def sin(x: Any) -> Any:
    """The sine of a plain number, inside a function given as a program."""
    return x._draft.step("math", "sin", x)


def exp(x: Any) -> Any:
    """The exponential of a plain number, inside a function given as a program."""
    return x._draft.step("math", "exp", x)


def tanh(x: Any) -> Any:
    """The hyperbolic tangent of a plain number, inside a function given as a program."""
    return x._draft.step("math", "tanh", x)


@functools.lru_cache(maxsize=2048)  # with one seed, all of a course's checks ask the same again
def _printed(recorded: str) -> tuple[tuple[str, ...], str]:
    """The labels and the text of what a draft has recorded, as JSON."""
    steps, shows, names = json.loads(recorded)
    printer = Printer(steps, shows, dict(names))
    return tuple(printer.labels()), printer.text()


def graph_of(program: Program, root: Symbol) -> tuple[set[int], set[tuple[int, int]]]:
    """The Values behind `root` in a program of leaves, + and *: the numbers of their steps, and
    the edges (child, parent)."""
    nodes: set[int] = set()
    edges: set[tuple[int, int]] = set()
    waiting = [root._number]
    while waiting:
        number = waiting.pop()
        if number not in nodes:
            nodes.add(number)
            step = program.steps[number]
            operands = step[2:] if step[0] == "op" else ()
            children = {_number_of(each) for each in operands if isinstance(each, dict)}
            edges |= {(child, number) for child in children}
            waiting += children
    return nodes, edges


def _number_of(reference: dict[str, Plain]) -> int:
    number = reference["ref"]
    if not isinstance(number, int):
        raise TypeError("a reference to no step")
    return number
