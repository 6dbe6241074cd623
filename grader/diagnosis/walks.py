"""Certain facts about walking a graph: whether what was visited is remembered, and looked at."""

import ast
from collections.abc import Iterator

from grader.diagnosis.finding import Finding
from grader.source_tree import Definition, Function, own_scope

MADE_EMPTY = frozenset({"set", "list", "dict"})


def of_walks(target: Definition) -> Iterator[Finding]:
    """The facts about the recursive functions within one function, or that function itself."""
    if target.function is None:
        return
    for node in ast.walk(target.function):
        if isinstance(node, Function) and _calls_itself(node):
            yield from _anew(node)
    yield from _never_tested(target.function)


def _anew(function: Function) -> Iterator[Finding]:
    """A container made inside the recursive function, and asked there what was visited."""
    for node in own_scope(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=made) if _is_empty(made):
                if any(_is_asked(each, name) for each in own_scope(function)) and not _passed_on(
                    function, name
                ):
                    yield Finding(
                        "visited-anew",
                        f"`{name}` ({{line}}) is made anew in every call of `{function.name}`, so "
                        "no call knows what the others have seen.",
                        node.lineno,
                    )


def _never_tested(function: Function) -> Iterator[Finding]:
    """A container that is filled, and that nothing else is done with."""
    made = {
        node.targets[0].id: node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and _is_empty(node.value)
    }
    for name in made:
        uses = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]
        fillings = [line for node in ast.walk(function) if (line := _fills(node, name))]
        if fillings and len(fillings) == len(uses):
            yield Finding(
                "visited-never-tested",
                f"`{name}` is filled ({{line}}), and nothing ever looks into it.",
                fillings[0],
            )


def _calls_itself(function: Function) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == function.name)
            or (isinstance(node.func, ast.Attribute) and node.func.attr == function.name)
        )
        for node in own_scope(function)
    )


def _is_empty(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[], keywords=[]):
            return name in MADE_EMPTY
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
    return False


def _is_asked(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Name(id=asked)]):
            return asked == name
    return False


def _passed_on(function: Function, name: str) -> bool:
    """Whether a call hands it over: then the next call may know of it."""
    return any(
        isinstance(argument, ast.Name) and argument.id == name
        for node in own_scope(function)
        if isinstance(node, ast.Call)
        for argument in (*node.args, *(each.value for each in node.keywords))
    )


def _fills(node: ast.AST, name: str) -> int | None:
    """The line, where `name.add(…)` or `name.append(…)` stands as a statement of its own."""
    match node:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=own), attr="add" | "append"))
        ) if own == name:
            return node.lineno
    return None
