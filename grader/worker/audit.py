"""Where the kernel does not forbid, the interpreter refuses: an audit hook (PEP 578).

It stands in for Landlock and seccomp where they are not to be had. Weaker than they are: it stops
what Python code asks of Python, not machine code that a student got to run. A hook can't be taken
out again, is not traced, and this one reads nothing that Python code could change: its only global
is the name of what it raises, and whatever that may come to mean, something is raised.

The events are those of https://docs.python.org/3/library/audit_events.html; `gc`, `code` and
`marshal` are among them because they lead to objects and bytecode that no one should hold.
"""

import sys
from typing import Any


def apply() -> None:
    """From now on no file, process, socket, signal, foreign function or extension module."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"os.putenv", "os.unsetenv"}:  # a common line in notebooks, and harmless
        return
    if event.partition(".")[0] in {
        "open", "os", "shutil", "glob", "fcntl", "mmap", "pty", "resource", "syslog", "winreg",
        "socket", "subprocess", "signal", "ctypes", "gc", "code", "marshal",
    }:  # fmt: skip
        raise PermissionError(1, "Operation not permitted")
    if event == "import" and arguments[1]:  # an extension module, by its file
        raise PermissionError(1, "Operation not permitted")
