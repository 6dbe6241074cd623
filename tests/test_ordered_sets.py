"""The set that graded code gets: a set in every way, in the order in which its members came."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.displays import compiled
from grader.worker.ordered import BUILTINS, OrderedSet

members = st.lists(st.integers(-5, 5), max_size=8)


class Node:
    """As a Value: hashed by its address."""


@given(members)
def test_order_is_that_of_insertion(numbers):
    found = OrderedSet(numbers)
    assert list(found) == [*dict.fromkeys(numbers)]
    assert found == set(numbers) and len(found) == len(set(numbers))
    assert all(each in found for each in numbers)


OPERATORS = (set.__or__, set.__and__, set.__sub__, set.__xor__)


@given(members, members)
def test_operators_keep_the_order(numbers, others):
    ours, plain = OrderedSet(numbers), set(numbers)
    places = {each: place for place, each in enumerate([*ours, *OrderedSet(others)][::-1])}
    for operator in OPERATORS:
        found = getattr(ours, operator.__name__)(set(others))
        assert type(found) is OrderedSet and found == operator(plain, set(others))
        assert getattr(ours, operator.__name__)(others) is NotImplemented
    for name in ("union", "intersection", "difference", "symmetric_difference"):
        found = getattr(ours, name)(others)
        assert found == getattr(plain, name)(others)
        assert [*found] == sorted(found, key=places.__getitem__, reverse=True)
    assert ours == plain


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


# What displays make

DISPLAYS = """
def shown(*given):
    first, *rest = given
    name = "not a set"
    return {
        "display": {first, *rest},
        "one": {first},
        "comprehension": {each for one in [given] for each in one if each is not first},
        "nested": [*{(each, *{first}) for each in {*rest}}],
        "named": {last := each for each in given} and last,
        "f-string": f"{ {first} and name }",
        "among": 2 in {1, 2, 3},
    }
class Node:
    def __init__(self, *children):
        self.children = {*children}
        self.__kept = {self}
"""


def executed(code, filename="mg.py"):
    module = {"__builtins__": BUILTINS, "__name__": "mg"}
    exec(compiled(code, filename), module)
    return module


def test_displays_are_in_order():
    nodes = [Node() for _ in range(100)]
    found = executed(DISPLAYS)["shown"](*nodes)
    assert [*found["display"]] == nodes and type(found["display"]) is OrderedSet
    assert [*found["one"]] == nodes[:1]
    assert [*found["comprehension"]] == nodes[1:]
    assert found["nested"] == [(each, nodes[0]) for each in nodes[1:]]
    assert found["named"] is nodes[-1]
    assert (found["f-string"], found["among"]) == ("not a set", True)
    assert [*executed(DISPLAYS)["Node"](*nodes).children] == nodes


def test_nobody_can_take_the_name():
    code = "set = list = None\n__builtins__ = {}\nfound = {2, 1}\n"
    assert [*executed(code)["found"]] == [2, 1]


def test_a_fault_in_a_display_stands_in_its_line():
    with pytest.raises(TypeError, match="unhashable") as caught:
        executed("def f():\n    return {\n        [],\n    }\nf()\n")
    lines = {each.lineno for each in caught.traceback if str(each.path).endswith("mg.py")}
    assert max(lines) < 5


def test_what_nests_too_deep_for_a_tree_is_compiled_all_the_same():
    code = f"found = {{1}}\nlast = {'+'.join(['1'] * 1500)}\n"
    assert executed(code)["last"] == 1500
