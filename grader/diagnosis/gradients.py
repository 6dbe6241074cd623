"""Certain facts about what a backward step reads: an operand's own gradient is not known yet."""

import ast
from collections.abc import Iterator

from grader.diagnosis.finding import Finding
from grader.source_tree import Definition, inner_functions, parameters


def of_gradients(target: Definition) -> Iterator[Finding]:
    """Gradients that are computed from `self.grad` or `other.grad`, other than by adding to it."""
    function = target.function
    if function is None:
        return
    operands = {*parameters(function)}
    for closure in inner_functions(function):
        for node in ast.walk(closure):
            if isinstance(node, ast.Assign | ast.AugAssign):
                yield from _reads(node, operands)


def _reads(node: ast.Assign | ast.AugAssign, operands: set[str]) -> Iterator[Finding]:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if not (isinstance(target, ast.Attribute) and target.attr == "grad"):
        return
    own = ast.dump(target.value)
    for each in _factors(node.value, own):
        match each:
            case ast.Attribute(value=ast.Name(id=name), attr="grad") if name in operands:
                yield Finding(
                    "reads-operands-gradient",
                    f"{{line}} computes a gradient from `{name}.grad`, which backward has yet to "
                    "find.",
                    node.lineno,
                )
                return


def _factors(value: ast.expr, own: str) -> Iterator[ast.AST]:
    """The parts of an expression, but for `own + …`, which accumulates."""
    match value:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            for one, other in ((left, right), (right, left)):
                if isinstance(one, ast.Attribute) and ast.dump(one.value) == own:
                    yield from ast.walk(other)
                    return
    yield from ast.walk(value)
