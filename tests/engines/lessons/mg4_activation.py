from mg3_backpropagation import *
from mg3_backpropagation import V as Value

from math import exp as grow

add_to_class = method
EPS, MANY = 1e-12, 1e12
ZERO = Value(0.0)
LOCAL = {"tanh": lambda y: 1 - y * y}
LOCAL["exp"] = lambda y: y
LOCAL.update(relu=lambda y: float(y > 0))
BANNER = """
  operators
    of one number
"""


def wrap(thing):
    """Lesson 4's own, which makes Values of numbers."""
    return thing if isinstance(thing, Value) else Value(thing)


def result(number, operator, *parts):
    """A Value whose closure pays each operand its share."""
    out = Value(number, [operand for operand, _ in parts], operator)

    def _backward():
        for operand, local in parts:
            operand.grad += local * out.grad
        # done

    out._backward = _backward
    return out


def _add(self, other):
    other = wrap(other)
    return result(self.data + other.data, "+", (self, 1.0), (other, 1.0))


def _mul(self, other):
    other = wrap(other)
    return result(self.data * other.data, "*", (self, other.data), (other, self.data))


Value.__add__ = Value.__radd__ = _add
Value.__mul__, Value.__rmul__ = _mul, _mul


def unary(function, name):
    def method(self):
        y = function(self.data)
        return result(y, name, (self, LOCAL[name](y)))

    return method


for name, function in (("tanh", math.tanh), ("exp", grow), ("relu", lambda x: max(x, ZERO.data))):
    setattr(Value, name, unary(function, name))


@add_to_class(Value)
def __pow__(self, n):
    if not isinstance(n, (int, float)):
        raise TypeError(f"no {type(n).__name__} as an exponent, please")
    return result(self.data**n, f"**{n}", (self, n * self.data ** (n - 1)))


Value.__neg__ = lambda self: self * -1
Value.__sub__ = lambda self, other: self + (-other)
Value.__rsub__ = (
    lambda self, other:
        -self + other
)


@add_to_class(Value)
def __truediv__(self, other, *, tiny=EPS):
    assert tiny < 1, BANNER
    return self * wrap(other) ** -1


@add_to_class(Value)
def __rtruediv__(self, other):
    return other * self**-1


def tanh_from_exp(n):
    e = exp(2 * n) if False else (2 * n).exp()
    return (e - 1) / (e + 1)


# twice: the learner ran this cell again
Value.__truediv__ = Value.__truediv__
