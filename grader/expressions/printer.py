"""A program as Python text: what a learner can read, and paste into a prompt."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.model import Plain

Steps = Sequence[Sequence[Plain]]

_LETTERS = "abcdeghkmnpqrstuvwyz"  # not f (functions), x (their argument), i, j, l, o
_ROLES = {
    "MLP": "model",
    "Layer": "layer",
    "Neuron": "neuron",
    "parameters": "parameters",
    "manual_gradients": "grads",
    "neuron_gradients": "grads",
    "torch_neuron": "result",
    "train": "losses",
    "train_classifier": "losses",
    "squared_error": "loss",
    "negative_log_likelihood": "loss",
    "hinge_loss": "loss",
    "softmax": "probabilities",
}
_CHANGING = frozenset({"backward", "descend", "train", "train_classifier", "zero_grad"})
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_UNARY, _ATOM = 3, 5
_LONG_LIST = 40  # characters; a longer one gets a line of its own
_WIDEST = 88  # up to here assignments are joined


class Expressions:
    """Writes results inline, as far as they have no name."""

    def __init__(self, steps: Steps, names: Mapping[int, str]) -> None:
        self._steps = steps
        self._names = dict(names)
        self._constants: dict[str, str] = {}  # functions and long lists with a name, by their text

    def argument(self, argument: Any, binding: int = 0) -> str:
        """An argument of a step, in parentheses if it binds less tightly than it must."""
        text, own = self._written(argument)
        return f"({text})" if own < binding else text

    def _written(self, argument: Any) -> tuple[str, int]:
        """The text of an argument and how tightly it binds."""
        if isinstance(argument, dict):
            if "ref" in argument:
                return self._expression(argument["ref"])
            text = function_text(argument["function"])
            return self._constants.get(text, text), _ATOM
        if isinstance(argument, list):
            text = f"[{', '.join(self.argument(each) for each in argument)}]"
            return self._constants.get(text, text), _ATOM
        negative = isinstance(argument, int | float) and argument < 0
        return repr(argument), _UNARY if negative else _ATOM

    def _expression(self, number: int) -> tuple[str, int]:
        if number in self._names:
            return self._names[number], _ATOM
        step: Sequence[Any] = self._steps[number]
        kind = step[0]
        if kind == "op":
            return self._operation(step), _BINDING[step[1]]
        if kind == "neg":
            operand = self.argument(step[1], _UNARY)
            return "-" + _apart(operand), _UNARY
        if kind == "list":
            return self._written(step[1])
        return self._atom(kind, step), _ATOM

    def _operation(self, step: Sequence[Any]) -> str:
        _, operator, left, right = step
        own = _BINDING[operator]
        if operator == "**":
            return f"{self.argument(left, own + 1)}**{self.argument(right, _UNARY)}"
        return f"{self.argument(left, own)} {operator} {_apart(self.argument(right, own + 1))}"

    def _atom(self, kind: str, step: Sequence[Any]) -> str:
        if kind == "name":
            return str(step[1])
        if kind == "call":
            return self._call(step)
        if kind == "get":
            return f"{self.argument(step[1], _ATOM)}.{step[2]}"
        if kind == "item":
            return f"{self.argument(step[1], _ATOM)}[{step[2]!r}]"
        if kind == "spy":
            return "calls"
        return f"math.{step[1]}({self.argument(step[2])})"

    def _call(self, step: Sequence[Any]) -> str:
        if self._called(step) == "__repr__":
            target = self._steps[step[1]["ref"]][1]
            return f"repr({self.argument(target)})"
        arguments = ", ".join(self.argument(each) for each in step[2])
        return f"{self.argument(step[1], _ATOM)}({arguments})"

    def _called(self, step: Sequence[Any]) -> str:
        """The name of the function or method that a call step calls."""
        target = self._steps[step[1]["ref"]]
        return str(target[-1]) if target[0] in ("name", "get") else ""


class Printer(Expressions):
    """Decides which results get a name of their own, and writes the rest inline."""

    def __init__(self, steps: Steps, shows: Sequence[int], names: Mapping[int, str]) -> None:
        super().__init__(steps, names)
        self._shows = shows
        self._paths = self._find_paths()
        self._uses = self._count_uses()
        self._last_use = {n: user for user, step in enumerate(steps) for n in _references(step)}
        self._last_use.update(dict.fromkeys(shows, len(steps)))
        self._effects = [number for number in range(len(steps)) if self._is_effect(number)]
        self._stepped = {n for step in steps if step[0] == "upstream" for n in _references(step)}
        self._taken = set(names.values())
        self._fresh = self._fresh_names()
        self._lines = list(_joined(self._statements()))

    def text(self) -> str:
        """The statements, one a line."""
        return "\n".join(self._lines)

    def labels(self) -> list[str]:
        """What each shown result is called: `a.grad`."""
        return [self.argument({"ref": number}) for number in self._shows]

    def _statements(self) -> Iterator[tuple[str, str]]:
        """Left and right side of assignments; other statements have no right side."""
        effects = set(self._effects)
        for number, step in enumerate(self._steps):
            if step[0] in ("name", "spy") or self._is_unused_object(number):
                continue
            yield from self._long_constants(step)
            if number in effects and not self._uses[number]:
                yield self._effect(step)
            elif number in effects or self._needs_name(number):
                name = self._names.pop(number, None)
                text = self._expression(number)[0]
                self._names[number] = name or self._name_for(step)
                yield self._names[number], text

    def _effect(self, step: Sequence[Any]) -> tuple[str, str]:
        if step[0] == "call":
            return self._call(step), ""
        target = self.argument(step[1], _ATOM)
        if step[0] == "set":
            return f"{target}.{step[2]}", self.argument(step[3])
        return f"{target}.grad = {step[2]!r}; {target}._backward()", ""

    def _long_constants(self, step: Sequence[Any]) -> Iterator[tuple[str, str]]:
        """Functions, and lists of many numbers, that a step hands over."""
        for argument in step[2] if step[0] == "call" else ():
            if not isinstance(argument, dict | list) or list(_references(argument)):
                continue
            text = self.argument(argument)
            if isinstance(argument, dict):
                role = "f"
            elif len(text) > _LONG_LIST:
                role = "points" if isinstance(argument[0], list) else "targets"
            else:
                continue
            if text not in self._constants.values():
                self._constants[text] = self._role(role)
                yield self._constants[text], text

    def _needs_name(self, number: int) -> bool:
        step, last_use = self._steps[number], self._last_use.get(number, number)
        if number in self._names or self._is_object(number):
            return True
        if step[0] == "get" and self._uses[number] == 1 and last_use == number + 1:
            return False  # a method about to be called
        if number in self._stepped or (self._uses[number] > 1 and number not in self._paths):
            return True
        # Written inline it would stand after something that changes it.
        return any(number < effect < last_use for effect in self._effects)

    def _is_effect(self, number: int) -> bool:
        step = self._steps[number]
        if step[0] == "call":
            called = self._called(step)
            return called in _CHANGING or (not self._uses[number] and not _is_class(called))
        return step[0] in ("set", "upstream")

    def _is_object(self, number: int) -> bool:
        step = self._steps[number]
        return step[0] == "call" and _is_class(self._called(step))

    def _is_unused_object(self, number: int) -> bool:
        return self._is_object(number) and not self._uses[number] and number not in self._names

    def _find_paths(self) -> set[int]:
        """What is always written out: attributes, and items (`model.layers[0].neurons[1]`) from
        which nothing but what is shown is read."""
        only_shown = {n for n, step in enumerate(self._steps) if step[0] in ("get", "item")}
        for number in range(len(self._steps) - 1, -1, -1):
            if number not in only_shown:
                only_shown.difference_update(_references(self._steps[number]))
        return only_shown | {n for n, step in enumerate(self._steps) if step[0] == "get"}

    def _count_uses(self) -> Counter[int]:
        """How often each result would be written, were all but paths written once."""
        uses = Counter(self._shows)
        for number in range(len(self._steps) - 1, -1, -1):
            times = max(1, uses[number]) if number in self._paths else 1
            for used in _references(self._steps[number]):
                uses[used] += times
        return uses

    def _name_for(self, step: Sequence[Any]) -> str:
        if step[0] == "item" and self._steps[step[1]["ref"]][-1] == "neurons":
            return next(name for n in itertools.count(1) if self._take(name := f"n{n}"))
        role = _ROLES.get(self._called(step)) if step[0] == "call" else None
        return self._role(role) if role else next(self._fresh)

    def _role(self, role: str) -> str:
        """`model`, then `model2`."""
        names = (f"{role}{number or ''}" for number in itertools.chain([0], itertools.count(2)))
        return next(name for name in names if self._take(name))

    def _fresh_names(self) -> Iterator[str]:
        for number in itertools.count():
            for letter in _LETTERS:
                if self._take(f"{letter}{number or ''}"):
                    yield f"{letter}{number or ''}"

    def _take(self, name: str) -> bool:
        free = name not in self._taken
        self._taken.add(name)
        return free


def function_text(body: Mapping[str, Any]) -> str:
    """`lambda x: 3 * x**2 - 4 * x + 5`."""
    parameters = "xyzuvw"[: body["params"]]
    steps = [("parameter", name) for name in parameters] + list(body["steps"])
    inline = Expressions(steps, dict(enumerate(parameters)))
    return f"lambda {', '.join(parameters)}: {inline.argument(body['result'])}"


def _joined(statements: Iterator[tuple[str, str]]) -> Iterator[str]:
    """The lines; numbers given to one object, or to several that have names, share one."""
    waiting: list[tuple[str, str]] = []
    for target, value in statements:
        fits = len(_assignment([*waiting, (target, value)])) <= _WIDEST
        if waiting and not (fits and _kin(waiting[-1], (target, value))):
            yield _assignment(waiting)
            waiting = []
        waiting.append((target, value))
    if waiting:
        yield _assignment(waiting)


def _assignment(pairs: Sequence[tuple[str, str]]) -> str:
    targets, values = (", ".join(side) for side in zip(*pairs, strict=True))
    return f"{targets} = {values}" if values else targets


def _kin(first: tuple[str, str], second: tuple[str, str]) -> bool:
    """Whether two statements give plain numbers to the same attribute of things that belong
    together."""
    if not all(_NUMBER.fullmatch(value) for _, value in (first, second)):
        return False
    (owner, _, attribute), (other, _, same) = (
        target.rpartition(".") for target, _ in (first, second)
    )
    roots = owner.partition(".")[0], other.partition(".")[0]
    return bool(owner) and attribute == same and (roots[0] == roots[1] or roots == (owner, other))


_NUMBER = re.compile(r"-?[0-9.]+(e-?[0-9]+)?")


def _is_class(name: str) -> bool:
    return name[:1].isupper()


def _apart(text: str) -> str:
    """Two signs are not written side by side."""
    return f"({text})" if text.startswith("-") else text


def _references(argument: Any) -> Iterator[int]:
    """The results that a step (or a part of one) uses."""
    if isinstance(argument, list | tuple):
        for each in argument:
            yield from _references(each)
    elif isinstance(argument, dict) and "ref" in argument:
        yield argument["ref"]
