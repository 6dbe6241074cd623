"""A warm interpreter that forks a fresh child for every worker asked of it.

It has never seen a test, an answer or a submission. Commands come as five bytes over a Unix
socket: `F` (fork; two descriptors ride along: the channel and the output pipe), answered with the
child's process id; `K` and a process id (kill the child's whole group and reap it), answered with
its wait status. A child that has died stays unreaped until `K`, so a process id never comes to
mean another process. When the parent goes away, every child is killed.
"""

import contextlib
import gc
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable, Set
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
    with socket.socket(fileno=settings["control"]) as control:
        imports.prepare(settings["preload"], settings["site"])
        printed = child.prepare()
        # Values and their closures are cycles: collecting them often is most of a training's time.
        gc.set_threshold(50_000, 20, 20)
        gc.freeze()
        # Now, and not once there were many forks: what is forked must find the same memory free.
        pages.collapse()
        control.sendall(ANSWER.pack(os.getpid()))  # ready
        run = _serve(control, settings, printed)
    if run is not None:
        run()


def _serve(
    control: socket.socket, settings: dict[str, Any], printed: Printed
) -> Callable[[], None] | None:
    """The parent's side of every fork; in a child, returns what the child is to do."""
    children: set[int] = set()
    while True:
        command, descriptors, _, _ = socket.recv_fds(control, COMMAND.size, 2)
        if len(command) != COMMAND.size:
            for pid in list(children):
                children.discard(pid)
                _kill(pid, children)
            return None
        letter, argument = COMMAND.unpack(command)
        if letter == b"F":
            pid = os.fork()
            if pid == 0:
                channel, output = descriptors
                return lambda: child.run(channel, output, settings["limits"], printed)
            for descriptor in descriptors:
                os.close(descriptor)
            children.add(pid)
            control.sendall(ANSWER.pack(pid))
        elif argument in children:
            children.discard(argument)
            control.sendall(ANSWER.pack(_kill(argument, children)))
        else:
            control.sendall(ANSWER.pack(0))


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
