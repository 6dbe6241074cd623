"""Statements and classes written down in their new place: their own lines, under final names."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.errors import GraderError
from grader.merging.model import Binding, Class, Item, Member, Method, Outside, Space
from grader.merging.needs import Needs, Use
from grader.merging.pieces import Edit, Line, Text, comments_above, cut, header, indented
from grader.source_tree import Function

# The order in which attached methods are easy to read; what is not listed stands before the last.
ORDER = (
    *("__add__", "__radd__", "__neg__", "__sub__", "__rsub__", "__mul__", "__rmul__"),
    *("__truediv__", "__rtruediv__", "__pow__", "exp", "log", "tanh", "relu"),
)
LAST = "backward"


class MergeError(GraderError):
    """The lessons can't be merged as they are written; the message says where, and the remedy."""


@dataclass(frozen=True)
class Names:
    """What things are called in a module: items by their own names, imports, and functions that
    became methods of a class and are nothing else (`moved`)."""

    items: Mapping[tuple[Item, str], str]
    imports: Mapping[Outside, str]
    moved: frozenset[Item]

    def of(self, use: Use) -> str:
        """What to write for a global name. Raises MergeError."""
        name = use.reference.node.id
        meant = use.meaning
        if isinstance(meant, Space):
            raise refused(use.text, use.reference.node, f"{name} is a whole lesson here", _FROM)
        if use.reference.attribute and isinstance(use.space.names.get(name), Space):
            name = use.reference.attribute.attr
        return self.called(meant, name, use.member if use.reference.now else None)

    def called(self, meant: Binding | None, name: str, inside: Member | None = None) -> str:
        """What something is called; a method within its own class's body by its name alone."""
        if isinstance(meant, Outside):
            return self.imports[meant]
        if isinstance(meant, Method):
            owner = self.items[meant.owner, meant.owner.names[0]]
            return meant.name if inside else f"{owner}.{meant.name}"
        if isinstance(meant, Item):
            key = (meant, name if name in meant.names else meant.names[0])
            return self.items[key]
        return name


_FROM = "import its names one by one: from … import Value, add_to_class"


def write_item(item: Item, needs: Needs, names: Names) -> list[Line]:
    """A statement with the comments above it. Raises MergeError."""
    if isinstance(item, Class):
        return _write_class(item, needs, names)
    _no_lessons_inside(item.node, item.text)
    edits = list(_edits(needs.uses(item), names, item.text))
    name = ""
    if isinstance(item.node, Function | ast.ClassDef):
        name = names.items[item, item.node.name]
    return [*comments_above(item.text, item.node), *cut(item.text, item.node, edits, name=name)]


def _write_class(owner: Class, needs: Needs, names: Names) -> list[Line]:
    node = owner.definition
    _not_made_of_itself(owner, needs)
    top = [use for use in needs.uses(owner) if use.member is None]
    edits = list(_edits(top, names, owner.text))
    name = names.items[owner, node.name]
    written = [*comments_above(owner.text, node), *header(owner.text, node, edits, name=name)]
    parts = [(each, _member(owner, each, needs, names)) for each in _in_order(owner)]
    airy = False  # whether an empty line stands around it: around functions, below the docstring
    for place, (member, lines) in enumerate(parts):
        before, airy = airy, len(lines) > 1 or isinstance(member.node, Function | ast.Expr)
        if place and (before or airy):
            written.append(Line(""))
        written += indented(lines)
    return written if parts else [*written, Line("    pass")]


def _not_made_of_itself(owner: Class, needs: Needs) -> None:
    """Defaults and decorators are read while the class is made. Raises MergeError where one of
    them needs the class itself."""
    for use in needs.uses(owner):
        meant, node = use.meaning, use.reference.node
        if use.member and use.reference.now and isinstance(meant, Item):
            own = meant is owner or isinstance(meant.node, ast.Assign | ast.AnnAssign)
            if own and owner in needs.behind([meant]):
                name = owner.names[0]
                raise refused(
                    use.text, node, f"within its class, {use.member.name} can't use {node.id}, "
                    f"which takes a {name} to make", "write a plain number, or None, there",
                )  # fmt: skip


