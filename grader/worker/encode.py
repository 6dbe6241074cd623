"""Results as plain data: numbers, booleans, short strings and lists of them, nothing else.

What is no such thing becomes a dictionary with one of these keys: `value` (an object that is the
result of a step of the program: its number, with the name of its type as `object`), `dict` (a
dictionary with text keys), `object` (the name of its type, with `n` telling two of them apart and
a short `repr`).
"""

from collections.abc import Sequence
from typing import Any

DEEPEST = 8
LONGEST_LIST = 20_000
LONGEST_TEXT = 2_000


class Encoder:
    """Encodes the results of one program; the same object gets the same name throughout."""

    def __init__(self, slots: Sequence[Any]) -> None:
        self._slots = slots
        self._numbers: dict[int, int] = {}  # of results by id, once an object is to be named
        self._others: dict[int, int] = {}
        self._alive: list[Any] = []  # ids must not be given to new objects meanwhile

    def plain(self, result: Any, depth: int = 0) -> Any:
        """The result as plain data. What is too long or deep is told as an object."""
        kind = type(result)
        if result is None or kind is bool or kind is float:
            return result
        if isinstance(result, int):
            return int(result) if abs(result) < 2**63 else {"object": "huge int", "n": 0}
        if isinstance(result, float):
            return float(result)
        if isinstance(result, str):
            return result[:LONGEST_TEXT]
        if kind.__module__ == "numpy" and getattr(result, "size", 0) == 1:
            return self.plain(result.item(), depth + 1) if depth < DEEPEST else None
        if not isinstance(result, list | tuple | set | frozenset | dict):
            return self._object(result)
        if depth >= DEEPEST or len(result) > LONGEST_LIST:
            return self._object(result)
        if isinstance(result, dict):
            if not all(isinstance(key, str) for key in result):
                return self._object(result)
            entries = {key[:LONGEST_TEXT]: self.plain(result[key], depth + 1) for key in result}
            return {"dict": entries}
        return [self.plain(each, depth + 1) for each in result]

    def _object(self, result: Any) -> dict[str, Any]:
        if not self._numbers:
            for number, each in enumerate(self._slots):
                self._numbers.setdefault(id(each), number)
        if id(result) in self._numbers:
            return {"value": self._numbers[id(result)], "object": type(result).__name__[:80]}
        if id(result) not in self._others:
            self._others[id(result)] = len(self._others)
            self._alive.append(result)
        try:
            text = repr(result)[:80]
        except BaseException:  # a __repr__ of the student's may do anything
            text = ""
        return {"object": type(result).__name__[:80], "n": self._others[id(result)], "repr": text}
