"""Importing the libraries for notebooks without what takes them longest to import."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# jsonschema imports it, where JupyterLab is installed, to check a format that no notebook has; its
# grammar is compiled on import, which takes a second.
SLOW = "rfc3987_syntax"


@contextmanager
def quick_imports() -> Iterator[None]:
    """What tries to import `SLOW` meanwhile takes it for not installed, as it may well be."""
    if SLOW in sys.modules:
        yield
        return
    sys.modules[SLOW] = None  # type: ignore[assignment]  # importing it is an ImportError
    try:
        yield
    finally:
        del sys.modules[SLOW]
