"""Certain facts about an operator's closure: where it is attached, and whether it is."""

import ast
from collections.abc import Iterator

from grader.diagnosis.finding import Finding
from grader.source_tree import (
    Definition,
    Function,
    SourceTree,
    inner_functions,
    own_scope,
    parameters,
    stores_gradient,
)


def of_closures(tree: SourceTree, target: Definition) -> Iterator[Finding]:
    """The facts about the functions inside one function that pass gradients on."""
    outer = target.function
    if outer is None or _looks_around(outer):
        return
    title = target.name
    for inner in inner_functions(outer):
        if inner.decorator_list or not stores_gradient(inner):
            continue
        uses = list(_uses(outer, inner.name))
        if not uses:
            yield _unused(title, inner)
        elif all(isinstance(use, ast.Call) for use in uses):
            yield from _called(title, inner, uses)
        else:
            yield from _elsewhere(tree, target, outer, inner, uses)
            yield from _too_late(title, outer, inner)


def _unused(title: str, inner: Function) -> Finding:
    """Nothing outside of the closure mentions it."""
    inside = [found for node in own_scope(inner) if (found := _attachment(node, inner.name))]
    if inside:
        return Finding(
            "attached-inside-itself",
            f"In `{title}`, {{line}} is indented into `{inner.name}`, the very function that it "
            "hands over. That function never runs, so the result is left without a step.",
            inside[0].lineno,
        )
    return Finding(
        "never-attached",
        f"In `{title}`, `{inner.name}` ({{line}}) is defined, and nothing hands it to the result.",
        inner.lineno,
    )


def _called(title: str, inner: Function, uses: list[ast.AST]) -> Iterator[Finding]:
    """All that happens to the closure is that it is called, at once."""
    gives = any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        or (isinstance(node, ast.Return) and node.value is not None)
        for node in own_scope(inner)
    )
    calls = [use for use in uses if isinstance(use, ast.Call)]
    if gives or parameters(inner) or any(call.args or call.keywords for call in calls):
        return
    line = calls[-1].lineno
    yield Finding(
        "closure-called",
        f"In `{title}`, {{line}} calls `{inner.name}` on the spot, where it should be kept for "
        "later; what the call gives back is None.",
        line,
    )


def _elsewhere(
    tree: SourceTree, target: Definition, outer: Function, inner: Function, uses: list[ast.AST]
) -> Iterator[Finding]:
    """The closure is attached, but to an operand, or under a name that nobody asks for."""
    attached = [found for use in uses if (found := _attachment(use, inner.name))]
    if len(attached) != len(uses) or target.owner != "Value":
        return
    places = [each for use in attached for each in use.targets if isinstance(each, ast.Attribute)]
    results = _returned_names(outer)
    holders = {each.value.id for each in places if isinstance(each.value, ast.Name)}
    operands = set(parameters(outer))
    if holders and holders <= operands and results and not results & set(parameters(outer)):
        reads = {node.id for node in ast.walk(inner) if isinstance(node, ast.Name)}
        if results <= reads and not parameters(inner):
            yield Finding(
                "attached-to-self",
                f"In `{target.name}`, {{line}} hands `{inner.name}` to `{min(holders)}`; the Value "
                f"that is returned is `{min(results)}`, and it is left without a step.",
                places[-1].lineno,
            )
        return
    names = {each.attr for each in places}
    if names == {"backward"} and _keeps_steps_as(tree, "_backward"):
        yield Finding(
            "attached-under-another-name",
            f"In `{target.name}`, {{line}} hands the step over as `backward`, where the rest of "
            "the engine keeps and calls it as `_backward`.",
            places[-1].lineno,
        )


def _too_late(title: str, outer: Function, inner: Function) -> Iterator[Finding]:
    """The line that attaches it stands behind a `return` in the same block."""
    for body in _blocks(outer):
        ends = [number for number, node in enumerate(body) if isinstance(node, ast.Return)]
        for node in body[ends[0] + 1 :] if ends else []:
            if _attachment(node, inner.name):
                yield Finding(
                    "returned-before-attached",
                    f"In `{title}`, {{line}} is never reached, since `return` stands before it; so "
                    f"`{inner.name}` is handed to nobody.",
                    node.lineno,
                )


def _attachment(node: ast.AST, name: str) -> ast.Assign | None:
    """The statement `out._backward = name`, if this is one."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Name):
        return None
    to_attribute = any(isinstance(target, ast.Attribute) for target in node.targets)
    return node if node.value.id == name and to_attribute else None


def _uses(outer: Function, name: str) -> Iterator[ast.AST]:
    """Where a name is read outside of the inner functions so called.

    Given is the whole assignment where one attaches it, the call where it is called, else the name.
    """
    told: set[int] = set()
    todo: list[ast.AST] = list(ast.iter_child_nodes(outer))
    while todo:
        node = todo.pop()
        if isinstance(node, Function) and node.name == name:
            continue
        attachment = _attachment(node, name)
        if attachment:
            told.add(id(attachment.value))
            yield attachment
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        ):
            told.add(id(node.func))
            yield node
        elif isinstance(node, ast.Name) and node.id == name and id(node) not in told:
            yield node
        todo.extend(ast.iter_child_nodes(node))


def _looks_around(function: Function) -> bool:
    """Whether it may use names in ways that can't be seen."""
    return any(
        isinstance(node, ast.Name) and node.id in {"locals", "vars", "eval", "exec", "globals"}
        for node in ast.walk(function)
    )


def _returned_names(function: Function) -> set[str]:
    """What it returns, if every `return` gives a plain name that was made by a call."""
    returned: set[str] = set()
    for node in own_scope(function):
        if isinstance(node, ast.Return):
            if not isinstance(node.value, ast.Name):
                return set()
            returned.add(node.value.id)
    made = {
        target.id
        for node in own_scope(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return returned if returned <= made else set()


def _keeps_steps_as(tree: SourceTree, attribute: str) -> bool:
    """Whether this attribute is stored somewhere in the files."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == attribute
        for cell in tree.cells
        for node in ast.walk(cell.tree)
    )


def _blocks(function: Function) -> Iterator[list[ast.stmt]]:
    """The statement lists of its own scope."""
    yield function.body
    for node in own_scope(function):
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                body = getattr(node, field, None)
                if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                    yield body
