"""The marked regions of a lesson's single source, and the stubs that exercises have instead.

A region is what stands between `### BEGIN SOLUTION mg3.tanh` and `### END SOLUTION`; its stub is
`raise NotImplementedError("mg3.tanh")` at the same place. Text only: nothing is parsed as Python.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_BEGIN = re.compile(r"(?P<indent>\s*)### BEGIN SOLUTION (?P<concept>\S+)\s*")
_END = re.compile(r"\s*### END SOLUTION\s*")
_STUB = re.compile(
    r"""(?P<indent>[ \t]*)raise\s+NotImplementedError\(\s*(?P<quote>["'])(?P<concept>mg\d+\.[a-z-]+)(?P=quote)\s*\)\s*(#.*)?"""
)
_DEF = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+(?P<name>\w+)")


@dataclass(frozen=True)
class Stub:
    """A stub in someone's file; `line` counts from 1, `function` is the one it stands in."""

    concept: str
    line: int
    function: str


@dataclass(frozen=True)
class Filled:
    """A file with stubs filled in; `origins[n - 1]` is the line that its line n came from."""

    text: str
    origins: tuple[int, ...]


class MarkerError(ValueError):
    """Markers that don't pair up; the message names the line."""


def exercise(source: str) -> str:
    """The exercise: every region replaced by its stub."""
    return _replace(source, lambda concept, indent, body: [_stub(concept, indent)])


def without(source: str, concept_id: str) -> str:
    """The reference with one concept stubbed: what may be lent while that concept is graded."""
    return _replace(
        source,
        lambda concept, indent, body: [_stub(concept, indent)] if concept == concept_id else body,
    )


def concepts_in(source: str) -> list[str]:
    """The concepts that have regions, in order, once each. Raises MarkerError."""
    seen: dict[str, None] = {}
    _replace(source, lambda concept, indent, body: seen.setdefault(concept) or body)
    return list(seen)


def stubs(text: str) -> Iterator[Stub]:
    """The stubs that are still in a file."""
    function = ""
    for number, line in enumerate(text.split("\n"), 1):
        definition = _DEF.match(line)
        if definition:
            function = definition["name"]
        stub = _STUB.fullmatch(line)
        if stub:
            yield Stub(stub["concept"], number, function)


def fill(text: str, source: str, keep: str) -> "Filled":
    """The text with the stubs of all concepts but `keep` filled in from the reference.

    A stub is matched with the region of the same concept in the function of the same name.
    """
    bodies = _bodies(source)
    lines = list(enumerate(text.split("\n"), 1))
    for stub in reversed(list(stubs(text))):
        body = bodies.get((stub.concept, stub.function))
        if stub.concept != keep and body is not None:
            number, line = lines[stub.line - 1]
            indent = line[: len(line) - len(line.lstrip())]
            filled = [(number, f"{indent}{each}".rstrip()) for each in body]
            lines[stub.line - 1 : stub.line] = filled
    return Filled("\n".join(line for _, line in lines), tuple(number for number, _ in lines))


def _bodies(source: str) -> dict[tuple[str, str], list[str]]:
    """Each region's lines, its own indentation taken off, by concept and function."""
    found: dict[tuple[str, str], list[str]] = {}
    function = ""
    region: tuple[str, str] | None = None
    for line in source.split("\n"):
        begin = _BEGIN.fullmatch(line)
        if begin:
            region, indent = (begin["concept"], function), len(begin["indent"])
            found[region] = []
        elif _END.fullmatch(line):
            region = None
        elif region:
            found[region].append(line[indent:])
        elif definition := _DEF.match(line):
            function = definition["name"]
    return found


def _replace(source: str, replacement: Callable[[str, str, list[str]], list[str]]) -> str:
    """The source with every region replaced, its markers gone."""
    result: list[str] = []
    body: list[str] = []
    concept = indent = None
    for number, line in enumerate(source.split("\n"), 1):
        begin = _BEGIN.fullmatch(line)
        if begin or "### BEGIN SOLUTION" in line:
            if not begin or concept is not None:
                raise MarkerError(f"line {number}: write ### BEGIN SOLUTION and a concept's id")
            concept, indent, body = begin["concept"], begin["indent"], []
        elif _END.fullmatch(line):
            if concept is None or indent is None:
                raise MarkerError(f"line {number}: ### END SOLUTION without its beginning")
            result += replacement(concept, indent, body)
            concept = None
        else:
            (result if concept is None else body).append(line)
    if concept is not None:
        raise MarkerError(f"the region of {concept} has no ### END SOLUTION")
    return "\n".join(result)


def _stub(concept: str, indent: str) -> str:
    return f'{indent}raise NotImplementedError("{concept}")'
