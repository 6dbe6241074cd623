"""The magic `%mggrade`: the session's cells to the grading process, its answer to the screen."""

import inspect
import json
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from IPython.core.magic import Magics, line_magic, magics_class

from grader.errors import GraderError, InfrastructureError, UsageError
from grader.jupyter.session import Session

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


@magics_class
class GradeMagics(Magics):  # type: ignore[misc, unused-ignore]
    """`%mggrade`, for one shell and the folder that it was started in."""

    def __init__(self, shell: Any, folder: Path) -> None:
        super().__init__(shell)  # type: ignore[no-untyped-call, unused-ignore]
        self.session = Session(shell)
        self._folder = folder

    @line_magic  # type: ignore[untyped-decorator, misc, unused-ignore]
    def mggrade(self, line: str) -> Answer | None:
        """Check what you have run in this session against PyTorch, concept by concept.

        %mggrade [LESSON|CONCEPT …] [--hint [--all]] [--seed N|random]

        Examples:
          %mggrade                            the lesson that you are working on
          %mggrade mg3                        a lesson
          %mggrade mg3.tanh-backward          one concept, explained
          %mggrade mg3.tanh-backward --hint   its next hint of three
          %mggrade --hint                     a hint for what is next
          %mggrade mg3 --seed random          other numbers than usual

        Your cells count as you ran them, saved or not; earlier lessons are read from the notebooks
        beside this one. Tab completes the ids.
        """
        try:
            arguments = _split(line)
            if {"--help", "-h"} & set(arguments):
                print(inspect.getdoc(GradeMagics.mggrade))
                return None
            return _ask(
                {
                    "arguments": arguments,
                    "folder": str(self._folder),
                    "notebook": self.session.notebook(),
                    "cells": self.session.cells(),
                    "width": shutil.get_terminal_size().columns,
                }
            )
        except GraderError as error:
            _say(str(error))
        except KeyboardInterrupt:
            _say("interrupted")
        except Exception as error:
            _say(f"internal error: {type(error).__name__}: {error}; please report it")
        return None


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line.partition("#")[0])
    except ValueError as error:
        raise UsageError(f"{error}; write for example %mggrade mg3.tanh") from None


def _ask(request: dict[str, Any]) -> Answer:
    """Have it graded. Raises GraderError with the one line that the grading process gave."""
    with subprocess.Popen(
        [sys.executable, "-m", "grader.jupyter"],
        cwd=PACKAGES,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="backslashreplace",
    ) as process:
        try:
            answer, trouble = process.communicate(json.dumps(request))
        except BaseException:
            process.send_signal(signal.SIGINT)  # let it end its own workers
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    try:
        told = json.loads(answer)
    except ValueError:
        last = trouble.strip().rpartition("\n")[2] or f"exit code {process.returncode}"
        raise InfrastructureError(
            f"the grading process ended early ({last}); try `!mggrade doctor`"
        ) from None
    if "error" in told:
        raise UsageError(told["error"])
    return Answer(told["text"], told["html"])


def _say(message: str) -> None:
    """One line, whatever the message holds."""
    line = " ".join(message.split())
    print(f"mggrade: {''.join(c if c.isprintable() else '?' for c in line)}", file=sys.stderr)
