"""All that the workers of one run share: zygotes by kind, the compiler, what they are locked by."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol, Self

from grader.course import Limits
from grader.errors import InfrastructureError
from grader.sandbox.compiler import Compiler
from grader.sandbox.line import Forker
from grader.sandbox.shared import Door
from grader.sandbox.zygote import Zygote

# What `isolation` may be: the layers asked for, and whether they must all be there. Without the
# kernel's, the worker has its interpreter refuse what they would (worker/audit.py).
LAYERS = ("limits", "process", "landlock", "seccomp")
MODES: dict[str, tuple[tuple[str, ...], bool]] = {
    "full": (LAYERS, True),
    "auto": (LAYERS, False),
    "none": (("limits",), False),
}


class Closeable(Protocol):
    """What is ended when the sandbox is left."""

    def close(self) -> None:
        """End it."""


class Sandbox:
    """The zygotes of one run, by kind, started when first needed or told to `warm`.

    `missing` grows by the layers that a worker could not lock itself by.
    """

    def __init__(
        self,
        limits: Limits,
        isolation: str = "auto",
        meanwhile: Callable[[], None] | None = None,
        door: Door | None = None,
    ) -> None:
        """`meanwhile` is called before every request, and again and again while a worker is waited
        for; the engine whose request it leaves by an exception starts anew for the next one.
        `door`: where zygotes are shared with other graders; by default they are all one's own."""
        self.limits = limits
        self.meanwhile = meanwhile
        self.layers, self._strict = MODES[isolation]
        self.missing = tuple(layer for layer in LAYERS if layer not in self.layers)
        self.spares: dict[str, Closeable] = {}  # by kind, made beforehand for whoever comes next
        self.compiler = Compiler(self)
        self._start = door.zygote if door else Zygote
        self._zygotes: dict[str, Forker] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.compiler.close()
        for spare in self.spares.values():
            spare.close()
        self.spares.clear()
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()

    def zygote(self, kind: str) -> Forker:
        """The zygote of this kind; a dead one (killed by a student's code) is replaced."""
        with self._lock:
            found = self._zygotes.get(kind)
            if found is not None and not found.alive:
                found.close()
                found = None
            if found is None:
                found = self._zygotes[kind] = self._start(kind, self.limits)
            return found

    def note(self, holding: Sequence[str]) -> None:
        """Take note of the layers that a worker is locked by. Raises InfrastructureError if all
        of them were asked for and one is not there."""
        lacking = [layer for layer in self.layers if layer not in holding]
        if lacking and self._strict:
            raise InfrastructureError(
                f"full isolation is not to be had here: no {', '.join(lacking)}; "
                "mggrade doctor tells why, --isolation auto goes on with less"
            )
        self.missing = tuple(each for each in LAYERS if each in (*self.missing, *lacking))

    def look_up(self) -> None:
        """Let the caller see to what else goes on."""
        if self.meanwhile is not None:
            self.meanwhile()

    def warm(self, kind: str) -> None:
        """Start a zygote without waiting for it."""
        self.zygote(kind)
