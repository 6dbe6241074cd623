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
    try:
        instruction = INSTRUCTIONS[step[0]]
    except KeyError:
        raise ValueError(f"no instruction {step[0]!r}") from None
    return instruction(step, slots, lookup)


def _name(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    return lookup(step[1])


def _call(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    function = _argument(step[1], slots, lookup)
    if not callable(function):
        raise TypeError(f"{repr(function)[:60]} is no function: it can't be called")
    return function(*[_argument(each, slots, lookup) for each in step[2]])


def _get(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    return getattr(_argument(step[1], slots, lookup), step[2])


def _set(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> None:
    value = _argument(step[3], slots, lookup)
    setattr(_argument(step[1], slots, lookup), step[2], value)


def _item(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    return _argument(step[1], slots, lookup)[step[2]]


def _op(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    left = _argument(step[2], slots, lookup)
    return OPERATORS[step[1]](left, _argument(step[3], slots, lookup))


def _neg(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    return -_argument(step[1], slots, lookup)


def _math(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    argument = _argument(step[2], slots, lookup)
    own = getattr(argument, step[1], None)  # PyTorch's numbers bring their own
    return own() if callable(own) else getattr(math, step[1])(argument)


def _list(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> Any:
    return _argument(step[1], slots, lookup)


def _upstream(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> None:
    _step_back(_argument(step[1], slots, lookup), step[2])


def _spy(step: Sequence[Any], slots: Sequence[Any], lookup: Lookup) -> list[Any] | None:
    return _spied(_argument(step[1], slots, lookup))


INSTRUCTIONS: Mapping[str, Callable[[Sequence[Any], Sequence[Any], Lookup], Any]] = {
    "name": _name,
    "call": _call,
    "get": _get,
    "set": _set,
    "item": _item,
    "op": _op,
    "neg": _neg,
    "math": _math,
    "list": _list,
    "upstream": _upstream,
    "spy": _spy,
}


def _argument(argument: Any, slots: Sequence[Any], lookup: Lookup) -> Any:
    kind = type(argument)  # JSON makes nothing but these
    if kind is dict:
        if "ref" in argument:
            return slots[argument["ref"]]
        return _function(argument["function"], lookup)
    if kind is list:
        return [_argument(each, slots, lookup) for each in argument]
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


def _step_back(out: Any, gradient: float) -> None:
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


def _spied(values: Sequence[Any]) -> list[Any] | None:
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
