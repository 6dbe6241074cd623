"""What a sealed worker is denied, found out by trying: harmless attempts made from the inside."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.course import Limits
from grader.expressions import Draft
from grader.sandbox import Engine, Source
from grader.sandbox.sandbox import LAYERS, Sandbox


@dataclass(frozen=True)
class Canary:
    """`layers`: which hold, by name. `attempts`: what was tried, and whether it was denied."""

    layers: dict[str, bool]
    attempts: dict[str, bool]


def release(limits: Limits, secret: str) -> Canary:
    """Let a worker try everything. `secret` is the path of a file that it must not read.

    Raises InfrastructureError if there can be no worker at all.
    """
    source = Source("canary", (("canary.py", SONG),))
    return _released(limits, secret, lambda sandbox: Engine(sandbox, "plain", [source]))


def release_in_kernel(limits: Limits, secret: str) -> Canary:
    """The same from within a notebook's kernel. That a file is there is no secret to it."""
    from grader.kernels.engine import NotebookEngine

    cells = (("canary.ipynb[cell 1]", SONG.replace(LOOKS, "")),)
    source = Source("canary", cells, keep_going=True, executed=True)
    return _released(limits, secret, lambda sandbox: NotebookEngine(sandbox, "kernel", [source]))


def _released(limits: Limits, secret: str, hatch: Callable[[Sandbox], Engine]) -> Canary:
    with Sandbox(limits, "auto") as sandbox:
        engine = hatch(sandbox)
        draft = Draft()
        draft.show(draft.call("sing", secret))
        try:
            reply = engine.evaluate([draft.program()])[0]
        finally:
            engine.close()
        layers = {layer: layer not in sandbox.missing for layer in LAYERS}
    found = reply.values[0] if reply.values else None
    entries = found.get("dict") if isinstance(found, dict) else None
    if not isinstance(entries, dict):
        return Canary(layers, {})
    return Canary(layers, {name: denied is True for name, denied in entries.items()})


LOOKS = """        "look at a file's size": lambda: os.stat(secret),
"""
SONG = '''
"""Each attempt is harmless where it succeeds."""
import os
import signal
import socket


def sing(secret):
    parent = os.getppid()
    attempts = {
        "read a file": lambda: open(secret).close(),
        "write a file": lambda: open("/tmp/mggrade-canary", "w").close(),
        "look at a file's size": lambda: os.stat(secret),
        "list a folder": lambda: os.listdir("/"),
        "change a file's mode": lambda: os.chmod("/nowhere", 0o600),
        "start a process": fork,
        "run a program": lambda: os.execv("/nowhere", ["nowhere"]),
        "connect to the network": lambda: socket.socket().connect(("127.0.0.1", 9)),
        "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "signal another process": lambda: os.kill(parent, 0),
        "read another process": lambda: open(f"/proc/{parent}/environ").close(),
    }
    return {name: denied(attempt) for name, attempt in attempts.items()}


def denied(attempt):
    try:
        attempt()
    except PermissionError:
        return True
    except OSError:
        return False  # it was let through, and failed for another reason
    return False


def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
'''
