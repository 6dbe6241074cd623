"""A warm interpreter that forks a fresh child for every worker asked of it.

It has never seen a test, an answer or a submission. Commands come as five bytes over a line, which
is a Unix socket: `F` (fork; two descriptors ride along: the channel and the output pipe), answered
with the child's process id; `K` and a process id (kill the child's whole group and reap it),
answered with its wait status; `C` (a line more; its descriptor rides along), answered over the new
line, with our own process id, as over the first one once we are warm. A child that has died stays
unreaped until `K`, so a process id never comes to mean another process. When a line is closed, its
children are killed; when the first one is, or the parent goes away, every child is.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import Any

from . import child, imports, pages, process
from .streams import Printed

COMMAND = struct.Struct("!cI")
ANSWER = struct.Struct("!i")


def main() -> None:
    """Serve forks until the parent closes the control socket. argv[1] is the settings as JSON:
    `control` (descriptor), `parent` (its process id), `preload` and `site` (see imports.prepare),
    `limits`."""
    settings: dict[str, Any] = json.loads(sys.argv[1])
    del sys.argv[1:]
    with contextlib.suppress(OSError, AttributeError):  # Linux only
        process.die_with_parent(settings["parent"])
        process.adopt_orphans()
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # whoever starts us may hold signals back
    with socket.socket(fileno=settings["control"]) as control:
        imports.prepare(settings["preload"], settings["site"])
        printed = child.prepare()
        # Values and their closures are cycles: collecting them often is most of a training's time.
        gc.set_threshold(50_000, 20, 20)
        gc.freeze()
        # Now, and not once there were many forks: what is forked must find the same memory free.
        pages.collapse()
        run = _Zygote(control, settings["limits"], printed).serve()
    if run is not None:
        run()
    # Python's own way to the end takes PyTorch a third of a second.
    os._exit(0)


class _Zygote:
    """The parent's side of every fork. Each line has children of its own, which end with it; all
    end with the first line."""

    def __init__(self, control: socket.socket, limits: Mapping[str, int], printed: Printed) -> None:
        self._first = control
        self._limits = limits
        self._printed = printed
        self._lines: dict[int, socket.socket] = {}
        self._children: dict[int, set[int]] = {}
        self._poll = select.poll()
        self._open(control)

    def serve(self) -> Callable[[], None] | None:
        """Until the first line is closed; in a child, returns what the child is to do."""
        while True:
            descriptor, _ = self._poll.poll()[0]  # nobody is kept waiting: each waits for answers
            line = self._lines[descriptor]
            command, descriptors = _received(line)
            if command is None:
                self._close(line)
                if line is self._first:
                    for each in list(self._lines.values()):
                        self._close(each)
                    return None
            elif command[0] == b"C":
                self._open(socket.socket(fileno=descriptors[0]))
            elif command[0] == b"F":
                pid = os.fork()
                if pid == 0:
                    channel, output = descriptors
                    return lambda: child.run(channel, output, self._limits, self._printed)
                for given in descriptors:
                    os.close(given)
                self._children[descriptor].add(pid)
                _answer(line, pid)
            else:
                _answer(line, self._kill(descriptor, command[1]))

    def _open(self, line: socket.socket) -> None:
        """Tell it that we are ready, and listen to it."""
        self._lines[line.fileno()] = line
        self._children[line.fileno()] = set()
        self._poll.register(line, select.POLLIN)
        _answer(line, os.getpid())

    def _close(self, line: socket.socket) -> None:
        """Nobody is there any more."""
        for pid in list(self._children[line.fileno()]):
            self._kill(line.fileno(), pid)
        self._poll.unregister(line)
        del self._lines[line.fileno()], self._children[line.fileno()]
        line.close()

    def _kill(self, line: int, pid: int) -> int:
        """End a child of this line; its wait status, 0 if there is none."""
        mine = self._children[line]
        if pid not in mine:
            return 0
        mine.discard(pid)
        return _kill(pid, frozenset().union(*self._children.values()))


def _received(line: socket.socket) -> tuple[tuple[bytes, int] | None, list[int]]:
    """A command with its argument, None where there will be no more, and what rode along."""
    try:
        command, descriptors, _, _ = socket.recv_fds(line, COMMAND.size, 2)
    except OSError:
        return None, []
    return (COMMAND.unpack(command) if len(command) == COMMAND.size else None), descriptors


def _answer(line: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # gone meanwhile: that is found out at the next look
        line.sendall(ANSWER.pack(number))


def _kill(pid: int, others: Set[int]) -> int:
    """End a child, its whole process group, and what it left behind; its wait status."""
    for target in (-pid, pid):  # the group may not exist yet, or no more
        try:
            if target < 0:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    status = os.waitpid(pid, 0)[1]
    _end_orphans(others)
    return status


def _end_orphans(ours: Set[int]) -> None:
    """A daemon that a student started comes to us when its parent has gone (PR_SET_CHILD_SUBREAPER,
    proc_pid_task_children(5)). Again and again, since it may be forking meanwhile."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    for _ in range(1000):
        try:
            strangers = {int(pid) for pid in listing.read_text().split()} - ours
        except OSError:
            return
        if not strangers:
            return
        for pid in strangers:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
