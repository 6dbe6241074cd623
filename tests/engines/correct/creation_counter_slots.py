"""No graph search for an order: a value is always younger than what it was made from."""
import itertools
import math
import random

_clock = itertools.count()


class Value:
    __slots__ = ("data", "grad", "_born", "_from", "_local")

    def __init__(self, data, _from=(), _local=()):
        self.data = data
        self.grad = 0.0
        self._born = next(_clock)
        self._from = _from
        self._local = _local

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        if not isinstance(other, Value):
            return Value(self.data + other, (self,), (1.0,))
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    __radd__ = __add__

    def __mul__(self, other):
        if not isinstance(other, Value):
            return Value(self.data * other, (self,), (other,))
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    __rmul__ = __mul__

    def __neg__(self):
        return Value(-self.data, (self,), (-1.0,))

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __pow__(self, exponent):
        if not isinstance(exponent, (int, float)):
            raise TypeError("the exponent must be a number")
        slope = exponent * self.data ** (exponent - 1)
        return Value(self.data**exponent, (self,), (slope,))

    def __truediv__(self, other):
        if not isinstance(other, Value):
            return self * (1 / other)
        return self * other**-1

    def __rtruediv__(self, other):
        return self**-1 * other

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1.0 - t * t,))

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), (e,))

    def relu(self):
        if self.data > 0:
            return Value(self.data, (self,), (1.0,))
        return Value(0.0, (self,), (0.0,))

    def backward(self):
        self.grad = 1.0
        for value in reversed(topological_order(self)):
            for source, local in zip(value._from, value._local):
                source.grad += local * value.grad


def topological_order(root):
    found, frontier = {root}, [root]
    while frontier:
        for source in frontier.pop()._from:
            if source not in found:
                found.add(source)
                frontier.append(source)
    return sorted(found, key=lambda value: value._born)


class Neuron:
    __slots__ = ("w", "b")

    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    __slots__ = ("neurons",)

    def __init__(self, nin, nout):
        self.neurons = tuple(Neuron(nin) for _ in range(nout))

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    __slots__ = ("layers",)

    def __init__(self, nin, nouts):
        sizes = itertools.pairwise([nin, *nouts])
        self.layers = tuple(Layer(a, b) for a, b in sizes)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
