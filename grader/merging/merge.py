"""Lessons to modules: what is needed, under which names, in which order, written down."""

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.merging.lessons import read_lessons
from grader.merging.model import Class, Item, Method, Outside
from grader.merging.needs import Needs, chain
from grader.merging.pieces import Line
from grader.merging.write import MergeError, Names, write_item
from grader.source_tree import Function
from grader.submission import Module


@dataclass(frozen=True)
class Plan:
    """A module to be written: its name, its docstring, and the names that it is there for."""

    name: str
    docstring: str
    wanted: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """The modules' texts by name, and the packages of others that they import."""

    files: Mapping[str, str]
    imports: tuple[str, ...]


def merge(lessons: Sequence[tuple[str, Module]], plans: Sequence[Plan]) -> Merged:
    """Merge lessons into the modules of a package, each of which may use those before it.

    lessons: ids and modules, each after those that it imports. Nothing is run. Raises MergeError.
    """
    try:
        return _merge(lessons, plans)
    except RecursionError:  # an expression of a thousand parts
        raise MergeError(
            "an expression in the lessons is nested too deeply to be merged; write it in steps"
        ) from None


def _merge(lessons: Sequence[tuple[str, Module]], plans: Sequence[Plan]) -> Merged:
    spaces, items = read_lessons(lessons)
    needs = Needs(spaces, items, [name for plan in plans for name in plan.wanted])
    for plan in plans:
        for name in plan.wanted:
            if name not in needs.roots:
                raise MergeError(f"{name} is defined in none of the lessons; write it first")
    shelves = _shelves(needs, plans)
    moved = _moved(needs, [item for shelf in shelves.values() for item in shelf])
    known: dict[tuple[Item, str], str] = {}
    where: dict[Item, str] = {}
    files: dict[str, str] = {}
    packages: set[str] = set()
    own = {module.name for _, module in lessons}
    for plan in plans:
        shelf = [item for item in shelves[plan.name] if item not in moved]
        page = _Page(plan, shelf, needs, known, where, moved)
        files[plan.name] = page.text()
        known |= page.names.items
        where |= dict.fromkeys(shelf, plan.name)
        packages |= page.packages() - own
    return Merged(files, tuple(sorted(packages)))


def _shelves(needs: Needs, plans: Sequence[Plan]) -> dict[str, list[Item]]:
    """The items of each module. What changes something goes to the first module that can do it."""
    shelves: dict[str, list[Item]] = {}
    placed: set[Item] = set()
    for number, plan in enumerate(plans):
        found = needs.behind(needs.roots[name] for name in plan.wanted)
        later = {needs.roots[name] for rest in plans[number + 1 :] for name in rest.wanted}
        while True:
            changing = needs.changing([*found, *placed])
            more = needs.behind(
                each
                for each in changing
                if each not in {**found, **dict.fromkeys(placed)}
                and not later.intersection(needs.behind([each]))
            )
            if not more:
                break
            found |= more
        shelves[plan.name] = [each for each in found if each not in placed]
        placed |= found.keys()
    return shelves


def _moved(needs: Needs, items: Iterable[Item]) -> frozenset[Item]:
    """The functions that are one method of one class and are called by no name of their own."""
    live = list(items)
    liked = [each for item in live if isinstance(item, Class) for each in item.borrowed]
    used = {each for item in live for each in needs.of(item)}
    return frozenset(each for each in liked if each not in used and liked.count(each) == 1)


