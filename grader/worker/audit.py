"""Where the kernel does not forbid, the interpreter refuses: an audit hook (PEP 578).

It stands in for Landlock and seccomp where they are not to be had. Weaker than they are: it stops
what Python code asks of Python, not machine code that a student got to run. A hook can't be taken
out again, is not traced, and these read nothing that Python code could change: their only globals
are the names of what they raise, and whatever those may come to mean, something is raised.

The events are those of https://docs.python.org/3/library/audit_events.html; `gc`, `code` and
`marshal` are among them because they lead to objects and bytecode that no one should hold.
"""

import sys
from collections.abc import Sequence
from typing import Any


def apply() -> None:
    """From now on no file, process, socket, signal, foreign function or extension module."""
    sys.addaudithook(_refuse)


def apply_to_kernel(readable: Sequence[str], listable: Sequence[str]) -> None:
    """The same but for what a notebook's kernel lives on: reading these files and what is beneath
    these folders, listing others, and its event loops."""
    beneath = tuple(f"{path}/" for path in readable)
    files, folders = frozenset(readable), frozenset([*readable, *listable])

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        family = event.partition(".")[0]
        if event in {"os.putenv", "os.unsetenv", "socket.__new__"} or family == "marshal":
            return
        if event in {"open", "os.listdir", "os.scandir"}:
            path, flags = arguments[0], 0
            exact = folders
            if event == "open":
                exact, flags = files, arguments[2]
            number, text = (0).__class__, "".__class__  # the names int and str can be changed
            if path.__class__ is number:
                return
            if (
                path.__class__ is text
                and ".." not in path
                and flags.__class__ is number
                and not flags & 0o3103  # writing, creating, emptying
                and (path in exact or path.startswith(beneath))
            ):
                return
            raise PermissionError(1, "Operation not permitted")
        if family in {
            "os", "shutil", "fcntl", "mmap", "pty", "resource", "syslog", "winreg",
            "socket", "subprocess", "signal", "ctypes", "gc", "code", "sqlite3", "glob", "tempfile",
        }:  # fmt: skip
            raise PermissionError(1, "Operation not permitted")

    sys.addaudithook(refuse)


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
