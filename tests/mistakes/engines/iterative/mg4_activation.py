"""All operators in the lecture's manner; minus and divide have closures of their own."""

import math

from mg3_backpropagation import Value, add_to_class


def lift(thing):
    try:
        thing.data  # noqa: B018
    except AttributeError:
        return Value(thing)
    return thing


@add_to_class(Value)
def __add__(self, that):
    that = lift(that)
    y = Value(self.data + that.data, [self, that], "+")

    def push():
        for operand in (self, that):
            operand.grad += y.grad

    y._backward = push
    return y


@add_to_class(Value)
def __mul__(self, that):
    z = lift(that)
    y = Value(self.data * z.data, [self, z], "*")

    def push():
        self.grad += y.grad * z.data
        z.grad += y.grad * self.data

    y._backward = push
    return y


@add_to_class(Value)
def tanh(self):
    y = Value(math.tanh(self.data), [self], "tanh")

    def push():
        self.grad += y.grad * (1 - y.data * y.data)

    y._backward = push
    return y


Value.__radd__ = Value.__add__
Value.__rmul__ = Value.__mul__


@add_to_class(Value)
def exp(self):
    y = Value(math.e**self.data, [self], "exp")

    def push():
        self.grad += y.grad * y.data

    y._backward = push
    return y


@add_to_class(Value)
def __pow__(self, k):
    match k:
        case int() | float():
            y = Value(math.pow(self.data, k), [self], f"^{k}")
        case _:
            raise TypeError(f"no power of {k!r}")

    def push():
        self.grad += y.grad * k * math.pow(self.data, k - 1)

    y._backward = push
    return y


@add_to_class(Value)
def __truediv__(self, that):
    z = lift(that)
    y = Value(self.data / z.data, [self, z], "/")

    def push():
        self.grad += y.grad / z.data
        z.grad -= y.grad * self.data / z.data**2

    y._backward = push
    return y


Value.__rtruediv__ = lambda self, number: Value(number) / self


@add_to_class(Value)
def __neg__(self):
    y = Value(-self.data, [self], "neg")

    def push():
        self.grad -= y.grad

    y._backward = push
    return y


@add_to_class(Value)
def __sub__(self, that):
    z = lift(that)
    y = Value(self.data - z.data, [self, z], "-")

    def push():
        self.grad += y.grad
        z.grad -= y.grad

    y._backward = push
    return y


Value.__rsub__ = lambda self, number: Value(number) - self


@add_to_class(Value)
def relu(self):
    y = Value(self.data if self.data >= 0 else 0.0, [self], "relu")

    def push():
        if self.data > 0:
            self.grad += y.grad

    y._backward = push
    return y


def tanh_from_exp(n):
    grown, shrunk = n.exp(), (-n).exp()
    return (grown - shrunk) / (grown + shrunk)
