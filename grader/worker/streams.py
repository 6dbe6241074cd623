"""What a worker prints: text streams to the output pipe, and marks in it that tell apart what each
program printed (see sandbox/worker.py). Most print nothing, and then nothing is written."""

import contextlib
import io
import os
from typing import Any

MARK = b"\0%d\0"
OUTPUT = 1


class Printed:
    """Knows whether something has been printed through its streams."""

    def __init__(self) -> None:
        self._marks = 0
        self.anything = False

    def stream(self) -> io.TextIOWrapper:
        """A stream to the output pipe, as Python's own. Raises OSError where that is closed."""
        buffered = io.BufferedWriter(_Pipe(self))
        return io.TextIOWrapper(buffered, "utf-8", "replace", line_buffering=True)

    def mark(self) -> int | None:
        """Mark the end of what was printed, by the number that is returned; None if nothing was."""
        if not self.anything:
            return None
        self.anything = False
        self._marks += 1
        with contextlib.suppress(OSError):  # the student may have closed it
            os.write(OUTPUT, MARK % self._marks)
        return self._marks


class _Pipe(io.FileIO):
    def __init__(self, printed: Printed) -> None:
        super().__init__(OUTPUT, "w", closefd=False)
        self._printed = printed

    def write(self, data: Any, /) -> int:
        self._printed.anything = True
        return super().write(data)
