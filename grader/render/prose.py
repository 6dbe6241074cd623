"""The lessons' Markdown for a terminal: reflowed, formulas as plain signs."""

import re
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from grader.render.rows import WIDEST

_KEPT = ("    ", "|")  # figures and code, tables


def prose_lines(paragraphs: Iterable[str], console: Console, indent: int = 0) -> Iterator[Text]:
    """Paragraphs under an indent, a blank line between; figures and code keep their lines."""
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield Text()
        for block, hanging in _blocks(paragraph):
            if block.startswith(_KEPT):
                yield Text(" " * indent + block)
                continue
            room = max(20, min(console.width, WIDEST) - indent - hanging)
            for row, line in enumerate(_inline(block[hanging:]).wrap(console, room)):
                line.rstrip()
                yield Text(" " * indent + (" " * hanging if row else block[:hanging])) + line


def plain(markdown: str) -> str:
    """One line of Markdown without its marks."""
    return _inline(markdown).plain


def _blocks(paragraph: str) -> Iterator[tuple[str, int]]:
    """What is reflowed as one, and how deep its further lines hang: a list's items one by one."""
    block, hanging = "", 0
    for line in paragraph.split("\n"):
        item = _ITEM.match(line)
        if block and (item or line.startswith(_KEPT) or block.startswith(_KEPT)):
            yield block, hanging
            block, hanging = "", 0
        if item:
            hanging = len(item[0])
        block = f"{block} {line.strip()}" if block else line
    yield block, hanging


def _inline(text: str) -> Text:
    """Emphasis, code and formulas of reflowed text."""
    told = Text()
    for part in _SPAN.split(text):
        if part.startswith("`"):
            told.append(part.strip("`"), "cyan")
        elif part.startswith("$"):
            told.append(_formula(part.strip("$")))
        elif part.startswith("**"):
            told.append(part.strip("*"), "bold")
        elif part.startswith("*") and len(part) > 1:
            told.append(part.strip("*"), "italic")
        else:
            told.append(part)
    return told


def _formula(text: str) -> str:
    """A formula in a line of text: `e^(2n)`, `dL/da`, `2(p_i - t_i)`."""
    text = re.sub(r"\\text\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", _fraction, text)
    text = re.sub(r"([_^])\{([^{}])\}", r"\1\2", text)
    text = re.sub(r"([_^])\{([^{}]*)\}", r"\1(\2)", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda name: _SIGNS.get(name[1], name[1]), text)
    text = re.sub(r"\\[;,:! ]", "", text)
    return re.sub(r"\\(.)", r"\1", text).strip()


def _fraction(match: re.Match[str]) -> str:
    parts = (each if re.fullmatch(r"\\?\w+", each) else f"({each})" for each in match.groups())
    return "/".join(parts)


_ITEM = re.compile(r"\s{0,3}(?:[-*]|\d+\.) ")
_SPAN = re.compile(r"(`+[^`]+`+|\$\$?[^$]+\$\$?|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)")
_SIGNS = {
    "cdot": "·",
    "times": "×",
    "alpha": "α",
    "eta": "η",
    "partial": "∂",
    "sum": "Σ",
    "approx": "≈",
    "leftarrow": "←",
    "to": "→",
    "rightarrow": "→",
    "dots": "…",
    "ldots": "…",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ne": "≠",
    "neq": "≠",
    "infty": "∞",
    "left": "",
    "right": "",
    "quad": "  ",
    "qquad": "    ",
}
