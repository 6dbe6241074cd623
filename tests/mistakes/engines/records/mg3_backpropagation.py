"""Backpropagation from records: each Value keeps its operands with their local derivatives."""

import math
from collections import Counter

from mg2_chain_rule import Value, add_to_class


def recorded(number, operator, *parents):
    made = Value(number, [operand for operand, _ in parents], operator)
    made._parents = parents

    def pass_on():
        for operand, local in made._parents:
            operand.grad += local * made.grad

    made._backward = pass_on
    return made


@add_to_class(Value)
def tanh(self):
    t = 1 - 2 / (math.exp(2 * self.data) + 1)
    return recorded(t, "tanh", (self, 1 - t**2))


def neuron_gradients(x1, x2, w1, w2, b):
    t = math.tanh(b + x1 * w1 + x2 * w2)
    inner = 1 - t**2
    slopes = {"x1": w1, "x2": w2, "w1": x1, "w2": x2, "b": 1.0}
    return {name: slope * inner for name, slope in slopes.items()}


@add_to_class(Value)
def __add__(self, other):
    return recorded(self.data + other.data, "+", (self, 1.0), (other, 1.0))


@add_to_class(Value)
def __mul__(self, other):
    return recorded(self.data * other.data, "*", (self, other.data), (other, self.data))


def behind(root):
    found = [root]
    known = {root}
    for node in found:
        for child in node._prev:
            if child not in known:
                known.add(child)
                found.append(child)
    return found


def topological_order(root):
    uses = Counter(child for node in behind(root) for child in node._prev)
    ready, order = [root], []
    while ready:
        node = ready.pop()
        order.append(node)
        for child in node._prev:
            uses[child] -= 1
            if uses[child] == 0:
                ready.append(child)
    return order[::-1]


@add_to_class(Value)
def backward(self):
    self.grad = 1.0
    for node in topological_order(self)[::-1]:
        node._backward()
