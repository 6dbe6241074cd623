"""What the lessons define, read in the order in which Python would run them."""

import ast
from collections.abc import Iterator, Sequence

from grader.merging.model import (
    Binding,
    Class,
    Item,
    Member,
    Method,
    Outside,
    Space,
    attaches,
)
from grader.merging.pieces import Text
from grader.merging.scopes import bound, references
from grader.source_tree import Function, is_main_guard, parse
from grader.submission import Module

# Calls that change what they are called on: a table that a later line adds to.
_CHANGING = frozenset(
    {"add", "append", "appendleft", "clear", "extend", "insert", "pop", "remove", "register",
     "setdefault", "sort", "update"}
)  # fmt: skip


def read_lessons(lessons: Sequence[tuple[str, Module]]) -> tuple[list[Space], list[Item]]:
    """The lessons' names, and all statements that may matter, in order.

    lessons: ids and modules, each after those that it imports.
    """
    reader = _Reader()
    for identity, module in lessons:
        reader.read(identity, module)
    return list(reader.spaces.values()), reader.items


class _Reader:
    def __init__(self) -> None:
        self.spaces: dict[str, Space] = {}  # by import name
        self.items: list[Item] = []
        self._space = Space("")

    def read(self, identity: str, module: Module) -> None:
        self._space = self.spaces[module.name] = Space(identity)
        for file, code in module.cells:
            tree = parse(code)
            for node in tree.body if tree else ():
                assert tree is not None
                self._statement(node, Text(file, code, tree))

    def _statement(self, node: ast.stmt, text: Text) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, text)
            case ast.ClassDef():
                self._class(node, text)
            case ast.Assign():
                self._assignment(node, text)
            case ast.AnnAssign(value=None) | ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.AnnAssign(target=ast.Name(id=name)):
                self._bind(self._new(node, text, names=(name,)), replacing=True)
            case _ if not is_main_guard(node):
                self._other(node, text)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = self._space.names
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                own = self.spaces.get(each.name)
                names[each.asname or top] = own or Outside(each.name, None, each.asname or top)
            return
        module = node.module or ""
        if module == "__future__":
            self._space.later = True
            return
        own = self.spaces.get(module)
        for each in node.names:
            if each.name == "*" and own:
                names.update({n: b for n, b in own.names.items() if not n.startswith("_")})
            elif each.name == "*":
                self._space.stars.append(module)
            elif own is None:
                dots = "." * node.level
                names[each.asname or each.name] = Outside(
                    dots + module, each.name, each.asname or each.name
                )
            elif each.name in own.names:
                names[each.asname or each.name] = own.names[each.name]

    def _function(self, node: Function, text: Text) -> None:
        for place in reversed(range(len(node.decorator_list))):
            owner = self._attached_to(node.decorator_list[place])
            if owner:
                member = Member(node.name, node, text, self._space, skip=place + 1)
                self._attach(owner, member)
                self._space.names[node.name] = Method(owner, node.name)
                return
        meant = [each for one in node.decorator_list for each in self._classes(one)]
        item = self._new(node, text, names=(node.name,), touches=tuple(dict.fromkeys(meant)))
        self._bind(item, replacing=not self._builds_on(node, {node.name}))

    def _attached_to(self, decorator: ast.expr) -> Class | None:
        """The class of `@add_to_class(Value)`, whatever the decorator is called."""
        match decorator:
            case ast.Call(func=function, args=[given], keywords=[]):
                pass
            case ast.Call(func=function, args=[], keywords=[ast.keyword(value=given)]):
                pass
            case _:
                return None
        owner, maker = self._meaning(given), self._meaning(function)
        if isinstance(owner, Class) and isinstance(maker, Item) and attaches(maker):
            return owner
        return None

    def _class(self, node: ast.ClassDef, text: Text) -> None:
        whole = self._continued(node)
        if whole:
            for each in node.body:
                self._member(whole, each, text, attached=True)
            self._space.names[node.name] = whole
            return
        made = Class(len(self.items), node, text, self._space, (node.name,))
        for each in node.body:
            self._member(made, each, text)
        self.items.append(made)
        self._bind(made, replacing=not self._builds_on(node, {node.name}))

    def _continued(self, node: ast.ClassDef) -> Class | None:
        """The class that `class Value(Value):` goes on with: what it adds may as well be attached.
        None where it speaks of the earlier class by `super()`."""
        if len(node.bases) != 1 or node.keywords or node.decorator_list:
            return None
        owner = self._meaning(node.bases[0])
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        same = isinstance(owner, Class) and owner.names == (node.name,)
        return owner if isinstance(owner, Class) and same and "super" not in names else None

    def _member(self, owner: Class, node: ast.stmt, text: Text, *, attached: bool = False) -> None:
        match node:
            case ast.Pass():
                return
            case ast.Expr() if attached:  # the docstring of a part
                return
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                parts = [
                    each.attr  # `@x.setter` goes with `x`, and does not replace it
                    for each in node.decorator_list
                    if isinstance(each, ast.Attribute)
                    and isinstance(each.value, ast.Name)
                    and each.value.id == name
                ]
                key = ".".join([name, *parts])
            case ast.Assign(targets=[ast.Name(id=name)]):
                key = name
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                key = name
            case _:
                key = f"\0{len(owner.members)}"
        member = Member(key, node, text, self._space)
        if attached:
            self._attach(owner, member)
        else:
            owner.members[key] = member

    def _attach(self, owner: Class, member: Member) -> None:
        if member.like == member.name:
            return
        if member.name not in owner.members:
            owner.attached.add(member.name)
        for part in [each for each in owner.members if each.startswith(f"{member.name}.")]:
            del owner.members[part]
        owner.members[member.name] = member

    def _assignment(self, node: ast.Assign, text: Text) -> None:
        match node.targets, self._meaning(node.value):
            case [ast.Name(id=name)], Method() | Outside() | Class() as known:
                self._space.names[name] = known  # another name for the same thing
                return
            case [ast.Name(id=name)], Item(node=ast.FunctionDef()) as known:
                self._space.names[name] = known
                return
        pairs = [pair for target in node.targets for pair in _pairs(target, node.value)]
        found = [self._attachable(target, value) for target, value in pairs]
        if all(found):
            for each, (_, value) in zip(found, pairs, strict=True):
                assert each is not None
                owner, name, like = each
                simple = len(pairs) == 1
                self._attach(owner, Member(name, node, text, self._space, 0, value, like, simple))
        elif all(isinstance(target, ast.Name) for target, _ in pairs):
            names = tuple(target.id for target, _ in pairs if isinstance(target, ast.Name))
            item = self._new(node, text, names=names)
            self._bind(item, replacing=not self._builds_on(node.value, set(names)))
        else:
            self._other(node, text)

    def _attachable(
        self, target: ast.expr, value: ast.expr
    ) -> tuple[Class, str, str | Item | None] | None:
        """`Value.__radd__ = Value.__add__`: the class, the name, and what it is like. None where
        the line has to stay as it is, below the class."""
        match target:
            case ast.Attribute(value=inner, attr=name):
                owner = self._meaning(inner)
            case _:
                return None
        if not isinstance(owner, Class):
            return None
        meant = self._meaning(value)
        match value:
            case ast.Lambda() | ast.Constant():
                return owner, name, None
            case ast.Attribute(value=inner, attr=other) if self._meaning(inner) is owner:
                return (owner, name, other) if other in owner.members else None
        if isinstance(meant, Method) and meant.owner is owner:
            return owner, name, meant.name
        if isinstance(meant, Item) and isinstance(meant.node, Function):
            return owner, name, meant
        return None

    def _other(self, node: ast.stmt, text: Text) -> None:
        """A statement that is no plain definition: it counts for what it binds and changes."""
        names = tuple(sorted(bound(node)))
        item = self._new(node, text, names=names, touches=tuple(self._touched(node)))
        self._bind(item, replacing=False)

    def _touched(self, node: ast.stmt) -> Iterator[Item]:
        unsure = False
        for each in ast.walk(node):
            match each:
                case (
                    ast.Attribute(ctx=ast.Store() | ast.Del())
                    | ast.Subscript(ctx=ast.Store() | ast.Del())
                ):
                    target: ast.expr | None = each
                case ast.AugAssign(target=ast.Name() as name):
                    target = name
                case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[given, *_]):
                    target = given
                case ast.Call(func=ast.Attribute(attr=name, value=inner)) if name in _CHANGING:
                    target = inner
                case ast.Call(func=ast.Attribute(attr="setrecursionlimit")):
                    yield from (one for one in self._space.names.values() if type(one) is Class)
                    continue
                case ast.Call(func=function) if self._is_attaching(function):
                    target, unsure = None, True
                case _:
                    continue
            while isinstance(target, ast.Attribute | ast.Subscript):
                target = target.value
            meant = self._meaning(target) if target else None
            if isinstance(meant, Item):
                yield meant
            unsure = unsure or not isinstance(meant, Item)
        if unsure:  # `for each in (Neuron, Layer): each.parameters = …`
            yield from self._classes(node)

    def _is_attaching(self, function: ast.expr) -> bool:
        maker = self._meaning(function)
        return isinstance(maker, Item) and attaches(maker)

    def _classes(self, node: ast.AST) -> Iterator[Class]:
        for each in references(node):
            meant = self._space.names.get(each.node.id)
            if isinstance(meant, Class):
                yield meant

    def _meaning(self, node: ast.expr) -> Binding | None:
        match node:
            case ast.Name(id=name):
                return self._space.names.get(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                own = self._space.names.get(name)
                return own.names.get(attribute) if isinstance(own, Space) else None
        return None

    def _builds_on(self, node: ast.AST, names: set[str]) -> bool:
        """Whether a definition reads what its own names stood for before."""
        known = {name for name in names if isinstance(self._space.names.get(name), Item)}
        return any(each.now and each.node.id in known for each in references(node))

    def _new(
        self,
        node: ast.stmt,
        text: Text,
        names: tuple[str, ...] = (),
        touches: tuple[Item, ...] = (),
    ) -> Item:
        item = Item(len(self.items), node, text, self._space, names, touches)
        self.items.append(item)
        return item

    def _bind(self, item: Item, replacing: bool) -> None:
        known = [self._space.names.get(name) for name in item.names]
        if not replacing:
            item.before = tuple(each for each in known if isinstance(each, Item))
        self._space.names.update(dict.fromkeys(item.names, item))


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """`a, b = 1, 2` is two assignments; `a, b = both` is two targets of one."""
    match target, value:
        case ast.Tuple(elts=left) | ast.List(elts=left), ast.Tuple(elts=right) if len(left) == len(
            right
        ):
            return list(zip(left, right, strict=True))
        case ((ast.Tuple(elts=left) | ast.List(elts=left)), _):
            return [(each, value) for each in left]
    return [(target, value)]
