"""The student's source as syntax trees: what is defined where, and whose scope a line is in."""

import ast
import functools
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef

MOST_CHARACTERS = 400_000  # a tree takes a hundred times the room of its text


@dataclass(frozen=True)
class Definition:
    """What a name of the course stands for: a function, a class, or what was assigned to it.

    `owner` is the class that a method belongs to, `block` the statements that it stands among.
    """

    owner: str | None
    name: str
    node: ast.stmt | ast.expr
    file: str
    line: int
    block: int

    @property
    def function(self) -> Function | None:
        """Its function, if it is written as one."""
        return self.node if isinstance(self.node, Function) else None

    @property
    def full_name(self) -> str:
        """`Value.tanh`, `trace`."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


@dataclass(frozen=True)
class Cell:
    """A file, or a code cell of a notebook: `mg3.ipynb[cell 4]`."""

    file: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The file without its cell: what shares one set of names."""
        return self.file.partition("[cell ")[0]


@dataclass(frozen=True)
class SourceTree:
    """All cells that can be read. `whole` is False where one of them is no Python."""

    cells: tuple[Cell, ...]
    definitions: tuple[Definition, ...]
    whole: bool

    def find(self, name: str) -> Definition | None:
        """The last definition of `Value.tanh`, `Neuron` or `trace`; a method may be inherited."""
        owner, _, method = name.rpartition(".")
        for known in self._with_bases(owner) if owner else [None]:
            found = [
                each for each in self.definitions if (each.owner, each.name) == (known, method)
            ]
            if found:
                return found[-1]
        return None

    def _with_bases(self, owner: str, deep: int = 0) -> list[str]:
        """The class and those it inherits from, as far as they are defined here."""
        classes = [
            each.node
            for each in self.definitions
            if each.name == owner and isinstance(each.node, ast.ClassDef)
        ]
        names = [owner]
        for base in classes[-1].bases if classes and deep < 5 else []:
            if isinstance(base, ast.Name):
                names += self._with_bases(base.id, deep + 1)
        return names


def read_tree(files: Sequence[tuple[str, str]]) -> SourceTree:
    """Parse the cells; what can't be parsed is left out."""
    return _read_tree(tuple(files))


@functools.lru_cache(maxsize=4)  # facts are looked for, then the place; nothing changes a tree
def _read_tree(files: tuple[tuple[str, str], ...]) -> SourceTree:
    cells = tuple(Cell(file, tree) for file, code in files if (tree := parse(code)) is not None)
    definitions = [each for cell in cells for each in _of_block(cell.file, None, cell.tree.body)]
    return SourceTree(cells, tuple(_resolved(definitions)), len(cells) == len(files))


def own_scope(function: ast.AST) -> Iterator[ast.AST]:
    """Every node of a function that is not within a function or class inside it.

    Those inner functions and classes themselves are given, and not entered.
    """
    todo = list(ast.iter_child_nodes(function))[::-1]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            todo.extend(list(ast.iter_child_nodes(node))[::-1])


@functools.lru_cache(maxsize=256)  # every fact asks for those of every definition
def inner_functions(function: Function) -> tuple[Function, ...]:
    """The functions that are defined directly in a function."""
    return tuple(node for node in own_scope(function) if isinstance(node, Function))


def parameters(function: Function) -> list[str]:
    """The names of all its parameters, those with stars included."""
    given = function.args
    listed = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [each.arg for each in listed if each is not None]


def stores_gradient(node: ast.AST) -> bool:
    """Whether anything in it assigns to a `grad`, or adds to one."""
    return any(
        isinstance(each, ast.Attribute) and each.attr == "grad" and isinstance(each.ctx, ast.Store)
        for each in ast.walk(node)
    )


def is_add_to_class(decorator: ast.expr) -> str | None:
    """The class of `@add_to_class(Value)`."""
    match decorator:
        case ast.Call(func=ast.Name(id="add_to_class"), args=[ast.Name(id=owner)]):
            return owner
    return None


def parse(code: str) -> ast.Module | None:
    """The tree of a source; None for what is no Python, or too much of it."""
    if len(code) > MOST_CHARACTERS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a text is no matter here
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _of_block(file: str, owner: str | None, body: list[ast.stmt]) -> Iterator[Definition]:
    """The definitions among these statements, in order; branches count as if all were taken."""
    block = id(body)
    for node in body:
        if isinstance(node, Function):
            attached = [name for each in node.decorator_list if (name := is_add_to_class(each))]
            whose = attached[0] if attached and owner is None else owner
            yield Definition(whose, node.name, node, file, node.lineno, block)
        elif isinstance(node, ast.ClassDef):
            yield Definition(owner, node.name, node, file, node.lineno, block)
            if owner is None:
                yield from _of_block(file, node.name, node.body)
        elif isinstance(node, ast.Assign):
            yield from _of_assignment(file, owner, node, block)
        elif isinstance(node, ast.If | ast.Try | ast.With) and not is_main_guard(node):
            for inner in _blocks(node):
                yield from _of_block(file, owner, inner)


def _of_assignment(
    file: str, owner: str | None, node: ast.Assign, block: int
) -> Iterator[Definition]:
    """`Value.tanh = tanh`, `__radd__ = __add__`, also several at once."""
    for target in node.targets:
        pairs: list[tuple[ast.expr, ast.expr]] = [(target, node.value)]
        match target, node.value:
            case ast.Tuple(elts=lefts), ast.Tuple(elts=rights) if len(lefts) == len(rights):
                pairs = list(zip(lefts, rights, strict=True))
        for left, right in pairs:
            match left:
                case ast.Attribute(value=ast.Name(id=whose), attr=name) if owner is None:
                    yield Definition(whose, name, right, file, node.lineno, block)
                case ast.Name(id=name):
                    yield Definition(owner, name, right, file, node.lineno, block)


def _resolved(definitions: list[Definition]) -> Iterator[Definition]:
    """Where a method is assigned from a function by its name, that function is meant."""
    functions: dict[str, Definition] = {}
    for each in definitions:
        named = each.node.id if isinstance(each.node, ast.Name) else None
        known = functions.get(named) if named and each.owner else None
        if known:
            yield Definition(each.owner, each.name, known.node, known.file, known.line, each.block)
            continue
        if each.owner is None and each.function:
            functions[each.name] = each
        yield each


def is_main_guard(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":`, which is not run when a lesson is imported."""
    return isinstance(node, ast.If) and any(
        isinstance(each, ast.Name) and each.id == "__name__" for each in ast.walk(node.test)
    )


def _blocks(node: ast.If | ast.Try | ast.With) -> Iterator[list[ast.stmt]]:
    yield node.body
    if isinstance(node, ast.If | ast.Try):
        yield node.orelse
    if isinstance(node, ast.Try):
        for handler in node.handlers:
            yield handler.body
        yield node.finalbody
