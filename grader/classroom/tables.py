"""CSV as people really have it: read tolerantly, written so that no spreadsheet runs it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.intake import Unreadable, read_file

LARGEST_MIB = 32


@dataclass(frozen=True)
class Table:
    """A CSV file: its header in lower case, and the rows by it, each with its line number; `titles`
    is the header as it was written."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    titles: tuple[str, ...] = ()


def read_table(path: Path) -> Table:
    """Read a CSV with a header; comma, semicolon or tab between. Raises UsageError."""
    try:
        raw = read_file(path, LARGEST_MIB << 20)
    except Unreadable as error:
        raise UsageError(f"{path} {error}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # what spreadsheets save where nobody looks
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UsageError(f"{path}: is not valid CSV ({error}); save it as CSV again") from None
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise UsageError(f"{path}: is empty; its first line must name the columns")
    titles = tuple(cell.strip() for cell in lines[0])
    header = tuple(title.lower() for title in titles)
    rows = tuple(
        (number, {name: _plain(cell) for name, cell in zip(header, line, strict=False)})
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    )
    return Table(path, header, rows, titles)


def write_table(rows: Iterable[Sequence[object]], *, neutral: bool = True) -> str:
    """CSV text. With `neutral`, a text that a spreadsheet would take for a formula gets a quote in
    front; numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([neutralised(each) if neutral else each for each in row])
    return out.getvalue()


def neutralised(cell: object) -> object:
    """`=1+1` as `'=1+1`; leading blanks and controls don't hide one. A dash alone, as Moodle writes
    for "never", is no formula."""
    if not isinstance(cell, str):
        return cell
    text = "".join(letter if letter.isprintable() else " " for letter in cell)
    formula = text.lstrip().startswith(("=", "+", "-", "@")) and text.strip() != "-"
    return f"'{text}" if formula else text


def _plain(cell: str) -> str:
    """Without the quote that `neutralised` put there."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:2] in ("=", "+", "-", "@") else text
