"""mggrade: grade the building of micrograd, concept by concept, against PyTorch."""

from typing import TYPE_CHECKING

from grader.version import __version__

if TYPE_CHECKING:
    from grader.grade import check
    from grader.model import Report

__all__ = ["Report", "__version__", "check"]


def __getattr__(name: str) -> object:
    """Import the public API on first use, so that `mggrade --help` pays for none of it."""
    if name == "check":
        from grader.grade import check

        return check
    if name == "Report":
        from grader.model import Report

        return Report
    raise AttributeError(f"module 'grader' has no attribute {name!r}")


def load_ipython_extension(ipython: object) -> None:
    """`%load_ext grader`: the magic `%mggrade`, and lessons imported from notebooks."""
    from grader.jupyter.extension import load

    load(ipython)


def unload_ipython_extension(ipython: object) -> None:
    """`%unload_ext grader`."""
    from grader.jupyter.extension import unload

    unload(ipython)
