"""What comes back over the pipe, checked and cleaned before anything else sees it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from grader.model import Outcome, Place, Plain

LONGEST_TEXT = 2_000
DEEPEST = 20  # a worker's own encoder stops at 8 lists, each perhaps in a dictionary


@dataclass(frozen=True)
class Fault:
    """Why there are no values: `outcome` and, for an exception, its type, message and frames."""

    outcome: Outcome
    message: str
    type: str = ""
    frames: tuple[Place, ...] = ()

    @property
    def place(self) -> Place | None:
        """The innermost line of the student's own code."""
        return self.frames[-1] if self.frames else None


class Reply(NamedTuple):
    """An engine's answer to one program: values or a fault, and what was printed meanwhile."""

    values: tuple[Plain, ...] | None
    fault: Fault | None
    output: str = ""


class ProtocolError(Exception):
    """Something that is no answer came over the pipe."""


def parse_reply(message: Any, request_id: str, number: int, count: int) -> Reply:
    """A reply to program `number` of a request, with `count` values. Raises ProtocolError."""
    if not isinstance(message, dict) or message.get("id") != request_id:
        raise ProtocolError("a reply to no request")
    if message.get("n") != number:
        raise ProtocolError("replies out of order")
    if "error" in message:
        return Reply(None, parse_error(message["error"]))
    values = message.get("values")
    if not isinstance(values, list) or len(values) != count:
        raise ProtocolError("a reply of the wrong shape")
    cleaned = tuple([each if type(each) is float else _clean_plain(each) for each in values])
    return Reply(cleaned, None)


def mark_of(message: Mapping[str, Any]) -> int | None:
    """The number of the mark behind what was printed meanwhile; None if nothing was. Raises
    ProtocolError."""
    mark = message.get("printed")
    if mark is not None and not isinstance(mark, int):
        raise ProtocolError("a mark that is no number")
    return mark


def parse_error(error: Any) -> Fault:
    """An exception of the student's code. Raises ProtocolError."""
    if not isinstance(error, dict) or not isinstance(error.get("frames"), list):
        raise ProtocolError("an error of the wrong shape")
    frames = []
    for frame in error["frames"][:10]:
        if not isinstance(frame, list) or len(frame) != 4:
            raise ProtocolError("a frame of the wrong shape")
        file, line, function, text = frame
        frames.append(
            _place(
                clean(str(file)), line if isinstance(line, int) else None, str(function), str(text)
            )
        )
    name = clean(str(error.get("type", "")))
    message = clean(str(error.get("message", "")))
    return Fault(
        Outcome.ERROR, f"{name}: {message}" if message else name, name, frames=tuple(frames)
    )


def clean(text: str) -> str:
    """Student text made safe to print anywhere: no control characters, no lone surrogates."""
    text = text[:LONGEST_TEXT]
    if text.isprintable():  # names, nearly always
        return text
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


# C0 and C1 controls (but tab and newline), and the bidirectional overrides.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# A notebook's cell is loaded under the name `mg3.ipynb[cell 4]`.
_CELL = re.compile(r"(?P<file>.*)\[cell (?P<cell>\d+)\]")


def _place(file: str, line: int | None, function: str, text: str) -> Place:
    match = _CELL.fullmatch(file)
    cell = int(match["cell"]) if match else None
    function = "" if function.startswith("<") else clean(function)
    return Place(
        match["file"] if match else file, line, function or None, cell, clean(text) or None
    )


def _clean_plain(value: Any, depth: int = 0) -> Plain:
    if value is None or type(value) is float:
        return value
    if depth > DEEPEST:
        raise ProtocolError("a value nested too deeply")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean_plain(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return _clean_object(value, depth)
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ProtocolError("a number of too many digits")
    if isinstance(value, int | float):
        return value
    raise ProtocolError("a value that is not plain")  # JSON has nothing else


def _clean_object(value: dict[str, Any], depth: int) -> Plain:
    """One of the three kinds that `worker.encode` makes: checks rely on what is in them."""
    entries, name = value.get("dict"), value.get("object")
    if isinstance(entries, dict):
        return {"dict": {clean(key): _clean_plain(entries[key], depth + 1) for key in entries}}
    if isinstance(name, str) and isinstance(number := value.get("value"), int):
        return {"value": number, "object": clean(name)}
    if isinstance(name, str) and isinstance(number := value.get("n"), int):
        return {"object": clean(name), "n": number, "repr": clean(str(value.get("repr", "")))}
    raise ProtocolError("an object of no known kind")
