"""Zygotes that several graders of one machine fork their workers from.

What is slow to start and large is there once, in the process that the graders are children of. Each
has a line of its own to it: see `grader.sandbox.line`.
"""

import contextlib
import json
import signal
import socket
import threading
from dataclasses import asdict, dataclass
from typing import Self

from grader.course import Limits
from grader.errors import InfrastructureError
from grader.sandbox.line import ANSWER, Forker, Line
from grader.sandbox.zygote import Zygote

# Importing PyTorch, or a kernel's parts, takes longer than a hundred forks. The others start in a
# tenth of a second, and are forked from so often that one for all would be waited for.
SHARED = frozenset({"torch", "kernel", "torch-kernel"})
_LARGEST = 4096  # bytes of what is asked at a door


@dataclass(frozen=True)
class Door:
    """Where a grader asks for zygotes; a process that is spawned can be given it."""

    _asking: socket.socket

    def zygote(self, kind: str, limits: Limits) -> Forker:
        """A line to the shared one, or one's own of a kind that is not shared. It is not waited
        for until the first fork."""
        if kind not in SHARED:
            return Zygote(kind, limits)
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._asking, [_asked(kind, limits)], [theirs.fileno()])
            except OSError as error:
                ours.close()
                why = f"the process that shares its workers is gone: {error}"
                raise InfrastructureError(why) from None
        return Line(ours, kind)


class SharedZygotes:
    """Starts zygotes as they are asked for, in a thread, which they end with. A context manager."""

    def __init__(self) -> None:
        # Each message is one piece, whoever of the many sends it.
        self._asked, self._asking = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._serve, name="zygotes", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def door(self) -> Door:
        """For those who want workers."""
        return Door(self._asking)

    def warm(self, kind: str, limits: Limits) -> None:
        """Start one that will be needed, without waiting for it."""
        self._asking.send(_asked(kind, limits))

    def close(self) -> None:
        """End all of them, and every worker."""
        with contextlib.suppress(OSError):
            self._asking.send(b"")
        self._thread.join()
        self._asking.close()

    def _serve(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # they are the main one's
        zygotes: dict[tuple[str, Limits], Zygote] = {}
        try:
            while True:
                asked, descriptors, _, _ = socket.recv_fds(self._asked, _LARGEST, 1)
                if not asked:
                    return
                kind, limits = json.loads(asked)
                with contextlib.ExitStack() as stack:
                    lines = [stack.enter_context(socket.socket(fileno=it)) for it in descriptors]
                    try:
                        zygote = _living(zygotes, kind, Limits(**limits))
                        for line in lines:
                            zygote.connect(line.fileno())
                    except (InfrastructureError, OSError) as error:
                        for line in lines:
                            _refuse(line, str(error))
        finally:
            self._asked.close()  # whoever asks now is told that nobody is there
            for zygote in zygotes.values():
                zygote.close()


def _asked(kind: str, limits: Limits) -> bytes:
    return json.dumps([kind, asdict(limits)]).encode()


def _refuse(line: socket.socket, why: str) -> None:
    """Tell who waits at this line that there is no zygote."""
    text = why.encode()
    with contextlib.suppress(OSError):  # gone meanwhile
        line.sendall(ANSWER.pack(-len(text)) + text)


def _living(zygotes: dict[tuple[str, Limits], Zygote], kind: str, limits: Limits) -> Zygote:
    """The one with these limits; a dead one is replaced."""
    key = (kind, limits)
    if key in zygotes and not zygotes[key].alive:
        zygotes.pop(key).close()
    if key not in zygotes:
        zygotes[key] = Zygote(kind, limits)
    return zygotes[key]
