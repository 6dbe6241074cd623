"""A program as Python text: what a learner can read, and paste into a prompt."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.model import Plain

Steps = Sequence[Sequence[Plain]]

_LETTERS = "abcdeghkmnpqrstuvwyz"  # not f (functions), x (their argument), i, j, l, o
_ROLES = {"MLP": "model", "Layer": "layer", "Neuron": "neuron", "parameters": "parameters"}
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_UNARY, _ATOM = 3, 5


class Printer:
    """Decides which results get a name of their own, and writes the rest inline."""

    def __init__(self, steps: Steps, shows: Sequence[int], names: Mapping[int, str]) -> None:
        self._steps = steps
        self._shows = shows
        self._names = dict(names)
        self._uses = Counter(number for step in steps for number in _references(step))
        self._uses.update(shows)
        self._taken = set(names.values())
        self._fresh = self._fresh_names()
        self._lines = list(self._statements())

    def text(self) -> str:
        """The statements, one a line."""
        return "\n".join(self._lines)

    def labels(self) -> list[str]:
        """What each shown result is called: `a.grad`."""
        return [self._expression(number)[0] for number in self._shows]

    def _statements(self) -> Iterator[str]:
        effects = [number for number in range(len(self._steps)) if self._is_effect(number)]
        last_use = self._last_uses()
        for number, step in enumerate(self._steps):
            if step[0] in ("name", "spy"):
                continue
            if number in effects:
                yield self._statement(step, number)
            elif self._needs_name(number, last_use.get(number, number), effects):
                name = self._names.pop(number, None)
                text = self._expression(number)[0]
                self._names[number] = name or self._name_for(step)
                yield f"{self._names[number]} = {text}"

    def _needs_name(self, number: int, last_use: int, effects: Sequence[int]) -> bool:
        if number in self._names or self._is_leaf(number):
            return True
        kind = self._steps[number][0]
        if kind == "get" and self._uses[number] == 1 and last_use == number + 1:
            return False  # a method about to be called
        if self._uses[number] > 1 and kind != "get":
            return True
        # Written inline it would stand after something that changes it.
        return any(number < effect < last_use for effect in effects) or any(
            self._steps[user][0] == "upstream" and number in _references(self._steps[user])
            for user in range(number + 1, len(self._steps))
        )

    def _is_effect(self, number: int) -> bool:
        step = self._steps[number]
        return step[0] in ("set", "upstream") or (step[0] == "call" and not self._uses[number])

    def _is_leaf(self, number: int) -> bool:
        step = self._steps[number]
        return step[0] == "call" and self._called(step) == "Value"

    def _called(self, step: Sequence[Any]) -> str:
        """The name of the function or method that a call step calls."""
        target = self._steps[step[1]["ref"]]
        return str({"name": target[1], "get": target[-1]}.get(str(target[0]), ""))

    def _last_uses(self) -> dict[int, int]:
        last = {
            used: number for number, step in enumerate(self._steps) for used in _references(step)
        }
        for shown in self._shows:
            last[shown] = len(self._steps)
        return last

    def _statement(self, step: Sequence[Any], number: int) -> str:
        if step[0] == "call":
            return self._call(step)
        target = self._argument(step[1], _ATOM)
        if step[0] == "set":
            return f"{target}.{step[2]} = {self._argument(step[3], 0)}"
        return f"{target}.grad = {step[2]!r}; {target}._backward()"

    def _expression(self, number: int) -> tuple[str, int]:
        """The text of a result and how tightly it binds."""
        if number in self._names:
            return self._names[number], _ATOM
        step: Sequence[Any] = self._steps[number]
        kind = step[0]
        if kind == "name":
            return str(step[1]), _ATOM
        if kind == "call":
            return self._call(step), _ATOM
        if kind == "get":
            if step[2] == "__repr__":
                return "repr", _ATOM
            return f"{self._argument(step[1], _ATOM)}.{step[2]}", _ATOM
        if kind == "item":
            return f"{self._argument(step[1], _ATOM)}[{step[2]!r}]", _ATOM
        if kind == "neg":
            return f"-{self._argument(step[1], _UNARY)}", _UNARY
        if kind == "list":
            return self._argument(step[1], 0), _ATOM
        if kind == "spy":
            return "calls", _ATOM
        if kind == "math":
            return f"math.{step[1]}({self._argument(step[2], 0)})", _ATOM
        own = _BINDING[step[1]]
        left = self._argument(step[2], own + (step[1] == "**"))
        right = self._argument(step[3], own + (step[1] != "**"))
        return (f"{left}**{right}" if own == 4 else f"{left} {step[1]} {right}"), own

    def _call(self, step: Sequence[Any]) -> str:
        if self._called(step) == "__repr__":
            target = self._steps[step[1]["ref"]][1]
            return f"repr({self._argument(target, 0)})"
        arguments = ", ".join(self._argument(each, 0) for each in step[2])
        return f"{self._argument(step[1], _ATOM)}({arguments})"

    def _argument(self, argument: Any, binding: int) -> str:
        if isinstance(argument, list):
            return f"[{', '.join(self._argument(each, 0) for each in argument)}]"
        if isinstance(argument, dict):
            if "ref" in argument:
                text, own = self._expression(argument["ref"])
                return f"({text})" if own < binding else text
            return function_text(argument["function"])
        text = repr(argument)
        negative = isinstance(argument, int | float) and argument < 0
        return f"({text})" if negative and binding > 1 else text

    def _name_for(self, step: Sequence[Any]) -> str:
        role = _ROLES.get(self._called(step)) if step[0] == "call" else None
        if role and role not in self._taken:
            self._taken.add(role)
            return role
        return next(self._fresh)

    def _fresh_names(self) -> Iterator[str]:
        for round_number in itertools.count():
            for letter in _LETTERS:
                name = f"{letter}{round_number or ''}"
                if name not in self._taken:
                    self._taken.add(name)
                    yield name


def function_text(body: Mapping[str, Any]) -> str:
    """`lambda x: 3 * x**2 - 4 * x + 5`."""
    parameters = "x" if body["params"] == 1 else ", ".join("xyzuvw"[: body["params"]])
    steps = [("parameter", number) for number in range(body["params"])] + list(body["steps"])
    names = dict(enumerate(parameters.split(", ")))
    printer = _Inline(steps, names)
    return f"lambda {parameters}: {printer.inline(body['result'])}"


class _Inline(Printer):
    """Everything in one expression: a lambda has no statements."""

    def __init__(self, steps: Steps, names: Mapping[int, str]) -> None:
        self._steps = steps
        self._names = dict(names)

    def inline(self, result: Plain) -> str:
        return self._argument(result, 0)


def _references(argument: Any) -> Iterator[int]:
    """The results that a step (or a part of one) uses."""
    if isinstance(argument, list | tuple):
        for each in argument:
            yield from _references(each)
    elif isinstance(argument, dict) and "ref" in argument:
        yield argument["ref"]
