"""The magic `%mggrade`: the session's cells to the grading process, its answer to the screen."""

import inspect
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from IPython.core.magic import Magics, line_magic, magics_class

from grader.errors import GraderError, UsageError
from grader.jupyter.process import Answer, Grader
from grader.jupyter.session import Session


@magics_class
class GradeMagics(Magics):  # type: ignore[misc, unused-ignore]
    """`%mggrade`, for one shell and the folder that it was started in."""

    def __init__(self, shell: Any, folder: Path) -> None:
        super().__init__(shell)  # type: ignore[no-untyped-call, unused-ignore]
        self.session = Session(shell)
        self._folder = folder
        self._grader = Grader()

    def close(self) -> None:
        """End the grading process."""
        self._grader.close()

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
            return self._grader.ask(
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


def _say(message: str) -> None:
    """One line, whatever the message holds."""
    line = " ".join(message.split())
    print(f"mggrade: {''.join(c if c.isprintable() else '?' for c in line)}", file=sys.stderr)
