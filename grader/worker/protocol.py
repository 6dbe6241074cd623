"""Frames on the channel: four bytes of length (big-endian), then the message.

What comes from the trusted side is in the form of `marshal`, by far the quickest to read; in JSON
where the interpreter refuses that (audit.py). What leaves for it is JSON in UTF-8: only plain data,
numbers, booleans, strings, lists and dictionaries of them. Never pickles.
"""

import json
import marshal
import os
import struct
from collections.abc import Callable
from typing import Any

Decode = Callable[[Any], Any]  # of bytes, or of a text in JSON
HEADER = struct.Struct("!I")
LARGEST = 16 * 1024 * 1024
_ENCODER = json.JSONEncoder(separators=(",", ":"))


def read_frame(channel: int, decode: Decode = marshal.loads) -> Any:
    """The next message; None when the other side has closed. Raises ValueError for one that is too
    large."""
    header = _read_exactly(channel, HEADER.size)
    if header is None:
        return None
    (length,) = HEADER.unpack(header)
    if length > LARGEST:
        raise ValueError(f"a frame of {length} bytes")
    body = _read_exactly(channel, length)
    return None if body is None else decode(body)


def write_frame(channel: int, message: Any) -> None:
    """Send one message, whole."""
    body = _ENCODER.encode(message).encode("utf-8", "backslashreplace")
    view = memoryview(HEADER.pack(len(body)) + body)
    while view:
        view = view[os.write(channel, view) :]


def _read_exactly(channel: int, count: int) -> bytearray | None:
    whole = bytearray(count)
    view = memoryview(whole)
    while view:
        read = os.readv(channel, [view])
        if not read:
            return None
        view = view[read:]
    return whole
