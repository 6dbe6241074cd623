"""Backpropagation: a small function for every local derivative, a stack for the order."""

import math

from mg2_chain_rule import Value, add_to_class


def sum_slopes(a, b):
    return 1.0, 1.0


def product_slopes(a, b):
    return b, a


def tanh_slope(x, t):
    return 1.0 - t * t


@add_to_class(Value)
def tanh(self):
    up, down = math.exp(self.data), math.exp(-self.data)
    result = Value((up - down) / (up + down), (self,), "tanh")

    def step():
        slope = tanh_slope(self.data, result.data)
        self.grad = slope * result.grad

    result._backward = step
    return result


def neuron_gradients(x1, x2, w1, w2, b):
    activation = math.tanh(x1 * w1 + x2 * w2 + b)
    inner = tanh_slope(None, activation)
    grads = {"b": inner}
    grads["w1"] = x1 * inner
    grads["w2"] = x2 * inner
    grads["x1"] = w1 * inner
    grads["x2"] = w2 * inner
    return grads


@add_to_class(Value)
def __add__(self, other):
    result = Value(self.data + other.data, (self, other), "+")

    def step():
        left, right = sum_slopes(self.data, other.data)
        self.grad = left * result.grad
        other.grad = right * result.grad

    result._backward = step
    return result


@add_to_class(Value)
def __mul__(self, other):
    product = Value(self.data * other.data, (self, other), "*")

    def step():
        left, right = product_slopes(self.data, other.data)
        self.grad = left * product.grad
        other.grad = right * product.grad

    product._backward = step
    return product


def topological_order(root):
    order = []
    entered = set()
    stack = [(root, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
            continue
        if node in entered:
            continue
        entered.add(node)
        stack.append((node, True))
        for child in node._prev:
            stack.append((child, False))
    return order


@add_to_class(Value)
def backward(self):
    order = topological_order(self)
    self.grad = 1.0
    while order:
        node = order.pop()
        node._backward()
