"""The figures in the lessons' text: computation graphs, drawn from what the lessons' code computes.

In a solution's text a figure stands between two marks. The first one tells what to show and the
program, on one line or several; what is between them is written by `mggrade course build`:

    # <!-- graph data grad: a = 2; b = -3; e = a * b -->
    #
    #                 data   grad
    #     e = a * b     -6      1
    #     ├─ a           2     -3
    #     └─ b          -3      2
    #
    # <!-- end of the graph -->
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.attempts import reference_source
from grader.course import Lesson
from grader.errors import CourseError
from grader.expressions import Draft, Symbol
from grader.model import Node
from grader.render.figure_text import COLUMNS, figure_lines
from grader.sandbox import Engine, Sandbox, Source

_FIGURE = re.compile(
    r"^(?P<mark># <!-- graph(?P<columns>[^:>]*): (?P<program>[^>]+) -->\n).*?"
    r"^# <!-- end of the graph -->\n",
    re.MULTILINE | re.DOTALL,
)
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def with_figures(sources: Mapping[Lesson, str], sandbox: Sandbox) -> dict[Lesson, str]:
    """The lessons' sources with every figure drawn afresh.

    The code that computes the numbers is that of the lessons themselves. Raises CourseError where
    a figure can't be drawn.
    """
    if not any(_FIGURE.search(source) for source in sources.values()):
        return dict(sources)
    engine = Engine(sandbox, "plain", _engine(sources))
    try:
        return {
            lesson: _FIGURE.sub(lambda match: _drawn(match, lesson, engine), source)  # noqa: B023
            for lesson, source in sources.items()
        }
    finally:
        engine.close()


def _engine(sources: Mapping[Lesson, str]) -> list[Source]:
    """The lessons up to the one that completes the engine; what needs no Value is no part of it."""
    return [reference_source(lesson, source) for lesson, source in sources.items()][1:4]


def _drawn(match: re.Match[str], lesson: Lesson, engine: Engine) -> str:
    columns = match["columns"].split()
    unknown = [each for each in columns if each not in COLUMNS]
    if unknown:
        raise CourseError(
            f"{lesson.file}.py: no column {unknown[0]!r} in a graph; use {', '.join(COLUMNS)}"
        )
    program = re.sub(r"\n# *", " ", match["program"])
    try:
        nodes = _computed(program, engine)
    except (SyntaxError, LookupError, ValueError) as error:
        raise CourseError(
            f"{lesson.file}.py: the graph {program!r} can't be drawn ({error}); "
            "write steps such as a = 2; b = -3; c = a * b; d = c.tanh()"
        ) from None
    lines = [f"#     {line}".rstrip() for line in figure_lines(nodes, columns)]
    return match["mark"] + "\n".join(["#", *lines, "#", "# <!-- end of the graph -->\n"])


@dataclass(frozen=True)
class _Step:
    """One name of a figure's program: how it was made, and its symbol."""

    node: Node
    symbol: Symbol


def _computed(program: str, engine: Engine) -> tuple[Node, ...]:
    """The graph of a program with its numbers, operands before results."""
    draft = Draft()
    steps: dict[str, _Step] = {}
    for statement in ast.parse(program).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                steps[name] = _step(name, value, draft, steps)
            case _:
                raise ValueError("a step is name = something")
    last = list(steps.values())[-1]
    last.symbol.backward()
    for step in steps.values():
        draft.show(step.symbol.data, step.symbol.grad)
    [reply] = engine.evaluate([draft.program()])
    if reply.values is None:
        raise ValueError(reply.fault.message if reply.fault else "no answer")
    numbers = zip(reply.values[::2], reply.values[1::2], strict=True)
    return tuple(
        replace(step.node, data=data, grad=grad)
        for step, (data, grad) in zip(steps.values(), numbers, strict=True)
    )


def _step(name: str, value: ast.expr, draft: Draft, steps: Mapping[str, _Step]) -> _Step:
    number = _number(value)
    if number is not None:
        return _Step(_node(name, "", ()), draft.value(number, name))
    match value:
        case ast.BinOp(left=left, op=sign, right=right):
            operator = _SIGNS[type(sign)]
            one, other = _number(left), _number(right)
            space = "" if operator == "**" else " "
            if other is not None:
                told, operands = f"{operator}{space}{other:g}", [left]
            elif one is not None:
                told, operands = f"{one:g} {operator}", [right]
            else:
                told, operands = operator, [left, right]
            symbols = [
                one if one is not None else steps[_name(left)].symbol,
                other if other is not None else steps[_name(right)].symbol,
            ]
            return _Step(
                _node(name, told, _places(operands, steps)), draft.step("op", operator, *symbols)
            )
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _Step(
                _node(name, "neg", _places([operand], steps)), -steps[_name(operand)].symbol
            )
        case ast.Call(func=ast.Attribute(value=operand, attr=method), args=[]):
            made = getattr(steps[_name(operand)].symbol, method)()
            return _Step(_node(name, method, _places([operand], steps)), made)
    raise ValueError(f"{ast.unparse(value)} is no step")


def _node(name: str, operator: str, operands: tuple[int, ...]) -> Node:
    return Node(name, operator, operands, None, None, None, None, (), "right")


def _places(operands: Iterable[ast.expr], steps: Mapping[str, _Step]) -> tuple[int, ...]:
    names: Sequence[str] = list(steps)
    return tuple(names.index(_name(each)) for each in operands)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    raise ValueError(f"{ast.unparse(node)} has no name of its own")


def _number(node: ast.expr) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -float(number)
    return None
