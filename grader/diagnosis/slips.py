"""Certain facts about single statements: what is never given back, never stored, never imported."""

import ast
from collections.abc import Iterator

from grader.diagnosis.finding import Finding
from grader.source_tree import (
    Definition,
    Function,
    SourceTree,
    inner_functions,
    is_add_to_class,
    own_scope,
    parameters,
)

# Functions of the course that are called for what they do.
GIVE_NOTHING = frozenset({"__init__", "backward", "_backward", "descend", "zero_grad"})
OPERATORS = frozenset({"exp", "log", "relu", "tanh"})


def of_statements(tree: SourceTree, target: Definition) -> Iterator[Finding]:
    """The facts about one function's own lines."""
    function = target.function
    if function is None:
        return
    yield from _no_return(target, function)
    yield from _no_self(target, function)
    yield from _twice(tree, target)
    yield from _not_imported(tree, target, function)
    for node in ast.walk(function):
        if isinstance(node, ast.Expr):
            yield from _without_effect(node)
        elif isinstance(node, ast.Assign):
            yield from _equals_plus(node)
            yield from _over_a_method(tree, target, node)
        elif isinstance(node, ast.BinOp):
            yield from _one_object_repeated(tree, node)


def _no_return(target: Definition, function: Function) -> Iterator[Finding]:
    """It ends without giving anything back, and something is wanted."""
    name = target.name
    wanted = target.owner is None or name in OPERATORS or name in {"__call__", "parameters"}
    dunder = name.startswith("__") and name.endswith("__")
    if name in GIVE_NOTHING or not (wanted or dunder):
        return
    inside = list(own_scope(function))
    gives = (ast.Yield, ast.YieldFrom, ast.Raise)
    if any(
        isinstance(node, gives) or (isinstance(node, ast.Return) and node.value is not None)
        for node in inside
    ):
        return
    if not any(isinstance(node, ast.Assign | ast.AugAssign | ast.Call) for node in inside):
        return  # nothing is written there yet
    for inner in inner_functions(function):
        line = _returns_one_of(inner, _stored(function))
        if line is not None:
            yield Finding(
                "no-return",
                f"In `{name}`, the `return` in {{line}} is indented into `{inner.name}`; `{name}` "
                "itself gives nothing back.",
                line,
            )
            return
    prints = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        for node in inside
    )
    how = "prints, and gives nothing back" if prints else "gives nothing back"
    sentence = f"`{name}` ({{line}}) {how}: without a `return`, its result is None."
    yield Finding("no-return", sentence, function.lineno)


def _no_self(target: Definition, function: Function) -> Iterator[Finding]:
    """A method without any parameter."""
    plain = all(is_add_to_class(each) for each in function.decorator_list)
    if target.owner is None or not plain or parameters(function):
        return
    yield Finding(
        "no-self",
        f"`{target.name}` ({{line}}) has no parameter, but a method is handed the object that it "
        "is called on.",
        function.lineno,
    )


def _twice(tree: SourceTree, target: Definition) -> Iterator[Finding]:
    """Two functions of one name among the same statements."""
    function = target.function
    same = [
        each
        for each in tree.definitions
        if each.full_name == target.full_name
        and each.block == target.block
        and each.function is not None
        and all(is_add_to_class(decorator) for decorator in each.function.decorator_list)
    ]
    if len(same) > 1 and same[-1].function is function:
        yield Finding(
            "defined-twice",
            f"`{target.name}` is defined in line {same[-2].line} and again in {{line}}; the later "
            "one counts.",
            same[-1].line,
        )


def _not_imported(tree: SourceTree, target: Definition, function: Function) -> Iterator[Finding]:
    """`math.exp` in a file where nothing is called `math`."""
    module = target.file.partition("[cell ")[0]
    trees = [cell.tree for cell in tree.cells if cell.module == module]
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=ast.Name(id="math" | "random" as name)):
                if not any(_binds(tree, name) for tree in trees):
                    yield Finding(
                        f"missing-import-{name}",
                        f"In `{target.name}`, {{line}} uses `{name}`, which this file never "
                        "imports.",
                        node.lineno,
                    )
                    return


def _without_effect(node: ast.Expr) -> Iterator[Finding]:
    """A comparison or a sum that stands alone."""
    if isinstance(node.value, ast.Compare):
        if any(isinstance(each, ast.Eq) for each in node.value.ops):
            sentence = "The `==` in {line} compares two things; it stores nothing."
            yield Finding("comparison-as-statement", sentence, node.lineno)
    elif isinstance(node.value, ast.BinOp):
        sentence = "{line} works something out and stores it nowhere."
        yield Finding("result-dropped", sentence.replace("{line}", "The {line}"), node.lineno)


def _equals_plus(node: ast.Assign) -> Iterator[Finding]:
    """`x.grad =+ …`."""
    match node:
        case ast.Assign(targets=[ast.Attribute(attr="grad")], value=value):
            first = value
            while isinstance(first, ast.BinOp):  # =+ a * b
                first = first.left
            if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.UAdd):
                yield Finding(
                    "equals-plus",
                    "The plus in {line} stands behind the equals sign: it sets the gradient, and "
                    "adds nothing to what was there.",
                    node.lineno,
                )


def _over_a_method(tree: SourceTree, target: Definition, node: ast.Assign) -> Iterator[Finding]:
    """`self.parameters = [...]` hides the method of this name."""
    if isinstance(node.value, ast.Name | ast.Lambda | ast.Attribute):
        return
    for each in node.targets:
        match each:
            case ast.Attribute(value=ast.Name(id="self"), attr="parameters"):
                method = tree.find(f"{target.owner}.parameters")
                if method and method.function and not method.function.decorator_list:
                    yield Finding(
                        "method-overwritten",
                        f"In `{target.name}`, {{line}} stores something under the name "
                        "`parameters`; from then on the method of that name is out of reach.",
                        node.lineno,
                    )


def _one_object_repeated(tree: SourceTree, node: ast.BinOp) -> Iterator[Finding]:
    """`[Neuron(2)] * 3`."""
    if not isinstance(node.op, ast.Mult):
        return
    for side in (node.left, node.right):
        match side:
            case ast.List(elts=[ast.Call(func=ast.Name(id="Value" | "Neuron" | "Layer" as name))]):
                yield Finding(
                    "one-object-repeated",
                    f"The list in {{line}} holds one and the same {name} several times; a list "
                    "that is multiplied makes no new ones.",
                    node.lineno,
                )


def _returns_one_of(inner: Function, names: set[str]) -> int | None:
    """The line where an inner function gives back one of these."""
    for node in own_scope(inner):
        match node:
            case ast.Return(value=ast.Name(id=name)) if name in names:
                return node.lineno
    return None


def _stored(function: Function) -> set[str]:
    """The names that its own lines assign to."""
    return {
        node.id
        for node in own_scope(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _binds(tree: ast.Module, name: str) -> bool:
    """Whether anything here could give this name a meaning."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                if any(
                    (each.asname or each.name.partition(".")[0]) in (name, "*") for each in aliases
                ):
                    return True
            case ast.Name(id=known, ctx=ast.Store()) | ast.arg(arg=known):
                if known == name:
                    return True
            case ast.FunctionDef(name=known) | ast.ClassDef(name=known) if known == name:
                return True
    return False
