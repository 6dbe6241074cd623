"""Lines for a terminal: safe text, wrapping under an indent, numbers for people."""

import math
import re
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from grader.model import Plain

LONGEST_LINE = 200

# C0 and C1 controls, line and paragraph separators, bidirectional overrides.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def safe(text: str) -> str:
    """Anyone's text as one line that a terminal shows and does not obey."""
    text = text.expandtabs(4).encode("utf-8", "replace").decode("utf-8")
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    return text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"


def lines_of(text: str, most: int) -> list[str]:
    """Its lines made safe, blank ones left out; of too many, the first and the last ones."""
    lines = [line.rstrip() for line in re.split(r"\r\n|\r|\n", text) if line.strip()]
    if len(lines) > most:
        last = (most - 1) // 2
        first = most - 1 - last
        left_out = len(lines) - first - last
        lines = [*lines[:first], f"… {left_out} more lines", *lines[len(lines) - last :]]
    return [safe(line) for line in lines]


def wrapped(console: Console, text: Text, indent: int, hanging: int = 0) -> Iterator[Text]:
    """The text under an indent, further lines `hanging` deeper."""
    room = max(20, console.width - indent)
    if text.cell_len > room:
        room = max(20, room - hanging)
    for number, line in enumerate(text.wrap(console, room, overflow="fold")):
        line.rstrip()
        yield Text(" " * (indent + (hanging if number else 0))).append_text(line)


def bar(share: float, width: int, style: str) -> Text:
    """Full only for all of it, empty only for none of it."""
    cells = max(8, width)
    full = int(share * cells)
    if 0 < share < 1:
        full = min(max(full, 1), cells - 1)
    return Text("█" * full, style).append("░" * (cells - full), "dim")


def points(value: float) -> str:
    """`3`, `1.5`, `0.33`."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def out_of(earned: float, possible: int) -> str:
    """`1.5 / 4`."""
    return f"{points(earned)} / {possible}"


def points_column(earned: float, possible: int) -> str:
    """The same in a column of figures up to 100."""
    return f"{points(earned):>6} / {possible:<2}"


def is_number(value: Plain) -> bool:
    """Whether it is an int or a float; a bool is neither here."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_pair(left: Plain, right: Plain) -> tuple[str, str]:
    """Two numbers with six significant digits, or as many more as it takes to tell them apart."""
    for digits in range(6, 18):
        texts = _number(left, digits), _number(right, digits)
        if texts[0] != texts[1]:
            return texts
    return repr(left), repr(right)


def scalar(value: Plain) -> str | None:
    """A number, a boolean or a text for people; None for anything else."""
    if is_number(value):
        return _number(value, 6)
    return safe(repr(value)) if isinstance(value, bool | str) else None


def comma_list(names: Iterable[str]) -> str:
    """`add, mul, graph`."""
    return ", ".join(names)


def _number(value: Plain, digits: int) -> str:
    if not isinstance(value, float):
        text = repr(value)
        return text if len(text) <= 40 else f"{text[:20]}… ({len(text)} digits)"
    if not math.isfinite(value):
        return repr(value)
    text = f"{value:.{digits}g}"
    return text if any(sign in text for sign in ".e") else f"{text}.0"
