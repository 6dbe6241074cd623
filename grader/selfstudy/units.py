"""A source as lines, function by function: found without parsing, so also where it is no Python."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.regions import stubs

Name = tuple[str, str]  # the class that it belongs to, if any, and the function


@dataclass(frozen=True)
class Unit:
    """A function with its decorators: `lines[first:last]` of a text, the `def` at `head`.

    What is defined inside it is a part of it.
    """

    owner: str
    name: str
    first: int
    head: int
    last: int


def units(lines: Sequence[str]) -> list[Unit]:
    """The functions of a file or cell, and the methods of its classes, in order."""
    found: list[Unit] = []
    owner, row = "", 0
    while row < len(lines):
        definition = _DEFINITION.match(lines[row])
        if definition and definition["kind"] == "class":
            owner = definition["name"]
        elif definition:
            unit = _unit(lines, row, owner if definition["indent"] else "", definition["name"])
            found.append(unit)
            row = unit.last - 1
        row += 1
    return found


def find(lines: Sequence[str], name: Name) -> Unit | None:
    """The last one of that name, which is the one that counts; a method may also be a function
    that is attached later."""
    found = [each for each in units(lines) if (each.owner, each.name) == name]
    found = found or [each for each in units(lines) if ("", each.name) == ("", name[1])]
    return found[-1] if found else None


def holding(lines: Sequence[str], concept: str) -> list[Unit]:
    """The functions with a gap of a concept, in order, once each."""
    rows = [stub.line - 1 for stub in stubs("\n".join(lines)) if stub.concept == concept]
    return [each for each in units(lines) if any(each.first <= row < each.last for row in rows)]


def indent_of(line: str) -> int:
    """How deep it is indented, in characters."""
    return len(line) - len(line.lstrip())


def moved(lines: Sequence[str], by: int) -> Iterator[str]:
    """The lines, indented deeper or, by a negative number, less deep."""
    for line in lines:
        yield line if not line.strip() else " " * max(0, indent_of(line) + by) + line.lstrip()


_DEFINITION = re.compile(r"(?P<indent>[ \t]*)(?:async\s+)?(?P<kind>def|class)\s+(?P<name>\w+)")
_ATTACHED = re.compile(r"\s*@add_to_class\((\w+)\)\s*")


def _unit(lines: Sequence[str], head: int, owner: str, name: str) -> Unit:
    first = head
    while first and lines[first - 1].lstrip().startswith("@"):
        first -= 1
        attached = _ATTACHED.fullmatch(lines[first])
        if attached and not owner:
            owner = attached[1]
    return Unit(owner, name, first, head, _end(lines, head))


def _end(lines: Sequence[str], head: int) -> int:
    """The row after its last line: where something stands no deeper than the `def`. A new cell
    ends it in any case, also where a text was never closed."""
    depth, last, quoted = indent_of(lines[head]), head + 1, False
    for row in range(head, len(lines)):
        line = lines[row]
        if row > head and line.startswith("# %%"):
            break
        shallow = indent_of(line) <= depth and not line.lstrip().startswith((")", "]", "}"))
        if row > head and line.strip() and shallow and not quoted:
            if line.lstrip().startswith("#"):
                continue  # a comment at the margin belongs to what goes on after it
            break
        if line.strip():
            last = row + 1
        quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return last
