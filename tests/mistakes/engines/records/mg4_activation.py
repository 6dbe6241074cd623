"""All operators, each one record of operands and local derivatives."""

import math

from mg3_backpropagation import Value, add_to_class


def recorded(number, operator, *parents):
    made = Value(number, [operand for operand, _ in parents], operator)
    made._parents = parents

    def pass_on():
        for operand, local in made._parents:
            operand.grad += local * made.grad

    made._backward = pass_on
    return made


def as_value(thing):
    return thing if hasattr(thing, "_backward") else Value(thing)


@add_to_class(Value)
def __add__(self, other):
    other = as_value(other)
    return recorded(self.data + other.data, "+", (self, 1.0), (other, 1.0))


@add_to_class(Value)
def __mul__(self, other):
    right = as_value(other)
    return recorded(self.data * right.data, "*", (self, right.data), (right, self.data))


@add_to_class(Value)
def tanh(self):
    t = math.tanh(self.data)
    return recorded(t, "tanh", (self, 1 - t**2))


@add_to_class(Value)
def __radd__(self, number):
    return self.__add__(number)


@add_to_class(Value)
def __rmul__(self, number):
    return self.__mul__(number)


@add_to_class(Value)
def exp(self):
    e = math.exp(self.data)
    return recorded(e, "exp", (self, e))


@add_to_class(Value)
def __pow__(self, n):
    if not isinstance(n, int | float):
        return NotImplemented
    return recorded(self.data**n, f"**{n}", (self, n * self.data ** (n - 1)))


@add_to_class(Value)
def __truediv__(self, other):
    top, bottom = self, as_value(other)
    ratio = top.data / bottom.data
    return recorded(ratio, "/", (top, 1 / bottom.data), (bottom, -ratio / bottom.data))


@add_to_class(Value)
def __rtruediv__(self, number):
    return Value(number).__truediv__(self)


@add_to_class(Value)
def __neg__(self):
    return recorded(-self.data, "neg", (self, -1.0))


@add_to_class(Value)
def __sub__(self, other):
    right = as_value(other)
    return recorded(self.data - right.data, "-", (self, 1.0), (right, -1.0))


@add_to_class(Value)
def __rsub__(self, number):
    return Value(number).__sub__(self)


@add_to_class(Value)
def relu(self):
    positive = self.data > 0
    return recorded(self.data * positive, "relu", (self, float(positive)))


def tanh_from_exp(n):
    return 1 - 2 / ((n * 2).exp() + 1)
