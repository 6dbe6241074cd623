"""A terminal used as a whole: keys one by one, frames drawn over each other, suspend and resume."""

import contextlib
import io
import os
import re
import select
import signal
import sys
import termios
import tty
from collections.abc import Generator, Iterator, Sequence
from types import FrameType

from rich.console import Console
from rich.text import Text

# Another screen, so that what was on the terminal before is there again afterwards; no cursor.
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
# A terminal that knows these shows a frame at once, others pass over them.
BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
NAMED = {
    "\x1b[A": "up", "\x1bOA": "up", "\x1b[B": "down", "\x1bOB": "down",
    "\x1b[5~": "page-up", "\x1b[6~": "page-down", "\x1b[H": "home", "\x1b[F": "end",
    "\x1b": "escape", "\r": "enter", "\n": "enter", " ": "page-down", "\x04": "q", "\x0c": "redraw",
}  # fmt: skip


class Terminal:
    """Keys in, frames out; `wake` ends a wait from any thread.

    As a context manager it takes the terminal over, and gives it back whatever happens: also to
    the shell when it is suspended, and to an editor.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._in, self._out = sys.stdin.fileno(), sys.stdout.fileno()
        self._saved: list[object] | None = None
        self._alarm, self._bell = os.pipe()
        os.set_blocking(self._alarm, False)
        os.set_blocking(self._bell, False)
        self._resumed = self._resized = False

    def __enter__(self) -> "Terminal":
        self._old = {
            number: signal.signal(number, handler)
            for number, handler in (
                (signal.SIGTSTP, self._suspend),
                (signal.SIGWINCH, self._resize),
                (signal.SIGTERM, _end),
                (signal.SIGHUP, _end),
            )
        }
        self._take_over()
        return self

    def __exit__(self, *exception: object) -> None:
        self._give_back()
        for number, handler in self._old.items():
            signal.signal(number, handler)
        os.close(self._alarm)
        os.close(self._bell)

    def wake(self) -> None:
        """End a wait."""
        with contextlib.suppress(OSError):  # full: it rings already
            os.write(self._bell, b"!")

    def wait(self, seconds: float | None) -> list[str]:
        """The keys that were pressed, as letters or by name, at most so many seconds later; none
        where something else ended the wait. The key "q" where the terminal has gone."""
        ready, _, _ = select.select([self._in, self._alarm], [], [], seconds)
        if self._alarm in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._alarm, 4096)
        if self._in not in ready:
            return []
        pressed = self._read()
        while pressed and _UNFINISHED.search(pressed):
            if not select.select([self._in], [], [], _REST)[0]:
                break  # Escape itself
            pressed += self._read()
        return list(keys(pressed.decode("utf-8", "ignore"))) if pressed else ["q"]

    def resized(self) -> bool:
        """Whether the screen has to be drawn anew, since the last call."""
        found, self._resized = self._resized, False
        return found

    def resumed(self) -> bool:
        """Whether the process has been suspended since the last call."""
        found, self._resumed = self._resumed, False
        return found

    def draw(self, lines: Sequence[Text]) -> None:
        """Show these lines from the top, cut to the screen."""
        width, height = self.console.size
        with self.console.capture() as captured:
            for line in lines[:height]:
                cut = line.copy()
                cut.truncate(width, overflow="crop")
                self.console.print(cut, soft_wrap=True, highlight=False, end="\n")
        rows = captured.get().split("\n")[: min(len(lines), height)]
        self._write(BEGIN + "\x1b[H" + "\x1b[K\r\n".join(rows) + "\x1b[K\x1b[J" + END)

    @contextlib.contextmanager
    def lent(self) -> Generator[None]:
        """The terminal as it was, for another program in the foreground."""
        self._give_back()
        # The program gets Ctrl-C and Ctrl-Z as well; the first is its own affair.
        before = {
            signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
            signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_DFL),
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._take_over()

    def _read(self) -> bytes:
        """What was typed; nothing where the terminal has gone."""
        try:
            return os.read(self._in, 4096)
        except OSError:
            return b""

    def _take_over(self) -> None:
        self._saved = termios.tcgetattr(self._in)
        tty.setcbreak(self._in)
        self._write(ENTER)

    def _give_back(self) -> None:
        if self._saved is not None:
            self._write(LEAVE)
            # TCSADRAIN could wait for ever on a terminal that was stopped with Ctrl-S.
            termios.tcsetattr(self._in, termios.TCSANOW, self._saved)  # type: ignore[arg-type]
            self._saved = None

    def _suspend(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-Z: the shell gets its terminal as it was, and `fg` gives it back to us."""
        ours = self._saved is not None
        self._give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._suspend)
        if ours:
            self._take_over()
        self._resumed = self._resized = True
        self.wake()

    def _resize(self, number: int, frame: FrameType | None) -> None:
        self._resized = True
        self.wake()

    def _write(self, text: str) -> None:
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        view = memoryview(text.encode(encoding, "replace"))
        with contextlib.suppress(OSError):  # the terminal has gone; the next read says so
            while view:
                view = view[os.write(self._out, view) :]


def keys(typed: str) -> Iterator[str]:
    """What was typed, key by key: letters as they are, the others by name."""
    rest = typed
    while rest:
        found = next((each for each in _LONGEST_FIRST if rest.startswith(each)), None)
        if found == "\x1b" and len(rest) > 1:  # a key that has no name here
            rest = rest[1:].lstrip("[O0123456789;")[1:]
            continue
        yield NAMED[found] if found else rest[0]
        rest = rest[len(found or " ") :]


_UNFINISHED = re.compile(rb"\x1b([\[O][0-9;]*)?\Z")  # a key of several bytes, cut in two
_REST = 0.025  # seconds in which the rest of it comes
_LONGEST_FIRST = sorted(NAMED, key=len, reverse=True)


def is_possible(stdin: io.TextIOBase | None = None) -> bool:
    """Whether both ends are a terminal that can be drawn on."""
    real = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    return real and os.environ.get("TERM", "dumb") != "dumb"


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # the one way out that a check in progress lets through
