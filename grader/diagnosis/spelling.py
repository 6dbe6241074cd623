"""Certain facts about names: misspelt ones, and things kept where nobody looks for them."""

import ast
import re
from collections.abc import Iterator, Sequence

from grader.diagnosis.finding import Finding
from grader.source_tree import (
    Definition,
    Function,
    SourceTree,
    inner_functions,
    parameters,
)

# The special methods of the course, and others of Python's that are near them in spelling.
COURSE = (
    *("__init__", "__repr__", "__call__", "__add__", "__radd__", "__mul__", "__rmul__", "__neg__"),
    *("__sub__", "__rsub__", "__truediv__", "__rtruediv__", "__pow__"),
)
OTHERS = frozenset(dir(int)) | frozenset(dir(type)) | {"__iadd__", "__imul__", "__isub__"}

CHILDREN = frozenset(
    {"prev", "prev_", "_prev_", "__prev", "previous", "_previous"}
    | {"children", "_children", "parents", "_parents"}
)


def of_names(tree: SourceTree, wanted: Sequence[str]) -> Iterator[Finding]:
    """The facts about names that concern the wanted ones; about all of them, if none is wanted."""
    for definition in tree.definitions:
        if definition.function:
            yield from _special_method(tree, definition, wanted)
            yield from _nested(tree, definition, wanted)
    yield from _children_elsewhere(tree, wanted)
    yield from _class_again(tree, wanted)


def _special_method(
    tree: SourceTree, definition: Definition, wanted: Sequence[str]
) -> Iterator[Finding]:
    """`__rmull__`, `_init_`: near a name that Python asks for, and not that name."""
    owner, name = definition.owner, definition.name
    right = intended(name) if owner else None
    if right is None or _mentions(tree, right) or _mentions(tree, name, apart_from=definition):
        return
    full = f"{owner}.{right}"
    whole_class = right == "__init__"
    hit = tuple(
        each for each in wanted if each in (full, owner) or (whole_class and _owner(each) == owner)
    )
    if wanted and not hit:
        return
    if name == right[1:-1]:
        kind = "single-underscores"
        how = f"`{name}` ({{line}}) has single underscores"
    else:
        kind = "misspelt-method"
        how = f"`{name}` ({{line}}) is a name that Python never asks for"
    sentence = f"{how}; the method that it looks for is `{right}`."
    yield Finding(kind, sentence, definition.line, definition.file, hit or (full,))


def intended(name: str) -> str | None:
    """The course's special method that a name was meant to be; None for all proper names."""
    if name in COURSE or name in OTHERS or not re.fullmatch(r"_+[a-zA-Z]+_+", name):
        return None
    core = name.strip("_")
    if core in {"div", "rdiv"}:  # what Python 2 asked for
        return f"__{core.replace('div', 'truediv')}__"
    exact = [right for right in COURSE if right.strip("_") == core]
    if exact:
        return exact[0]
    if not (name.startswith("__") and name.endswith("__")):
        return None  # `_add` or `_int_` may be a helper of one's own
    near = [right for right in COURSE if _one_slip(core, right.strip("_"))]
    return near[0] if len(near) == 1 else None


def _nested(tree: SourceTree, definition: Definition, wanted: Sequence[str]) -> Iterator[Finding]:
    """A method of the course that is indented into another method."""
    function = definition.function
    first = parameters(function)[:1] if function else []
    if function is None or definition.owner is None or not first:
        return
    for inner in inner_functions(function):
        full = f"{definition.owner}.{inner.name}"
        if full in wanted and parameters(inner)[:1] == first and tree.find(full) is None:
            yield Finding(
                "nested-in-another-method",
                f"`{inner.name}` ({{line}}) is indented into `{definition.name}`: it is a function "
                f"inside that method, and no method of {definition.owner}.",
                inner.lineno,
                definition.file,
                (full,),
            )


