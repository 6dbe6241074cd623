"""Set displays (`{a, b}`) and set comprehensions of graded code, compiled to make ordered sets.

The language has them make Python's own sets, whatever `set` means; see `ordered`.
"""

import ast
from opcode import opmap
from types import CodeType

from .ordered import DISPLAY

_BUILD_SET = opmap["BUILD_SET"]


def compiled(code: str, filename: str) -> CodeType:
    """The code object of a module. Raises what `compile` raises."""
    made = compile(code, filename, "exec", dont_inherit=True)
    if not _makes_sets(made):  # hardly anyone's does, and a tree takes longer than all the rest
        return made
    try:
        return compile(rewritten(ast.parse(code)), filename, "exec", dont_inherit=True)
    except (RecursionError, MemoryError):  # the compiler itself goes deeper
        return made


def rewritten(tree: ast.Module) -> ast.Module:
    """The same program on ordered sets. Changes the tree. Raises RecursionError, and the tree still
    is the program then, some of its sets ordered."""
    _Displays().visit(tree)
    return tree


class _Displays(ast.NodeTransformer):
    def visit_Set(self, node: ast.Set) -> ast.expr:
        self.generic_visit(node)
        return _ordered(node, ast.List(node.elts, ast.Load()))

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        self.generic_visit(node)
        return _ordered(node, ast.ListComp(node.elt, node.generators))


def _ordered(node: ast.expr, members: ast.expr) -> ast.expr:
    """What makes an ordered set of these members, where the node stood."""
    maker = ast.copy_location(ast.Name(DISPLAY, ast.Load()), node)
    call = ast.Call(maker, [ast.copy_location(members, node)], [])
    return ast.copy_location(call, node)


def _makes_sets(code: CodeType) -> bool:
    """Whether it, or a function in it, builds a set."""
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return _BUILD_SET in code.co_code[::2] or any(map(_makes_sets, inner))
