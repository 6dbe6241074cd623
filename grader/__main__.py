"""`mggrade`, and `python -m grader`: the command as a process, from its first import to its end."""

import signal
import sys
from typing import NoReturn

from grader.stopping import Stopped, stop


def main() -> NoReturn:
    """Run the command; Ctrl-C is exit code 130 from here on, also while it is being imported.

    What is left when the command has ended can't be interrupted any more: the exit code is that of
    the work done.
    """
    try:
        signal.signal(signal.SIGINT, stop)
        try:
            from grader.cli import main as command

            sys.exit(command())
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except Stopped:
        sys.stderr.write("mggrade: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
