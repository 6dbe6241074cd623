"""Sets that are iterated in the order in which their members came.

Python iterates a set of objects in an order that hangs on their addresses. An engine whose numbers
depend on that order (`_prev = set(_children)`, and a mistake) would get one verdict today and
another one tomorrow, so what is graded finds this type under the name `set`, and makes it where it
writes `{a, b}` (`displays`).
"""

import builtins
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class _Kind(type):
    """Python's own is a set as well, for who asks `isinstance(found, set)`."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, builtins.set)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, builtins.set)


def _in_place(change: Callable[..., None]) -> Callable[[Any, Any], Any]:
    """The operator that changes a set as this method does."""

    def operator(self: Any, other: Any) -> Any:
        if not isinstance(other, set | frozenset):
            return NotImplemented
        change(self, other)
        return self

    return operator


def _operator(method: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """The operator that makes the set that this method makes."""

    def operator(self: Any, other: Any) -> Any:
        return method(self, other) if isinstance(other, set | frozenset) else NotImplemented

    return operator


def _late_order(self: "OrderedSet", name: str) -> dict[Any, None]:
    if name != "_order":
        kind = type(self).__name__
        raise AttributeError(f"{kind!r} object has no attribute {name!r}", name=name, obj=self)
    self._order = dict.fromkeys(set.__iter__(self))
    return self._order


_in_order, _fill, _add = dict.fromkeys, set.__init__, set.add


class OrderedSet(set[Any], metaclass=_Kind):
    """A set whose iteration order is that of insertion.

    Every Value of most engines makes one, so making and filling it is kept as short as can be.
    """

    __slots__ = ("_order",)
    _order: dict[Any, None]

    def __init_subclass__(cls) -> None:
        """A subclass may forget to call `__init__`: then the order begins when it is asked for."""
        if "__getattr__" not in vars(cls):
            cls.__getattr__ = _late_order  # type: ignore[attr-defined]

    def __init__(self, members: Iterable[Any] = (), /) -> None:
        order = self._order = _in_order(members)
        _fill(self, order)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._order)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self._order),)

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}" if self._order else "set()"

    def add(self, member: Any, /) -> None:
        """As of a set."""
        _add(self, member)
        self._order[member] = None

    def pop(self) -> Any:
        """The first one. Raises KeyError."""
        if not self._order:
            raise KeyError("pop from an empty set")
        member = next(iter(self._order))
        self.remove(member)
        return member

    def remove(self, member: Any, /) -> None:
        """Raises KeyError."""
        super().remove(member)
        self._order.pop(member, None)

    def discard(self, member: Any, /) -> None:
        """As of a set."""
        super().discard(member)
        self._order.pop(member, None)

    def clear(self) -> None:
        """As of a set."""
        super().clear()
        self._order.clear()

    def copy(self) -> "OrderedSet":
        """In the same order."""
        return OrderedSet(self._order)

    def union(self, *others: Iterable[Any]) -> "OrderedSet":
        """As of a set."""
        made = self.copy()
        made.update(*others)
        return made

    def difference(self, *others: Iterable[Any]) -> "OrderedSet":
        """As of a set."""
        made = self.copy()
        made.difference_update(*others)
        return made

    def intersection(self, *others: Iterable[Any]) -> "OrderedSet":
        """As of a set."""
        made = self.copy()
        made.intersection_update(*others)
        return made

    def symmetric_difference(self, other: Iterable[Any], /) -> "OrderedSet":
        """As of a set."""
        made = self.copy()
        made.symmetric_difference_update(other)
        return made

    def update(self, *others: Iterable[Any]) -> None:
        """As of a set."""
        for other in others:
            for member in other:
                self.add(member)

    def difference_update(self, *others: Iterable[Any]) -> None:
        """As of a set."""
        super().difference_update(*others)
        self._keep()

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """As of a set."""
        super().intersection_update(*others)
        self._keep()

    def symmetric_difference_update(self, other: Iterable[Any], /) -> None:
        """As of a set."""
        for member in dict.fromkeys(other):
            (self.discard if member in self else self.add)(member)

    __or__ = _operator(union)
    __sub__ = _operator(difference)
    __and__ = _operator(intersection)
    __xor__ = _operator(symmetric_difference)
    __ior__ = _in_place(update)
    __isub__ = _in_place(difference_update)
    __iand__ = _in_place(intersection_update)
    __ixor__ = _in_place(symmetric_difference_update)

    def _keep(self) -> None:
        for member in [each for each in self._order if each not in self]:
            del self._order[member]


OrderedSet.__name__ = OrderedSet.__qualname__ = "set"
DISPLAY = "{}"  # what displays are made by; no identifier, so that no one's name clashes with it
BUILTINS = {**vars(builtins), "set": OrderedSet, DISPLAY: OrderedSet}
