"""The set that graded code gets: a set in every way, in the order in which its members came."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.ordered import OrderedSet

members = st.lists(st.integers(-5, 5), max_size=8)


class Node:
    """As a Value: hashed by its address."""


@given(members)
def test_order_is_that_of_insertion(numbers):
    found = OrderedSet(numbers)
    assert list(found) == [*dict.fromkeys(numbers)]
    assert found == set(numbers) and len(found) == len(set(numbers))
    assert all(each in found for each in numbers)


CHANGES = (
    *("add", "discard", "update", "difference_update", "intersection_update"),
    *("symmetric_difference_update", "__ior__", "__isub__", "__iand__", "__ixor__"),
)


@given(members, st.lists(st.tuples(st.sampled_from(CHANGES), members), max_size=5))
def test_it_stays_the_set_that_it_would_be(numbers, changes):
    ours, plain = OrderedSet(numbers), set(numbers)
    for name, others in changes:
        argument = others[0] if name in ("add", "discard") and others else set(others)
        if name in ("add", "discard") and not others:
            continue
        getattr(ours, name)(argument)
        getattr(plain, name)(argument)
        assert ours == plain and sorted(ours) == sorted(plain)
    for other in (ours.copy(), copy.copy(ours), copy.deepcopy(ours), ours | set(), ours.union()):
        assert list(other) == list(ours)
        other.add(99)
    assert 99 not in ours


def test_objects_stand_as_they_came():
    nodes = [Node() for _ in range(100)]
    assert list(OrderedSet(nodes)) == nodes
    visited = OrderedSet()
    for node in nodes:
        visited.add(node)
    assert list(visited) == nodes
    assert visited.pop() is nodes[0] and list(visited) == nodes[1:]


def test_nobody_is_told_apart():
    found = OrderedSet([1, 2])
    assert isinstance(found, set) and isinstance({1}, OrderedSet)
    assert not isinstance(frozenset(), OrderedSet) and issubclass(set, OrderedSet)
    assert (repr(found), repr(OrderedSet()), type(found).__name__) == ("{1, 2}", "set()", "set")
    with pytest.raises(TypeError):
        OrderedSet(1)
    with pytest.raises(TypeError):
        hash(found)
    with pytest.raises(KeyError):
        OrderedSet().pop()
    with pytest.raises(KeyError):
        found.remove(3)
    found.clear()
    assert not found and list(found) == []


def test_a_subclass_that_forgets_to_begin():
    class Visited(OrderedSet):
        def __init__(self):
            self.count = 0

    found = Visited()
    found.add(1)
    assert list(found) == [1]
