"""One function, two concepts: the student's closure inside the reference's function.

In lesson 3 the forward pass of tanh and its backward step are two concepts in one function. So that
a wrong forward pass does not cost the backward step as well, the student's inner function is put in
the place of the reference's.
"""

import ast
import textwrap
from collections.abc import Iterator

from grader.regions import Filled

Function = ast.FunctionDef | ast.AsyncFunctionDef


def spliced(filled: Filled, reference: str, concept_id: str) -> Filled:
    """The student's file with, at its end, the reference's function around the student's closure;
    unchanged where the concept is no closure within another concept's function, or the student
    has none of these names."""
    places = _places(reference, concept_id)
    if places is None:
        return filled
    outer, inner = places
    own = _closure(filled.text, outer.name, inner.name)
    if own is None or inner.end_lineno is None or outer.end_lineno is None:
        return filled
    lines = reference.split("\n")
    first = min(each.lineno for each in (outer, *outer.decorator_list))
    indent = " " * inner.col_offset
    source = filled.text.split("\n")[own.lineno - 1 : own.end_lineno]
    closure = textwrap.indent(textwrap.dedent("\n".join(source)), indent).split("\n")
    before = [*_imports(reference), *lines[first - 1 : inner.lineno - 1]]
    after = lines[inner.end_lineno : outer.end_lineno]
    origin = filled.origins[own.lineno - 1]
    origins = [origin] * len(before)
    origins += [filled.origins[own.lineno - 1 + number] for number in range(len(closure))]
    origins += [origin] * len(after)
    return Filled("\n".join([filled.text, *before, *closure, *after]), (*filled.origins, *origins))


def _places(reference: str, concept_id: str) -> tuple[Function, Function] | None:
    """The reference's function and the closure in it that is the concept's; None if it is not so:
    the function must hold something of another concept as well."""
    begins = {
        line.split()[-1]: number
        for number, line in enumerate(reference.split("\n"), 1)
        if "### BEGIN SOLUTION" in line
    }
    place = begins.get(concept_id)
    for outer in _functions(ast.parse(reference)):
        for inner in _functions(outer):
            if inner is not outer and place and _holds(inner, place):
                others = {name for name, number in begins.items() if _holds(outer, number)}
                return (outer, inner) if others - {concept_id} else None
    return None


def _closure(code: str, outer: str, inner: str) -> Function | None:
    """The closure of this name in the student's function of that name: in the last one, which is
    the one that counts."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if any(isinstance(node, ast.Attribute) and _stores(node, outer) for node in ast.walk(tree)):
        return None  # `Value.tanh = …`: who knows which function counts
    functions = [each for each in _functions(tree) if each.name == outer]
    if not functions:
        return None
    last = max(functions, key=lambda each: each.lineno)
    found = [each for each in _functions(last) if each.name == inner and each is not last]
    return found[-1] if found else None


def _stores(node: ast.Attribute, name: str) -> bool:
    return node.attr == name and isinstance(node.ctx, ast.Store)


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _holds(function: Function, line: int) -> bool:
    return function.lineno <= line <= (function.end_lineno or 0)


def _imports(source: str) -> list[str]:
    """The reference's imports: its function may need what the student forgot to import."""
    nodes = ast.parse(source).body
    return [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
