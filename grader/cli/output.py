"""Where a command's results go: the terminal, a pipe, a file."""

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.text import Text


def console(*, stderr: bool = False) -> "Console":
    """A console that writes plain text into pipes and files, and respects NO_COLOR."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # an ASCII terminal shows ? for a check mark
    return Console(stderr=stderr, highlight=False)


def print_lines(lines: "Iterable[Text]", screen: "Console") -> None:
    """Lines that are laid out already; what is too long for the screen, the terminal wraps."""
    for line in lines:
        line.rstrip()
        screen.print(line, soft_wrap=True, highlight=False)


def write_stdout(text: str) -> None:
    """Text for a program to read: UTF-8, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(_encode(text))
    sys.stdout.buffer.flush()


def ensure_writable(path: Path) -> None:
    """Raise UsageError early, before the work is done, where a file can't be written."""
    if path.is_dir():
        raise UsageError(f"can't write {path}: it is a folder; name a file")
    if not path.parent.is_dir():
        raise UsageError(f"can't write {path}: there is no folder {path.parent}; create it first")


def write_file(path: Path, text: str) -> None:
    """Write a whole file or nothing: under a temporary name first, then renamed."""
    try:
        if path.exists() and not path.is_file():  # /dev/stdout, a named pipe
            path.write_bytes(_encode(text))
            return
        write_whole(path.resolve(), _encode(text))
    except OSError as error:
        raise UsageError(
            f"can't write {path}: {error.strerror or error}; name another file"
        ) from None


def _encode(text: str) -> bytes:
    # A file name that is not UTF-8 holds surrogates; \udcXX is how JSON writes these.
    return text.encode("utf-8", "backslashreplace")
