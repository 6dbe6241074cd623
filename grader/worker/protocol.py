"""Frames on the channel: four bytes of length (big-endian), then JSON in UTF-8.

Only plain data crosses: numbers, booleans, strings, lists and dictionaries of them. Never pickles.
"""

import json
import os
import struct
from typing import Any

HEADER = struct.Struct("!I")
LARGEST = 16 * 1024 * 1024
_ENCODER = json.JSONEncoder(separators=(",", ":"))


def read_frame(channel: int) -> Any:
    """The next message; None when the other side has closed. Raises ValueError on nonsense."""
    header = _read_exactly(channel, HEADER.size)
    if header is None:
        return None
    (length,) = HEADER.unpack(header)
    if length > LARGEST:
        raise ValueError(f"a frame of {length} bytes")
    body = _read_exactly(channel, length)
    return None if body is None else json.loads(body)


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
