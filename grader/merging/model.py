"""What lessons consist of, for merging: statements, classes with their parts, and names."""

import ast
from dataclasses import dataclass, field

from grader.merging.pieces import Text
from grader.source_tree import Function


@dataclass(eq=False)
class Space:
    """A lesson's names: what each stands for at its end. `stars` are modules imported whole."""

    id: str
    names: dict[str, "Binding"] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    later: bool = False  # annotations are not evaluated: `from __future__ import annotations`


@dataclass(eq=False)
class Item:
    """A statement that may become part of the package.

    `number` is its place in the whole; `touches` what it changes without defining it; `before`
    what its own names stood for until then, where it builds on that.
    """

    number: int
    node: ast.stmt
    text: Text
    space: Space
    names: tuple[str, ...] = ()
    touches: tuple["Item", ...] = ()
    before: tuple["Item", ...] = ()


@dataclass(eq=False)
class Member:
    """A part of a class: a statement of its body, or something attached to it later.

    `skip` counts the decorators that only attach it. Of `Value.name = …`, `value` is what stands
    there, and `like` the name of another member that it equals, or the function that it is.
    """

    name: str
    node: ast.stmt
    text: Text
    space: Space
    skip: int = 0
    value: ast.expr | None = None
    like: "str | Item | None" = None
    simple: bool = True  # the statement is `Value.name = …` and nothing else


@dataclass(eq=False)
class Class(Item):
    """A class with all that was put into it, by name, in the order of its first appearance."""

    members: dict[str, Member] = field(default_factory=dict)
    attached: set[str] = field(default_factory=set)

    @property
    def definition(self) -> ast.ClassDef:
        """Its statement."""
        assert isinstance(self.node, ast.ClassDef)
        return self.node

    @property
    def borrowed(self) -> list[Item]:
        """The functions outside it that are methods of it: `Value.tanh = tanh`."""
        likes = [member.like for member in self.members.values()]
        return [each for each in likes if isinstance(each, Item)]


@dataclass(frozen=True)
class Method:
    """The module's name of a function that was attached to a class."""

    owner: Class
    name: str


@dataclass(frozen=True)
class Outside:
    """Something imported from elsewhere: `from module import attribute as name`."""

    module: str
    attribute: str | None
    name: str


Binding = Item | Method | Outside | Space


def attaches(item: Item) -> bool:
    """Whether it is a function such as `add_to_class`: it sets an attribute by a `__name__`."""
    if not isinstance(item.node, Function):
        return False
    nodes = list(ast.walk(item.node))
    return any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "setattr"
        for each in nodes
    ) and any(isinstance(each, ast.Attribute) and each.attr == "__name__" for each in nodes)
