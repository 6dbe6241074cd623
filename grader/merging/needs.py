"""Which of the lessons' statements the package needs, starting from the names it is there for."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.merging.model import Binding, Class, Item, Member, Method, Space
from grader.merging.pieces import Text
from grader.merging.scopes import Reference, references
from grader.source_tree import Function


def chain(item: Item) -> Iterator[Item]:
    """An item, and what its names stood for before, as far as it builds on that."""
    yield item
    for each in item.before:
        yield from chain(each)


@dataclass(frozen=True)
class Use:
    """A global name in an item, and what it stands for; None: a name of Python itself.

    `member` is the part of a class that it stands in.
    """

    reference: Reference
    meaning: Binding | None
    text: Text
    space: Space
    member: Member | None = None


class Needs:
    """What needs what. `roots` are the items that the wanted names stand for at the end.

    A restated definition of a wanted name counts everywhere, also for lessons before it: it is the
    learner's last word.
    """

    def __init__(self, spaces: Sequence[Space], items: Sequence[Item], wanted: Iterable[str]):
        self._items = items
        self._uses: dict[Item, tuple[Use, ...]] = {}
        self._instead: dict[Item, Item] = {}
        self.roots: dict[str, Item] = {}
        for name in wanted:
            known = [space.names[name] for space in spaces if name in space.names]
            found = [each for each in known if isinstance(each, Item)]
            if found:
                self.roots[name] = found[-1]
                kept = set(chain(found[-1]))
                earlier = [each for each in found if each.names == (name,) and each not in kept]
                self._instead |= dict.fromkeys(earlier, found[-1])
        functions: dict[str, list[Item]] = {}
        for item in items:
            if isinstance(item.node, Function) and item not in self._instead:
                twins = functions.setdefault(item.node.name, [])
                twin = next((each for each in twins if self._same(each, item)), None)
                if twin:
                    self._instead[item] = twin
                else:
                    twins.append(item)
        self._uses.clear()  # what they mean is known only now

    def last(self, item: Item) -> Item:
        """The item that counts in the place of this one."""
        while item in self._instead:
            item = self._instead[item]
        return item

    def uses(self, item: Item) -> tuple[Use, ...]:
        """The global names in an item; in a class, those of all its members."""
        if item not in self._uses:
            self._uses[item] = tuple(self._found(item))
        return self._uses[item]

    def of(self, item: Item, now: bool = False) -> Iterator[Item]:
        """The items that one needs; with `now`, only those needed when its statement runs."""
        for use in self.uses(item):
            if use.reference.now or not now:
                meant = use.meaning
                if isinstance(meant, Method):
                    yield self.last(meant.owner)
                elif isinstance(meant, Item):
                    yield meant
        yield from map(self.last, item.before)

    def behind(self, items: Iterable[Item]) -> dict[Item, None]:
        """These items and all that they need, directly or not."""
        found: dict[Item, None] = {}
        todo = list(items)
        while todo:
            item = todo.pop()
            if item not in found:
                found[item] = None
                todo += self.of(item)
        return found

    def changing(self, found: Iterable[Item]) -> list[Item]:
        """The statements that change one of these items."""
        known = set(found)
        return [each for each in self._items if known.intersection(each.touches)]

    def _found(self, item: Item) -> Iterator[Use]:
        if not isinstance(item, Class):
            yield from self._in(item.node, item.text, item.space)
            return
        node = item.definition
        for part in (*node.decorator_list, *node.bases, *(each.value for each in node.keywords)):
            yield from self._in(part, item.text, item.space)
        for member in item.members.values():
            yield from self.of_member(member)

    def of_member(self, member: Member) -> Iterator[Use]:
        """The global names in a part of a class."""
        if isinstance(member.like, Item):
            function = member.like
            yield from self._in(function.node, function.text, function.space, member)
        elif member.value is not None and member.like is None:
            yield from self._in(member.value, member.text, member.space, member)
        elif member.value is None:
            left = member.node.decorator_list[: member.skip] if isinstance(
                member.node, Function
            ) else []  # fmt: skip
            gone = {id(each) for one in left for each in ast.walk(one)}
            for use in self._in(member.node, member.text, member.space, member):
                if id(use.reference.node) not in gone:
                    yield use

    def _in(
        self, node: ast.AST, text: Text, space: Space, member: Member | None = None
    ) -> Iterator[Use]:
        for reference in references(node):
            meant = space.names.get(reference.node.id)
            if isinstance(meant, Space) and reference.attribute:
                meant = meant.names.get(reference.attribute.attr)
            if isinstance(meant, Item):
                meant = self.last(meant)
            yield Use(reference, meant, text, space, member)

    def _same(self, one: Item, other: Item) -> bool:
        """Whether two helper functions of different lessons are one: the same words, and each of
        their names with the same meaning."""
        if ast.dump(one.node) != ast.dump(other.node):
            return False
        pairs = zip(self.uses(one), self.uses(other), strict=True)
        return all(
            left.meaning == right.meaning or (left.meaning is one and right.meaning is other)
            for left, right in pairs
        )
