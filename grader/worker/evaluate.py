"""Evaluate a program on a namespace: the whole meaning of the instructions is in this file.

A program is `{"steps": [...], "shows": [...]}`. Each step is a list; its result gets the step's
index as its number. Arguments are constants as they are, `{"ref": n}` for an earlier result,
lists of arguments, or `{"function": {...}}` for a function given as a program of its own (with
`params` and `result`).

=====================================  ========================================================
step                                   result
=====================================  ========================================================
["name", "MLP"]                        what the submission defines under this name
["call", f, [arguments]]               f(*arguments)
["get", object, "data"]                object.data
["set", object, "data", argument]      object.data = argument
["item", object, 2]                    object[2]
["op", "*", left, right]               left * right (+ - * / **)
["list", [arguments]]                  a list, to be handed over more than once
["neg", operand]                       -operand
["math", "sin", argument]              math.sin(argument), for functions of plain numbers
["upstream", out, g]                   give `out` the gradient g and run its own backward step
["spy", [values]]                      a list that grows by each whose `_backward` gets called
=====================================  ========================================================
"""

import inspect
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .encode import Encoder

Lookup = Callable[[str], Any]

OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}


def evaluate(program: Mapping[str, Any], lookup: Lookup) -> list[Any]:
    """The shown results, as plain data. Whatever the student's code raises passes through."""
    slots: list[Any] = []
    for step in program["steps"]:
        slots.append(_step(step, slots, lookup))
    encoder = Encoder(slots)
    return [encoder.plain(slots[number]) for number in program["shows"]]


def _step(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    kind, *rest = step
    if kind == "name":
        return lookup(rest[0])
    first = _argument(rest[1] if kind in ("op", "math") else rest[0], slots, lookup)
    if kind == "op":
        return OPERATORS[rest[0]](first, _argument(rest[2], slots, lookup))
    if kind == "math":
        own = getattr(first, rest[0], None)  # PyTorch's numbers bring their own
        return own() if callable(own) else getattr(math, rest[0])(first)
    if kind == "call":
        if not callable(first):
            raise TypeError(f"{repr(first)[:60]} is no function: it can't be called")
        return first(*_argument(rest[1], slots, lookup))
    if kind == "get":
        return getattr(first, rest[1])
    if kind == "set":
        return setattr(first, rest[1], _argument(rest[2], slots, lookup))
    if kind == "item":
        return first[rest[1]]
    if kind == "neg":
        return -first
    if kind == "upstream":
        return _upstream(first, rest[1])
    if kind == "list":
        return first
    if kind == "spy":
        return _spy(first)
    raise ValueError(f"no instruction {kind!r}")


def _argument(argument: Any, slots: Sequence[Any], lookup: Lookup) -> Any:
    if isinstance(argument, list):
        return [_argument(each, slots, lookup) for each in argument]
    if isinstance(argument, dict):
        if "ref" in argument:
            return slots[argument["ref"]]
        return _function(argument["function"], lookup)
    return argument


def _function(body: Mapping[str, Any], lookup: Lookup) -> Callable[..., Any]:
    """A function given as a program: its first `params` results are its arguments."""

    def f(*arguments: Any) -> Any:
        if len(arguments) != body["params"]:
            raise TypeError(f"f takes {body['params']} number(s), got {len(arguments)}")
        slots: list[Any] = list(arguments)
        for step in body["steps"]:
            slots.append(_step(step, slots, lookup))
        return _argument(body["result"], slots, lookup)

    return f


_NOTHING = object()


def _upstream(out: Any, gradient: float) -> None:
    """One local backward step with a given upstream gradient.

    The lecture's engines keep it in `_backward`; others have no such thing, and get the same
    numbers through the public surface: the gradient of g * out is g at `out`.
    """
    step = getattr(out, "_backward", _NOTHING)
    if step is None:
        raise TypeError("the result's _backward is None, where it should be a function")
    if callable(step) and _takes_nothing(step):
        out.grad = gradient
        step()
    else:
        (out * gradient).backward()


def _spy(values: Sequence[Any]) -> list[Any] | None:
    calls: list[Any] = []

    def watch(value: Any) -> None:
        value._backward = lambda: calls.append(value)

    if not all(callable(getattr(value, "_backward", None)) for value in values):
        return None
    try:
        for value in values:
            watch(value)
    except AttributeError:  # __slots__, or a method that can't be replaced
        return None
    return calls


def _takes_nothing(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):
        return False
    return True