def _in_order(owner: Class) -> list[Member]:
    """The class's own body as it stands, then what was attached; an alias after what it is like."""
    own = [name for name in owner.members if name not in owner.attached]
    ranks = {name: place for place, name in enumerate(ORDER)} | {LAST: len(ORDER) + 1}
    attached = sorted(
        (name for name in owner.members if name in owner.attached),
        key=lambda name: ranks.get(name, len(ORDER)),
    )
    done: dict[str, Member] = {}

    def put(name: str) -> None:
        member = owner.members[name]
        if isinstance(member.like, str) and member.like not in done and member.like != name:
            put(member.like)
        done.setdefault(name, member)

    for name in (*own, *attached):
        put(name)
    return list(done.values())


def _member(owner: Class, member: Member, needs: Needs, names: Names) -> list[Line]:
    """A part of a class, at the left edge."""
    text, node = member.text, member.node
    made = member.like if isinstance(member.like, Item) else member
    _no_lessons_inside(made.node, made.text)
    uses = list(needs.of_member(member))
    if member.value is None:
        body = owner.definition.body
        after = None
        if node in body:
            place = body.index(node)
            after = (body[place - 1].end_lineno if place else owner.definition.lineno) or 0
        lines = cut(text, node, _edits(uses, names, text), skip=member.skip)
        return [*comments_above(text, node, after), *lines]
    if isinstance(member.like, Item):
        function = member.like
        if function in names.moved:
            edits = _edits(uses, names, function.text)
            lines = cut(function.text, function.node, edits, name=member.name)
            return [*comments_above(function.text, function.node), *lines]
        return _alias(member, names.items[function, function.names[0]])
    if isinstance(member.like, str):
        return _alias(member, member.like)
    return _alias(member, None, list(_edits(uses, names, text)))


def _alias(member: Member, other: str | None, edits: Iterable[Edit] = ()) -> list[Line]:
    """`name = other`; without another, `name = …` as it was written."""
    node = member.node
    assert member.value is not None
    if member.simple and isinstance(node, ast.Assign) and _on_one_line(node.targets[0]):
        edits = [*edits, Edit(node.targets[0], member.name)]
        if other is None or _on_one_line(member.value):
            edits += [] if other is None else [Edit(member.value, other)]
            return [*comments_above(member.text, node), *cut(member.text, node, edits)]
    return [Line(f"{member.name} = {other or ast.unparse(member.value)}")]


def _edits(uses: Iterable[Use], names: Names, text: Text) -> Iterator[Edit]:
    """The names that are called otherwise now."""
    for use in uses:
        if use.text is not text:
            continue
        node: ast.expr = use.reference.node
        old = use.reference.node.id
        if use.reference.attribute and isinstance(use.space.names.get(old), Space):
            node, old = use.reference.attribute, ""
        new = names.of(use)
        if new == old:
            continue
        begin, end = text.span(node)
        there = text.lines[node.lineno - 1][begin:end]
        if not _on_one_line(node) or "".join(there.split()) != ast.unparse(node):
            raise refused(text, node, f"{ast.unparse(node)} can't be renamed there", _SHORT)
        yield Edit(node, new)


_SHORT = "write that expression on a line of its own"


def _no_lessons_inside(node: ast.stmt, text: Text) -> None:
    """Raises MergeError for an import that would look for a lesson when it is run."""
    for each in ast.walk(node):
        named = [one.name for one in each.names] if isinstance(each, ast.Import) else []
        named += [each.module or ""] if isinstance(each, ast.ImportFrom) else []
        if isinstance(each, ast.stmt) and any(_LESSON.match(name) for name in named):
            what = "a lesson is imported within other code"
            raise refused(text, each, what, "move the import to the top of the file")


_LESSON = re.compile(r"mg\d+_")


def refused(text: Text, node: ast.stmt | ast.expr, what: str, remedy: str) -> MergeError:
    """`mg4_activation.py, line 12: …; …`."""
    place = text.file.replace("[cell ", ", cell ").removesuffix("]")
    return MergeError(f"{place}, line {node.lineno}: {what}; {remedy}")


def _on_one_line(node: ast.expr) -> bool:
    return node.lineno == node.end_lineno
