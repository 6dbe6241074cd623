"""Pieces of someone's source: their own lines and comments, with single names exchanged."""

import ast
import contextlib
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.source_tree import Function

INDENT = "    "
_MARKER = re.compile(r"\s*### (?:BEGIN|END) SOLUTION\b.*")
_CELL = re.compile(r"\s*#\s*%%")
_NAMED = re.compile(r"\b((?:def|class)\s+)\w+")
_NOQA = re.compile(r"\s*# noqa\b.*$")


@dataclass(frozen=True)
class Line:
    """One line of a piece. `fixed`: it begins inside a text, where indentation counts."""

    text: str
    fixed: bool = False


@dataclass(frozen=True)
class Edit:
    """Other words in the place of a node that stands on one line."""

    node: ast.expr
    words: str


@dataclass(frozen=True, eq=False)
class Text:
    """The source of a file or of a notebook's cell."""

    file: str
    code: str
    tree: ast.Module

    @cached_property
    def lines(self) -> list[str]:
        """Without their ends."""
        return self.code.split("\n")

    @cached_property
    def fixed(self) -> frozenset[int]:
        """The numbers of the lines that begin inside a text. Docstrings may be moved."""
        docstrings = {
            node.body[0].lineno
            for node in ast.walk(self.tree)
            if isinstance(node, Function | ast.ClassDef) and isinstance(node.body[0], ast.Expr)
        }
        return frozenset(
            line
            for first, last in _texts(self.code)
            if first not in docstrings
            for line in range(first + 1, last + 1)
        )

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Where a node begins and ends on its line, in letters: the tree counts bytes."""
        line = self.lines[node.lineno - 1].encode()
        ends = (node.col_offset, node.end_col_offset or node.col_offset)
        begin, end = (len(line[:offset].decode(errors="ignore")) for offset in ends)
        return begin, end


def cut(
    text: Text, node: ast.stmt, edits: Iterable[Edit] = (), *, skip: int = 0, name: str = ""
) -> list[Line]:
    """A statement's lines, moved to the left edge, with the comment at its end.

    skip: how many of its decorators are left out.  name: another one for a function.
    """
    decorators = getattr(node, "decorator_list", [])[skip:]
    first = decorators[0].lineno if decorators else node.lineno
    last = node.end_lineno or node.lineno
    begin, lines = _begin(text, node), dict(enumerate(text.lines[first - 1 : last], first))
    lines[last] = _without_neighbour(lines[last], node.end_col_offset or 0)
    for edit in sorted(edits, key=lambda each: each.node.col_offset, reverse=True):
        left, right = text.span(edit.node)
        line = edit.node.lineno
        lines[line] = lines[line][:left] + edit.words + lines[line][right:]
    if name:
        lines[node.lineno] = _NAMED.sub(rf"\1{name}", lines[node.lineno], count=1)
    if isinstance(node, Function):
        lines |= _comments_below(text, node, last)
        lines[node.lineno] = _NOQA.sub("", lines[node.lineno])
    indent = lines[first][:begin]
    lines[first] = lines[first][begin:]
    return [
        Line(line, fixed=True) if number in text.fixed else _tidy(text, number, line, indent)
        for number, line in sorted(lines.items())
        if number in text.fixed or not _MARKER.fullmatch(line)
    ]


def header(text: Text, node: ast.ClassDef, edits: Iterable[Edit] = (), *, name: str) -> list[Line]:
    """A class up to its body, without comments."""
    body = node.body[0]
    first = ast.ClassDef(**{**vars(node), "body": [], "end_lineno": body.lineno})
    first.end_col_offset = body.col_offset
    if isinstance(body, Function | ast.ClassDef) and body.decorator_list:
        first.end_lineno, first.end_col_offset = body.decorator_list[0].lineno, 0
    lines = cut(text, first, edits, name=name)
    while lines and (not lines[-1].text or lines[-1].text.lstrip().startswith("#")):
        lines.pop()
    return lines


def comments_above(text: Text, node: ast.stmt, after: int | None = None) -> list[Line]:
    """The comments right above a statement; with `after`, all that stand below that line."""
    decorators = getattr(node, "decorator_list", [])
    first = decorators[0].lineno if decorators else node.lineno
    found: list[str] = []
    for line in reversed(text.lines[after or 0 : first - 1]):
        bare = line.strip()
        if after is not None and (not bare or len(line) - len(line.lstrip()) > node.col_offset):
            continue  # what is further right belongs to the function above
        if not bare.startswith("#") or _CELL.match(line):
            break
        found.insert(0, bare)
    return [Line(line) for line in found if not _MARKER.fullmatch(line)]


def indented(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines as they stand in a class."""
    for line in lines:
        yield line if line.fixed or not line.text else Line(f"{INDENT}{line.text}")


def _texts(code: str) -> Iterator[tuple[int, int]]:
    """The first and the last line of every text. From Python 3.12 on, an f-string is several
    tokens, one of which begins it and one of which ends it."""
    begun: list[int] = []
    for token in _tokens(code):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING":
            yield token.start[0], token.end[0]
        elif kind.endswith("STRING_START"):
            begun.append(token.start[0])
        elif kind.endswith("STRING_END") and begun:
            yield begun.pop(), token.end[0]


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    with contextlib.suppress(tokenize.TokenError, SyntaxError):  # a \\ at the very end
        yield from tokenize.generate_tokens(io.StringIO(code).readline)


def _begin(text: Text, node: ast.stmt) -> int:
    """The column of a statement, in letters."""
    return len(text.lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="ignore"))


def _without_neighbour(line: str, offset: int) -> str:
    """The line up to the end of a statement, and the comment behind it."""
    end = len(line.encode()[:offset].decode(errors="ignore"))
    comment = line[end:].rstrip()
    return line[:end] + (comment if comment.lstrip().startswith("#") else "")


def _tidy(text: Text, number: int, line: str, indent: str) -> Line:
    line = line.removeprefix(indent)
    return Line(line if number + 1 in text.fixed else line.rstrip())


def _comments_below(text: Text, node: Function, last: int) -> dict[int, str]:
    """Comments that follow a function's last statement, and belong to it by their indentation."""
    found: dict[int, str] = {}
    for number, line in enumerate(text.lines[last:], last + 1):
        bare = line.lstrip()
        if bare.startswith("#") and len(line) - len(bare) > node.col_offset:
            found[number] = line
        elif bare:
            break
    return found