class _Page:
    """One module on its way to its text."""

    def __init__(
        self,
        plan: Plan,
        shelf: Sequence[Item],
        needs: Needs,
        known: Mapping[tuple[Item, str], str],
        where: Mapping[Item, str],
        moved: frozenset[Item],
    ) -> None:
        self._plan, self._needs, self._known, self._where = plan, needs, known, where
        liked = [each for item in shelf if isinstance(item, Class) for each in item.borrowed]
        more = [each for each in liked if each not in moved and each not in where]
        self._items = sorted(dict.fromkeys([*shelf, *more]), key=lambda item: item.number)
        self._used = [use for item in self._items for use in needs.uses(item)]
        self.names = self._named(moved)

    def text(self) -> str:
        """The whole module. Raises MergeError."""
        blocks = [(each, write_item(each, self._needs, self.names)) for each in self._ordered()]
        lines = [f'"""{self._plan.docstring}"""', *self._head()]
        before: Item | None = None
        for item, block in blocks:
            small = before is not None and _is_small(before) and _is_small(item)
            lines += [""] * (0 if small else 1 if before is None and _is_small(item) else 2)
            lines += [line.text for line in block]
            before = item
        text = "\n".join(lines).strip("\n") + "\n"
        try:
            ast.parse(text)
        except SyntaxError as error:
            raise MergeError(
                f"the merged {self._plan.name}.py is no Python (line {error.lineno}: {error.msg}); "
                "please report it"
            ) from None
        return text

    def packages(self) -> set[str]:
        """What is imported that is not Python's own."""
        tops = {each.module.partition(".")[0] for each in self.names.imports}
        for item in self._items:
            for part in _statements(item):
                for node in ast.walk(part):
                    if isinstance(node, ast.Import):
                        tops |= {each.name.partition(".")[0] for each in node.names}
                    elif isinstance(node, ast.ImportFrom) and not node.level:
                        tops.add((node.module or "").partition(".")[0])
        return {each for each in tops if each and each not in sys.stdlib_module_names}

    def _named(self, moved: frozenset[Item]) -> Names:
        """Every item its own name where it is free: those asked for first, then the latest."""
        used = self._used
        outside = {use.meaning for use in used if isinstance(use.meaning, Outside)}
        taken = {use.reference.node.id for use in used if use.meaning is None}
        given: dict[tuple[Item, str], str] = {}
        imports: dict[Outside, str] = {}
        for key, name in self._known.items():
            if any(self._means(use.meaning, key[0]) for use in used):
                given[key] = name
                taken.add(name)
        first = {self._needs.roots[name] for name in self._plan.wanted}
        for item in sorted(self._items, key=lambda each: (each not in first, -each.number)):
            for name in item.names:
                if (item, name) not in given:
                    free = _free(name, item.space.id, taken)
                    given |= {(each, name): free for each in chain(item) if name in each.names}
                    taken.add(free)
        lesson = {use.meaning: use.space.id for use in reversed(used)}
        for each in sorted(outside, key=lambda one: (one.name, one.module, one.attribute or "")):
            imports[each] = _free(each.name, lesson[each], taken)
            taken.add(imports[each])
        return Names(given, imports, moved)

    def _means(self, meaning: object, item: Item) -> bool:
        return (self._needs.last(meaning.owner) if isinstance(meaning, Method) else meaning) is item

    def _head(self) -> Iterator[str]:
        """The imports."""
        if any(item.space.later for item in self._items) or self._has_annotations():
            yield from ("", "from __future__ import annotations")
        found = sorted(_import_lines(self.names.imports))
        missing = {use.reference.node.id for use in self._used if use.meaning is None}
        if missing - set(dir(builtins)):
            stars = dict.fromkeys(star for item in self._items for star in item.space.stars)
            found += [f"from {star} import *" for star in stars]
        if found:
            yield ""
        yield from (line for line in found if line.startswith("import "))
        yield from (line for line in found if not line.startswith("import "))
        theirs: dict[str, dict[str, None]] = {}
        for (item, _), name in self.names.items.items():
            if item in self._where:
                theirs.setdefault(self._where[item], {})[name] = None
        for module, names in theirs.items():
            yield from ("", f"from .{module} import {', '.join(sorted(names))}")

    def _has_annotations(self) -> bool:
        return any(
            (isinstance(node, ast.arg) and node.annotation) or (isinstance(node, Function)
            and node.returns)
            for item in self._items
            for part in _statements(item)
            for node in ast.walk(part)
        )  # fmt: skip

    def _ordered(self) -> list[Item]:
        """The items as they came, but each after what it needs while its statement runs."""
        done: dict[Item, None] = {}
        waiting: set[Item] = set()
        here = set(self._items)

        def put(item: Item) -> None:
            if item in done or item in waiting or item not in here:
                return
            waiting.add(item)
            now = not (isinstance(item.node, Function | ast.ClassDef))
            first = self._needs.of(item) if now else self._needs.of(item, now=True)
            needed = self._needs.behind(dict.fromkeys(first))
            likes = item.borrowed if isinstance(item, Class) else []
            for each in sorted({*needed, *likes}, key=lambda one: one.number):
                if item not in chain(each):  # what builds on it comes after it
                    put(each)
            done[item] = None

        for item in self._items:
            put(item)
        return list(done)


def _statements(item: Item) -> Iterator[ast.stmt]:
    if isinstance(item, Class):
        for member in item.members.values():
            yield member.like.node if isinstance(member.like, Item) else member.node
    else:
        yield item.node


def _free(name: str, lesson: str, taken: set[str]) -> str:
    """The name, or one that tells which lesson it comes from."""
    if name not in taken:
        return name
    numbered = (f"{name}_{lesson}{number or ''}" for number in range(1000))
    return next(each for each in numbered if each not in taken)


def _import_lines(imports: Mapping[Outside, str]) -> Iterator[str]:
    together: dict[str, list[str]] = {}
    for outside, name in imports.items():
        if outside.attribute is None:
            plain = name == outside.module.partition(".")[0]
            yield f"import {outside.module}" + ("" if plain else f" as {name}")
        else:
            renamed = "" if name == outside.attribute else f" as {name}"
            together.setdefault(outside.module, []).append(f"{outside.attribute}{renamed}")
    for module, names in together.items():
        yield f"from {module} import {', '.join(sorted(names))}"


def _is_small(item: Item) -> bool:
    """A short statement, which needs no empty lines around it."""
    return not isinstance(item.node, Function | ast.ClassDef) and (
        item.node.lineno == item.node.end_lineno
    )


__all__ = ["Line", "MergeError", "Merged", "Plan", "merge"]
