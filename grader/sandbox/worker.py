"""One worker process as the trusted side sees it: send, receive before a deadline, end."""

import contextlib
import json
import marshal
import os
import re
import secrets
import select
import signal
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.errors import InfrastructureError
from grader.model import Outcome, Program
from grader.sandbox.line import Forker
from grader.sandbox.reply import Fault, ProtocolError, clean

HEADER = struct.Struct("!I")
_ENCODER = json.JSONEncoder(separators=(",", ":"))
# Decodes the one value that a text should be.
_SCAN: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]
_CHUNK = 1 << 16  # more is taken from the system anew for every call
_GLANCE = 0.05  # seconds between two looks at what else goes on
LARGEST = 1024 * 1024  # reading it takes the trusted process a tenth of a second at most
# What a worker prints after each program that printed something (worker/child.py), so that it is
# told apart from what the next one prints, which is under way already.
MARK = b"\0%d\0"
_MARK = re.compile(rb"\0\d+\0")
# What PyTorch says while it is loaded: that file is out of reach, and it gets on without.
_NOISE = "Error in cpuinfo: failed to parse processor information from /proc/cpuinfo\n"


class WorkerGone(Exception):
    """The worker is of no use any more; `fault` says how it ended."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Worker:
    """A forked child of a zygote. Everything that it may do wrong ends as a `WorkerGone`."""

    def __init__(
        self, zygote: Forker, output_kib: int, meanwhile: Callable[[], None] | None = None
    ) -> None:
        self._meanwhile = meanwhile
        self._zygote = zygote
        self._room = output_kib * 1024
        self._json = False
        self._printed = bytearray()
        self._received = bytearray()
        self._frames: deque[bytes] = deque()
        self._channel, theirs = socket.socketpair()
        self._output, writing = os.pipe()
        try:
            self._pid = zygote.fork(theirs.fileno(), writing)
        except BaseException:
            self._channel.close()
            os.close(self._output)
            raise
        finally:
            theirs.close()
            os.close(writing)
        self._channel.setblocking(False)
        os.set_blocking(self._output, False)
        # Not `selectors`, which takes as long again for each reply.
        self._poll = select.poll()
        self._poll.register(self._channel, select.POLLIN)
        self._poll.register(self._output, select.POLLIN)

    def send(self, message: dict[str, Any], deadline: float) -> None:
        """Send one message. Raises WorkerGone."""
        body = _ENCODER.encode(message).encode() if self._json else marshal.dumps(message)
        view = memoryview(HEADER.pack(len(body)) + body)
        while view:
            try:
                view = view[self._channel.send(view) :]
            except BlockingIOError:
                self._poll.modify(self._channel, select.POLLIN | select.POLLOUT)
                self._wait(deadline)
                self._poll.modify(self._channel, select.POLLIN)
            except OSError:
                raise self._gone(self._death()) from None

    def receive(self, deadline: float) -> Any:
        """The next message. Raises WorkerGone, at the latest at `deadline` (time.monotonic)."""
        while not self._frames and not self._split():
            self._wait(deadline)
            try:
                chunk = self._channel.recv(_CHUNK)
            except BlockingIOError:
                continue
            except OSError:
                chunk = b""
            if not chunk:
                raise self._gone(self._death())
            self._received += chunk
        try:
            return _decoded(self._frames.popleft())
        except (ValueError, RecursionError):
            raise self._gone(_protocol("something that is not JSON")) from None

    def lock(self, imports: Sequence[str], layers: Sequence[str], deadline: float) -> list[str]:
        """Let it import what it will need and lock itself, before anyone's source comes; the layers
        that hold. Raises WorkerGone."""
        message = self.ask({"import": list(imports), "layers": list(layers)}, deadline)
        self._json = message.get("json") is True
        holding = message.get("locked")
        return holding if isinstance(holding, list) else []

    def form_of(self, program: Program) -> bytes | str:
        """A program as it stands in a message to this worker."""
        return program.encoded.decode() if self._json else program.packed

    def ask(self, request: Mapping[str, Any], deadline: float) -> dict[str, Any]:
        """One request, one answer. Raises WorkerGone."""
        request_id = secrets.token_hex(8)
        self.send({"id": request_id, **request}, deadline)
        message = self.receive(deadline)
        if not isinstance(message, dict) or message.get("id") != request_id:
            raise self.fail(ProtocolError("a reply to no request"))
        return message

    def fail(self, error: ProtocolError) -> WorkerGone:
        """End a worker whose message made no sense."""
        return self._gone(_protocol(str(error)))

    @property
    def alive(self) -> bool:
        """Whether its side of the channel is open."""
        if self._channel.fileno() < 0:
            return False
        try:
            return self._channel.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    @property
    def descriptors(self) -> tuple[int, int]:
        """The channel's and the output pipe's, to wait for both in an event loop."""
        return self._channel.fileno(), self._output

    def drain(self) -> bool:
        """Read what was printed, so that the worker need not wait. Whether that was the end."""
        return self._drain()

    def signal(self, number: int) -> None:
        """Send it a signal. Its process id stays its own until `close`."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, number)

    def death(self) -> WorkerGone:
        """End what has ended by itself."""
        return self._gone(self._death())

    def take_output(self, mark: int | None = None) -> str:
        """What was printed since the last call: up to this mark, or all of it."""
        if mark is None:
            printed, self._printed = self._printed, bytearray()
        else:
            printed, _, self._printed = self._printed.partition(MARK % mark)
        if not printed:
            return ""
        return clean(_MARK.sub(b"", printed).decode("utf-8", "replace")).replace(_NOISE, "")

    def close(self) -> int:
        """Kill the whole group and reap it; the wait status."""
        if self._channel.fileno() < 0:
            return 0
        self._drain()
        self._channel.close()
        os.close(self._output)
        try:
            return self._zygote.kill(self._pid)
        except InfrastructureError:  # the zygote was killed, and its children die with it
            return signal.SIGKILL

    def _split(self) -> bool:
        """Whether there are whole frames in what was received, set apart then; what was printed
        before them was sent before them. Raises WorkerGone for a frame that is too large."""
        start = 0
        while len(self._received) >= start + HEADER.size:
            (length,) = HEADER.unpack_from(self._received, start)
            end = start + HEADER.size + length
            if length > LARGEST and not self._frames:
                raise self._gone(_protocol(f"a frame of {length} bytes"))
            if length > LARGEST or len(self._received) < end:
                break
            self._frames.append(bytes(self._received[start + HEADER.size : end]))
            start = end
        if start:
            del self._received[:start]
            self._drain()
        return start > 0

    def _wait(self, deadline: float) -> None:
        """Wait until the channel is ready, reading what is printed meanwhile."""
        while True:
            left = deadline - time.monotonic()
            if self._meanwhile is not None and left > _GLANCE:
                left = _GLANCE
            events = self._poll.poll(left * 1000) if left > 0 else []
            if not events and deadline - time.monotonic() <= 0:
                raise self._gone(Fault(Outcome.TIMEOUT, "took too long and was stopped"))
            if not events and self._meanwhile is not None:
                self._meanwhile()
            ready = False
            for descriptor, _ in events:
                if descriptor == self._output:
                    self._drain()
                else:
                    ready = True
            if ready:
                return

    def _drain(self) -> bool:
        """Read the output pipe; what is over the limit is thrown away. True once it is closed."""
        try:
            while chunk := os.read(self._output, 1 << 16):
                self._printed += chunk[: max(0, self._room)]
                self._room -= len(chunk)
                if len(chunk) < 1 << 16:
                    return False
            with contextlib.suppress(KeyError):
                self._poll.unregister(self._output)  # closed by the student
            return True
        except BlockingIOError:
            return False

    def _death(self) -> Fault:
        """How the worker ended by itself."""
        status = self.close()
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) not in (signal.SIGKILL, 0):
            name = signal.Signals(os.WTERMSIG(status)).name
            return Fault(Outcome.CRASHED, f"ended the Python process ({name})")
        return Fault(Outcome.CRASHED, "ended the Python process")

    def _gone(self, fault: Fault) -> WorkerGone:
        self.close()
        return WorkerGone(fault)


def _decoded(body: bytes) -> Any:
    """Raises ValueError or RecursionError."""
    text = body.decode()
    try:
        value, end = _SCAN(text, 0)
    except StopIteration:
        raise ValueError("no value") from None
    if end != len(text):
        raise ValueError("more than one value")
    return value


def _protocol(what: str) -> Fault:
    return Fault(Outcome.PROTOCOL, f"sent {what} over the grader's channel")
