"""The C library, opened once: a fork finds it there."""

import ctypes
import functools


@functools.cache
def library() -> ctypes.CDLL:
    """Its functions; errno is kept for `ctypes.get_errno`."""
    return ctypes.CDLL(None, use_errno=True)
