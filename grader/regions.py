"""The marked regions of a lesson's single source, and the stubs that exercises have instead.

A region is what stands between `### BEGIN SOLUTION mg3.tanh` and `### END SOLUTION`; its stub is
`raise NotImplementedError("mg3.tanh")` at the same place. Text only: nothing is parsed as Python.
"""

import functools
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

_BEGIN = re.compile(r"(?P<indent>\s*)### BEGIN SOLUTION (?P<concept>\S+)\s*")
_END = re.compile(r"\s*### END SOLUTION\s*")
_STUB = re.compile(
    r"""(?P<indent>[ \t]*)raise\s+NotImplementedError\("""
    r"""\s*(?P<quote>["'])(?P<concept>mg\d+\.[a-z-]+)(?P=quote)\s*\)\s*(#.*)?"""
)
_DEF = re.compile(r"(?P<indent>\s*)(?:async\s+)?(?P<kind>def|class)\s+(?P<name>\w+)")
_ATTACHED = re.compile(r"@add_to_class\((?P<owner>\w+)\)\s*")


@dataclass(frozen=True)
class Stub:
    """A stub in someone's file; `line` counts from 1, `function` is the one it stands in.

    `owner` is the class that the function belongs to or is attached to, if any.
    """

    concept: str
    line: int
    function: str
    owner: str = ""


@dataclass(frozen=True)
class Filled:
    """A file with stubs filled in; `origins[n - 1]` is the line that its line n came from."""

    text: str
    origins: tuple[int, ...]


class MarkerError(ValueError):
    """Markers that don't pair up; the message names the line."""


def definition_pattern(name: str) -> re.Pattern[str]:
    """Finds lines that define a function or class; of `Value.tanh`, the method's name counts."""
    last = re.escape(name.rpartition(".")[2])
    return re.compile(rf"^[ \t]*(?:def|class)\s+{last}\b", re.MULTILINE)


def exercise(source: str, filled: Collection[str] = ()) -> str:
    """The exercise: every region replaced by its stub, but for the concepts `filled`.

    Raises MarkerError.
    """
    return _replace(
        source,
        lambda concept, indent, body: body if concept in filled else [_stub(concept, indent)],
    )


@functools.lru_cache(maxsize=128)  # a class is lent the same again and again
def without(source: str, *concepts: str) -> str:
    """The reference with these concepts stubbed: what may be lent while they are graded."""
    return exercise(source, set(concepts_in(source)) - {*concepts})


def concepts_in(source: str) -> list[str]:
    """The concepts that have regions, in order, once each. Raises MarkerError."""
    seen: dict[str, None] = {}
    _replace(source, lambda concept, indent, body: seen.setdefault(concept) or body)
    return list(seen)


@functools.lru_cache(maxsize=64)  # looked for again for every concept that has failed
def stubs(text: str) -> tuple[Stub, ...]:
    """The stubs that are still in a file."""
    if "NotImplementedError" not in text:
        return ()
    return tuple(
        Stub(stub["concept"], number, function, owner)
        for number, (line, function, owner) in enumerate(_placed(text), 1)
        if (stub := _STUB.fullmatch(line))
    )


def fill(text: str, source: str, *keep: str) -> "Filled":
    """The text with the stubs of all concepts but those to `keep` filled in from the reference.

    A stub is matched with the region of the same concept in the function of the same name and
    class.
    """
    bodies = _bodies(source)
    lines = list(enumerate(text.split("\n"), 1))
    for stub in reversed(stubs(text)):
        body = bodies.get((stub.concept, stub.owner, stub.function))
        if stub.concept not in keep and body is not None:
            number, line = lines[stub.line - 1]
            indent = line[: len(line) - len(line.lstrip())]
            filled = [(number, f"{indent}{each}".rstrip()) for each in body]
            lines[stub.line - 1 : stub.line] = filled
    return Filled("\n".join(line for _, line in lines), tuple(number for number, _ in lines))


@functools.lru_cache(maxsize=32)
def _bodies(source: str) -> dict[tuple[str, str, str], list[str]]:
    """Each region's lines, its own indentation taken off, by concept, class and function."""
    found: dict[tuple[str, str, str], list[str]] = {}
    body: list[str] | None = None
    indent = 0
    for line, function, owner in _placed(source):
        begin = _BEGIN.fullmatch(line)
        if begin:
            indent = len(begin["indent"])
            body = found[begin["concept"], owner, function] = []
        elif _END.fullmatch(line):
            body = None
        elif body is not None:
            body.append(line[indent:])
    return found


def _placed(text: str) -> Iterator[tuple[str, str, str]]:
    """Every line, the function that it stands in, and the class of that function.

    What a region itself defines is passed over: an exercise doesn't have it.
    """
    function = owner = attached = ""
    inside = False
    for line in text.split("\n"):
        inside = (inside or bool(_BEGIN.fullmatch(line))) and not _END.fullmatch(line)
        definition = None if inside else _DEF.match(line)
        decorator = None if inside else _ATTACHED.fullmatch(line)
        if decorator:
            attached = decorator["owner"]
        elif definition:
            function = definition["name"]
            if definition["kind"] == "class":
                owner, attached = function, ""
            elif not definition["indent"]:
                owner, attached = attached, ""
        yield line, function, owner


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
