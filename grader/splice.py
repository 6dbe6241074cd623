"""One function, two concepts: the student's closure inside the reference's function.

In lesson 3 the forward pass of tanh and its backward step are two concepts in one function. So that
a wrong forward pass does not cost the backward step as well, the student's inner function is put in
the place of the reference's. Only where it surely means the same there: a closure that is wrong, or
that is never attached, must not become a right one.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.regions import Filled
from grader.source_tree import Function, own_scope, parameters, parse


def spliced(filled: Filled, reference: str, concept_id: str) -> Filled:
    """The student's file with, at its end, the reference's function around the student's closure;
    unchanged where the concept is no closure within another concept's function, or the student
    has no such closure."""
    try:
        return _spliced(filled, reference, concept_id)
    except RecursionError:  # an expression of a thousand parts
        return filled


def _spliced(filled: Filled, reference: str, concept_id: str) -> Filled:
    places = _places(reference, concept_id)
    if places is None:
        return filled
    ours, inner = places
    theirs = _method(filled.text, ours)
    own = _attached(theirs, inner.name) if theirs else None
    names = _meanings(theirs, own, ours) if theirs and own else None
    if own is None or names is None or ours.end_lineno is None or inner.end_lineno is None:
        return filled
    lines = reference.split("\n")
    first = min(each.lineno for each in (ours, *ours.decorator_list))
    indent = " " * inner.col_offset
    before = [*_imports(reference), *lines[first - 1 : inner.lineno - 1]]
    if names:  # what the student calls them
        before.append(f"{indent}{', '.join(names)} = {', '.join(names.values())}")
    closure = _indented(filled.text.split("\n")[own.lineno - 1 : own.end_lineno], indent)
    after = lines[inner.end_lineno : ours.end_lineno]
    origin = filled.origins[own.lineno - 1]
    origins = [origin] * len(before)
    origins += [filled.origins[own.lineno - 1 + number] for number in range(len(closure))]
    origins += [origin] * len(after)
    return Filled("\n".join([filled.text, *before, *closure, *after]), (*filled.origins, *origins))


@dataclass(frozen=True)
class _Outline:
    """What a function of the four beats is made of: its parameters, what its names were assigned,
    and the variable that it returns at its end."""

    parameters: tuple[str, ...]
    values: dict[str, ast.expr | None]  # None: assigned more than once, or in another way
    result: str | None

    @property
    def number(self) -> str | None:
        """The variable that holds the result's number: `t` in `out = Value(t, …)`."""
        match self.values.get(self.result or ""):
            case ast.Call(args=[ast.Name(id=name), *_]) if self.values.get(name) is not None:
                return name
        return None


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


def _method(code: str, reference: Function) -> Function | None:
    """The student's version of the reference's function: the last one of that name, which is the
    one that counts. None where another may count."""
    tree = parse(code)
    if tree is None:
        return None
    name = reference.name
    if any(_sets(node, name) for node in ast.walk(tree)):
        return None  # `Value.tanh = …`: who knows which function counts
    decorators = {ast.unparse(each) for each in reference.decorator_list}
    known = {
        each.id
        for decorator in reference.decorator_list
        for each in ast.walk(decorator)
        if isinstance(each, ast.Name)
    }
    methods = [
        each
        for each in tree.body
        if isinstance(each, Function)
        and {ast.unparse(one) for one in each.decorator_list} == decorators
    ]
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name in known:
            methods += [each for each in node.body if isinstance(each, Function)]
    found = [each for each in _functions(tree) if each.name == name]
    last = max(found, key=lambda each: each.lineno, default=None)
    return last if last in methods else None


def _attached(function: Function, name: str) -> Function | None:
    """The closure of this name, if it is the only one, and is attached to the result as the
    reference's is."""
    closures = [each for each in _functions(function) if each.name == name]
    stores = [node for node in ast.walk(function) if _sets(node, name)]
    attaching = [
        node
        for node in function.body
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and node.targets[0] in stores
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    ]
    if len(closures) != 1 or len(stores) != 1 or len(attaching) != 1:
        return None
    match attaching[0].targets[0]:
        case ast.Attribute(value=ast.Name(id=owner)) if owner == _outline(function).result:
            return closures[0] if closures[0] in function.body else None
    return None


def _meanings(theirs: Function, closure: Function, ours: Function) -> dict[str, str] | None:
    """The student's names for what the closure reads, with the reference's, where they differ.
    None where it reads something that the reference has not, or that means something else there."""
    own, right = _outline(theirs), _outline(ours)
    if {*own.parameters} & {*own.values}:
        return None
    same = dict(zip(own.parameters, right.parameters, strict=False))
    if own.result and right.result:
        same[own.result] = right.result
    if own.number and right.number:
        same[own.number] = right.number
    local = {*own.values, *own.parameters, *right.values, *right.parameters}
    for name in (_reads(closure) & local) - {*same}:
        one, other = own.values.get(name), right.values.get(name)
        if one is None or other is None or ast.dump(one) != ast.dump(other):
            return None
    names = {name: mine for name, mine in same.items() if name in _reads(closure) and name != mine}
    return None if {*names} & {right.result, *right.parameters} else names


def _outline(function: Function) -> _Outline:
    values: dict[str, ast.expr | None] = {}
    for node in own_scope(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            values[node.id] = None
    for node in function.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                stores = [each for each in own_scope(function) if _stores(each, name)]
                values[name] = value if len(stores) == 1 else None
    returns = [node for node in own_scope(function) if isinstance(node, ast.Return)]
    match function.body[-1]:
        case ast.Return(value=ast.Name(id=name)) if len(returns) == 1:
            return _Outline(tuple(parameters(function)), values, name)
    return _Outline(tuple(parameters(function)), values, None)


def _reads(closure: Function) -> set[str]:
    """The names that a closure takes from around it."""
    names = [node for node in ast.walk(closure) if isinstance(node, ast.Name)]
    inside = {each.id for each in names if isinstance(each.ctx, ast.Store)}
    return {each.id for each in names} - inside - {*parameters(closure)}


def _sets(node: ast.AST, name: str) -> bool:
    """Whether this stores an attribute of that name."""
    match node:
        case ast.Attribute(attr=attribute, ctx=ast.Store()):
            return attribute == name
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=attribute), *_]):
            return bool(attribute == name)
    return False


def _stores(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _holds(function: Function, line: int) -> bool:
    return function.lineno <= line <= (function.end_lineno or 0)


def _indented(lines: list[str], indent: str) -> list[str]:
    """A function's lines, moved to this indentation; a comment may stand left of it."""
    old = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [f"{indent}{line.removeprefix(old)}" if line.strip() else line for line in lines]


def _imports(source: str) -> list[str]:
    """The reference's imports: its function may need what the student forgot to import."""
    nodes = ast.parse(source).body
    return [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
