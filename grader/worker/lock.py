"""The child locks itself down before it receives a byte of the student's.

Each layer is a function that either holds afterwards or raises OSError; the trusted side is told
which ones hold. The order matters: what comes later forbids what earlier layers need.
"""

from collections.abc import Callable, Mapping, Sequence

from . import audit, landlock, limits, process, seccomp

LAYERS: Mapping[str, Callable[[Mapping[str, int]], None]] = {
    "limits": limits.apply,
    "process": process.apply,
    "landlock": landlock.apply,
    "seccomp": seccomp.apply,
}


def prepare() -> None:
    """Make ready what the layers are made of, for those who are forked from here."""
    seccomp.prepare()


def lock(layers: Sequence[str], settings: Mapping[str, int]) -> list[str]:
    """Apply these layers; the names of those that hold. Where the kernel's are not among them, the
    interpreter refuses in their place."""
    holding = []
    for name in LAYERS:
        if name in layers:
            try:
                LAYERS[name](settings)
            except (OSError, AttributeError):  # no such call in this kernel, or in this libc
                continue
            holding.append(name)
    if is_audited(layers, holding):
        audit.apply()
    return holding


def is_audited(layers: Sequence[str], holding: Sequence[str]) -> bool:
    """Whether the interpreter refuses in the kernel's place. For our own code, no layers are asked
    for."""
    return bool(layers) and not {"landlock", "seccomp"} <= {*holding}
