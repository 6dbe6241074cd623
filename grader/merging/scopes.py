"""Which names of a piece of code mean the module's own, and which are read as soon as it runs."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.source_tree import Function, own_scope, parameters

_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reference:
    """A global name. `now`: it is read when the statement itself runs, not when a function in it
    is called. `attribute` is the expression `name.attribute`, where it stands in one."""

    node: ast.Name
    now: bool
    attribute: ast.Attribute | None = None


def references(node: ast.AST, now: bool = True) -> Iterator[Reference]:
    """The global names in a statement or an expression of a module or a class's body."""
    return _Walk().visit(node, _NOTHING, now, None)


def bound(node: ast.AST) -> set[str]:
    """The names that a statement binds where it stands, with what is nested in it."""
    found: set[str] = set()
    for each in (node, *([] if isinstance(node, _Closed) else own_scope(node))):
        match each:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other) if name != "*":
                found.add(other or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                found.add(name)
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                found.add(name)
    return found


_Closed = Function | ast.Lambda | ast.ClassDef


class _Walk:
    """`local` are the names that hide global ones."""

    def visit(
        self, node: ast.AST, local: frozenset[str], now: bool, around: ast.Attribute | None
    ) -> Iterator[Reference]:
        if isinstance(node, ast.Name):
            if node.id not in local:
                yield Reference(node, now, around)
        elif isinstance(node, ast.Attribute):
            yield from self.visit(node.value, local, now, node)
        elif isinstance(node, Function | ast.Lambda):
            yield from self._function(node, local, now)
        elif isinstance(node, ast.ClassDef):
            yield from self._each(
                [*node.decorator_list, *node.bases, *(each.value for each in node.keywords)],
                local,
                now,
            )
            own = local | {name for each in node.body for name in bound(each)}
            for each in node.body:  # what the body binds is not seen by the functions in it
                inside = isinstance(each, Function)
                yield from self.visit(each, local if inside else own, now, None)
        elif isinstance(node, _Comprehension):
            targets = {name for each in node.generators for name in bound(each.target)}
            yield from self.visit(node.generators[0].iter, local, now, None)
            rest = [each for each in ast.iter_child_nodes(node) if each is not node.generators[0]]
            first = [node.generators[0].target, *node.generators[0].ifs]
            yield from self._each([*first, *rest], local | targets, now)
        else:
            yield from self._each(ast.iter_child_nodes(node), local, now)

    def _each(
        self, nodes: Iterable[ast.AST], local: frozenset[str], now: bool
    ) -> Iterator[Reference]:
        for each in nodes:
            yield from self.visit(each, local, now, None)

    def _function(
        self, node: Function | ast.Lambda, local: frozenset[str], now: bool
    ) -> Iterator[Reference]:
        given = node.args
        defaults = [*given.defaults, *(each for each in given.kw_defaults if each is not None)]
        if isinstance(node, ast.Lambda):
            yield from self._each(defaults, local, now)
            names = {each.arg for each in ast.walk(given) if isinstance(each, ast.arg)}
            yield from self.visit(node.body, local | names, False, None)
            return
        yield from self._each([*node.decorator_list, *defaults], local, now)
        listed = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        notes = [each.annotation for each in listed if each is not None and each.annotation]
        yield from self._each([*notes, *([node.returns] if node.returns else [])], local, False)
        own = {name for each in node.body for name in bound(each)} | {*parameters(node)}
        elsewhere = {
            name for each in own_scope(node) if isinstance(each, ast.Global) for name in each.names
        }
        yield from self._each(node.body, (local | own) - elsewhere, False)
