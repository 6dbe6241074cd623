"""All operators: a table of local derivatives, and sums that are written out."""

import math

from mg3_backpropagation import Value, add_to_class

SLOPES = {
    "tanh": lambda x, y: 1.0 - y * y,
    "exp": lambda x, y: y,
    "relu": lambda x, y: 1.0 if x > 0.0 else 0.0,
    "reciprocal": lambda x, y: -(y * y),
}


def power_slope(x, n):
    return n * x ** (n - 1)


def wrap(thing):
    if isinstance(thing, Value):
        return thing
    return Value(float(thing))


@add_to_class(Value)
def __add__(self, other):
    other = wrap(other)
    total = Value(self.data + other.data, (self, other), "+")

    def step():
        self.grad = self.grad + total.grad
        other.grad = other.grad + total.grad

    total._backward = step
    return total


@add_to_class(Value)
def __mul__(self, other):
    factor = wrap(other)
    product = Value(self.data * factor.data, (self, factor), "*")

    def step():
        self.grad = self.grad + factor.data * product.grad
        factor.grad = factor.grad + self.data * product.grad

    product._backward = step
    return product


@add_to_class(Value)
def tanh(self):
    squashed = Value(math.tanh(self.data), (self,), "tanh")

    def step():
        slope = SLOPES["tanh"](self.data, squashed.data)
        self.grad = self.grad + slope * squashed.grad

    squashed._backward = step
    return squashed


@add_to_class(Value)
def __radd__(self, other):
    return self + other


@add_to_class(Value)
def __rmul__(self, other):
    return self * other


@add_to_class(Value)
def exp(self):
    grown = Value(math.exp(self.data), (self,), "exp")

    def step():
        slope = SLOPES["exp"](self.data, grown.data)
        self.grad = self.grad + slope * grown.grad

    grown._backward = step
    return grown


@add_to_class(Value)
def __pow__(self, other):
    if type(other) not in (int, float):
        raise TypeError("an exponent is a plain number")
    power = Value(self.data**other, (self,), "**" + str(other))

    def step():
        slope = power_slope(self.data, other)
        self.grad = self.grad + slope * power.grad

    power._backward = step
    return power


def reciprocal(value):
    turned = Value(1.0 / value.data, (value,), "1/")

    def step():
        slope = SLOPES["reciprocal"](value.data, turned.data)
        value.grad = value.grad + slope * turned.grad

    turned._backward = step
    return turned


@add_to_class(Value)
def __truediv__(self, other):
    return self * reciprocal(wrap(other))


@add_to_class(Value)
def __rtruediv__(self, other):
    return wrap(other) * reciprocal(self)


@add_to_class(Value)
def __neg__(self):
    turned = Value(-self.data, (self,), "neg")

    def step():
        self.grad = self.grad - turned.grad

    turned._backward = step
    return turned


@add_to_class(Value)
def __sub__(self, other):
    return self + wrap(other).__neg__()


@add_to_class(Value)
def __rsub__(self, other):
    return wrap(other) + self.__neg__()


@add_to_class(Value)
def relu(self):
    rectified = Value(max(0.0, self.data), (self,), "relu")

    def step():
        slope = SLOPES["relu"](self.data, rectified.data)
        self.grad = self.grad + slope * rectified.grad

    rectified._backward = step
    return rectified


def tanh_from_exp(n):
    up = n.exp()
    down = n.__neg__().exp()
    difference = up - down
    total = up + down
    return difference / total