def _children_elsewhere(tree: SourceTree, wanted: Sequence[str]) -> Iterator[Finding]:
    """The children are stored under one name and asked for under another."""
    start = tree.find("Value.__init__")
    if start is None or start.function is None:
        return
    if wanted and not any(_owner(each) == "Value" or _reads_prev(tree, each) for each in wanted):
        return
    given = set(parameters(start.function)[1:])
    stored = [
        (target, node)
        for node in ast.walk(start.function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    ]
    elsewhere = [
        target
        for target, node in stored
        if target.attr in CHILDREN and given & {each.id for each in _names(node.value)}
    ]
    filled = [
        node for target, node in stored if target.attr == "_prev" and not _is_empty(node.value)
    ]
    if not elsewhere or filled or _stored_outside(tree, start.function):
        return
    read = _first_read(tree, "_prev")
    if any(_first_read(tree, each.attr) for each in elsewhere):
        return
    empty = any(target.attr == "_prev" for target, _ in stored)
    if not empty and (read is None or _mentions(tree, "__getattr__")):
        return
    name, line = elsewhere[0].attr, elsewhere[0].lineno
    rest = "while `_prev` stays empty" if empty else "and it is `_prev` that is asked for later"
    yield Finding(
        "prev-and-underscore-prev",
        f"`__init__` stores the children as `{name}` ({{line}}), {rest}: two names for one thing.",
        line,
        start.file,
        tuple(each for each in wanted if _owner(each) == "Value"),
    )


def _class_again(tree: SourceTree, wanted: Sequence[str]) -> Iterator[Finding]:
    """`class Value` in a file that imports `Value`: two classes of one name."""
    for cell in tree.cells:
        imported = {
            alias.asname or alias.name
            for node in cell.tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in cell.tree.body:
            if not isinstance(node, ast.ClassDef) or node.name not in imported or node.bases:
                continue
            hit = tuple(each for each in wanted if node.name in (each, _owner(each)))
            if hit or not wanted:
                yield Finding(
                    "class-defined-again",
                    f"The class {node.name} in {{line}} is a new one; it hides the imported "
                    f"{node.name}, and all that was attached to that one.",
                    node.lineno,
                    cell.file,
                    hit,
                )


def _owner(name: str) -> str:
    return name.rpartition(".")[0]


def _mentions(tree: SourceTree, name: str, apart_from: Definition | None = None) -> bool:
    """Whether a name is defined, assigned, read or quoted anywhere."""
    skipped = apart_from.node if apart_from else None
    for cell in tree.cells:
        for node in ast.walk(cell.tree):
            match node:
                case ast.Name(id=known) | ast.Attribute(attr=known) | ast.Constant(value=known):
                    found = known == name
                case ast.FunctionDef(name=known):
                    found = known == name and node is not skipped
                case _:
                    continue
            if found:
                return True
    return False


def _names(node: ast.AST) -> list[ast.Name]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Name)]


def _is_empty(value: ast.expr) -> bool:
    """`set()`, `()`, `[]`."""
    match value:
        case ast.Call(func=ast.Name(), args=[], keywords=[]):
            return True
        case ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Constant(value=None):
            return True
    return False


def _stored_outside(tree: SourceTree, start: Function) -> bool:
    """Whether `_prev` is given a meaning anywhere but by assignments in `__init__`."""
    inside = set(map(id, ast.walk(start)))
    for cell in tree.cells:
        for node in ast.walk(cell.tree):
            match node:
                case ast.FunctionDef(name="_prev") | ast.Constant(value="_prev"):
                    return True
                case ast.Attribute(attr="_prev", ctx=ast.Store()) if id(node) not in inside:
                    return True
                case ast.Name(id="_prev", ctx=ast.Store()):
                    return True
    return False


def _reads_prev(tree: SourceTree, name: str) -> bool:
    """Whether the function so called asks for `_prev`."""
    found = tree.find(name)
    return found is not None and any(
        isinstance(node, ast.Attribute) and node.attr == "_prev" for node in ast.walk(found.node)
    )


def _first_read(tree: SourceTree, attribute: str) -> int | None:
    """The line where an attribute is first asked for."""
    lines = [
        node.lineno
        for cell in tree.cells
        for node in ast.walk(cell.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == attribute
        and isinstance(node.ctx, ast.Load)
    ]
    return min(lines, default=None)


def _one_slip(left: str, right: str) -> bool:
    """Whether one letter too many, too few, wrong, or two swapped make one word of the other."""
    if abs(len(left) - len(right)) > 1 or min(len(left), len(right)) < 3:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
