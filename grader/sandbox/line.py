"""A line to a zygote: commands go out over a socket, answers come back (see worker/zygote.py)."""

import select
import socket
import struct
from typing import Protocol

from grader.errors import InfrastructureError

COMMAND = struct.Struct("!cI")
ANSWER = struct.Struct("!i")
START_SECONDS = 120.0  # importing torch from a cold disk on a busy machine
ANSWER_SECONDS = 10.0  # others may have asked at the same moment


class Forker(Protocol):
    """Where workers are forked from."""

    def fork(self, channel: int, output: int) -> int:
        """A fresh child that answers on `channel` and prints to `output`; its process id."""

    def kill(self, pid: int) -> int:
        """End a child and all of its group; its wait status, as os.waitpid gives it."""

    def close(self) -> None:
        """End every child."""

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""


class Line:
    """One of the sockets that a zygote listens to. The children that were asked for over it are
    its own: they end with it, and over no other line can they be ended."""

    def __init__(self, control: socket.socket, kind: str) -> None:
        self._control = control
        self._kind = kind
        self._ready = False

    def fork(self, channel: int, output: int) -> int:
        """A fresh child that answers on `channel` and prints to `output`; its process id. The first
        one waits until the zygote is warm."""
        self._wait_until_ready()
        return self._ask(COMMAND.pack(b"F", 0), [channel, output])

    def kill(self, pid: int) -> int:
        """End a child and all of its group; its wait status, as os.waitpid gives it."""
        return self._ask(COMMAND.pack(b"K", pid), [])

    def connect(self, descriptor: int) -> None:
        """Have the zygote listen to one more socket. It need not be warm yet."""
        self._send(COMMAND.pack(b"C", 0), [descriptor])

    def close(self) -> None:
        """End every child."""
        self._control.close()

    @property
    def alive(self) -> bool:
        """Whether somebody still listens."""
        try:
            return not self._has_answer() or self._control.recv(1, socket.MSG_PEEK) != b""
        except OSError:
            return False

    def _has_answer(self) -> bool:
        """Whether something is there to be read: an answer, or the end."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        return bool(poll.poll(0))

    def _wait_until_ready(self) -> None:
        """A negative number says why there is no zygote, in so many bytes."""
        if not self._ready:
            self._control.settimeout(START_SECONDS)
            answer = self._answer()
            if answer < 0:
                raise InfrastructureError(self._receive(-answer).decode())
            self._control.settimeout(ANSWER_SECONDS)
            self._ready = True

    def _ask(self, command: bytes, descriptors: list[int]) -> int:
        self._send(command, descriptors)
        return self._answer()

    def _send(self, command: bytes, descriptors: list[int]) -> None:
        try:
            socket.send_fds(self._control, [command], descriptors)
        except OSError as error:
            raise self._failed(str(error)) from None

    def _answer(self) -> int:
        return int(ANSWER.unpack(self._receive(ANSWER.size))[0])

    def _receive(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            try:
                chunk = self._control.recv(size - len(received))
            except OSError as error:
                raise self._failed(str(error)) from None
            if not chunk:
                raise self._failed("it ended")
            received += chunk
        return received

    def _failed(self, why: str) -> InfrastructureError:
        lines = self._last_words().strip().splitlines()
        last = f" ({lines[-1]})" if lines else ""
        return InfrastructureError(
            f"the {self._kind} worker process can't be used: {why}{last}; "
            "run the command again, and report it if it happens again"
        )

    def _last_words(self) -> str:
        """What the zygote printed, where that can be read."""
        return ""
