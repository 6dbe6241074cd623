"""The grading process of a session, kept warm from one question to the next."""

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from grader.errors import InfrastructureError, UsageError

PACKAGES = Path(__file__).parents[2]  # where this very grader is imported from


class Answer:
    """What the grading process said: HTML for a notebook, plain text for a terminal."""

    def __init__(self, text: str, html: str) -> None:
        self._text = text
        self._html = html

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return self._html

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        for number, line in enumerate(self._text.split("\n")):
            if number:
                printer.break_()
            printer.text(line)


class Grader:
    """Asks the process, and starts it where there is none: at first, or when it has ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._log: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the session

    def ask(self, request: dict[str, Any]) -> Answer:
        """Have it graded. Raises GraderError with the one line that the grading process gave."""
        process = self._ready()
        assert process.stdin and process.stdout
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
            answer = process.stdout.readline()
        except BaseException:
            self.close(interrupt=True)
            raise
        try:
            told = json.loads(answer)
        except ValueError:
            code = process.wait()
            self._log.seek(0)
            trouble = self._log.read().decode("utf-8", "backslashreplace").strip()
            self.close()
            last = trouble.rpartition("\n")[2] or f"exit code {code}"
            raise InfrastructureError(
                f"the grading process ended early ({last}); try `!mggrade doctor`"
            ) from None
        if "error" in told:
            raise UsageError(told["error"])
        return Answer(told["text"], told["html"])

    def close(self, interrupt: bool = False) -> None:
        """End the process. `interrupt`: it is at work, and must end its own workers first."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin and process.stdout
        if interrupt:
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _ready(self) -> "subprocess.Popen[str]":
        """The process; an interrupt of another cell reaches it as well, and ends it."""
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._log.seek(0)
            self._log.truncate()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "grader.jupyter"],
                cwd=PACKAGES,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                encoding="utf-8",
                errors="backslashreplace",
            )
        return self._process
