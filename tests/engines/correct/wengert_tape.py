"""Reverse mode on a tape: every operation appends one record, backward reads the tape from the end."""
import math
import random

TAPE = []  # (output, ((input, partial), ...)) in the order of evaluation


def record(data, *inputs):
    out = Value(data)
    out.position = len(TAPE)
    TAPE.append((out, inputs))
    return out


def lift(x):
    return x if isinstance(x, Value) else Value(x)


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self.position = -1  # leaves are not on the tape

    def __repr__(self):
        return "Value(data=%r)" % (self.data,)

    def __add__(self, other):
        other = lift(other)
        return record(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = lift(other)
        return record(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, n):
        if not isinstance(n, (int, float)):
            raise TypeError("unsupported exponent: %r" % (n,))
        return record(self.data**n, (self, n * self.data ** (n - 1)))

    def __neg__(self):
        return record(-self.data, (self, -1.0))

    def __sub__(self, other):
        return self + (-lift(other))

    def __truediv__(self, other):
        return self * lift(other) ** -1

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return lift(other) - self

    def __rtruediv__(self, other):
        return lift(other) / self

    def tanh(self):
        t = math.tanh(self.data)
        return record(t, (self, 1 - t**2))

    def exp(self):
        e = math.exp(self.data)
        return record(e, (self, e))

    def relu(self):
        on = self.data > 0
        return record(self.data if on else 0.0, (self, 1.0 if on else 0.0))

    def backward(self):
        adjoint = {self: 1.0}
        for position in range(self.position, -1, -1):
            out, inputs = TAPE[position]
            if out in adjoint:
                for value, partial in inputs:
                    adjoint[value] = adjoint.get(value, 0.0) + partial * adjoint[out]
        for value, gradient in adjoint.items():
            value.grad += gradient


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        z = self.b
        for wi, xi in zip(self.w, x):
            z = z + wi * xi
        return z.tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        y = [neuron(x) for neuron in self.neurons]
        return y[0] if len(y) == 1 else y

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin, *nouts]
        self.layers = [Layer(a, b) for a, b in zip(sizes[:-1], sizes[1:])]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def zero_grad(parameters):
    for p in parameters:
        p.grad = 0.0
