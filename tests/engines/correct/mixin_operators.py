"""The core knows four operations; a mixin derives the rest from them, a base class serves all modules."""
import math
import random


class Arithmetic:
    """Everything that follows from +, *, ** and exp."""

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return (self**-1) * other

    def tanh(self):
        # 1 - 2 / (e^2x + 1), from the pieces
        return 1 - 2 / ((self * 2).exp() + 1)


class Value(Arithmetic):
    def __init__(self, data, parents=None):
        self.data = data
        self.grad = 0.0
        self._parents = parents or {}  # parent -> local derivative, summed over its uses

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        if not isinstance(other, Value):
            return Value(self.data + other, {self: 1.0})
        if other is self:
            return Value(self.data + self.data, {self: 2.0})
        return Value(self.data + other.data, {self: 1.0, other: 1.0})

    def __mul__(self, other):
        if not isinstance(other, Value):
            return Value(self.data * other, {self: other})
        if other is self:
            return Value(self.data * self.data, {self: 2.0 * self.data})
        return Value(self.data * other.data, {self: other.data, other: self.data})

    def __pow__(self, k):
        if not isinstance(k, (int, float)):
            raise TypeError(f"cannot raise a Value to a {type(k).__name__}")
        return Value(self.data**k, {self: k * self.data ** (k - 1)})

    def exp(self):
        e = math.exp(self.data)
        return Value(e, {self: e})

    def relu(self):
        return Value(max(self.data, 0.0), {self: float(self.data > 0)})

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if v in seen:
                return
            seen.add(v)
            for p in v._parents:
                visit(p)
            order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for p, local in v._parents.items():
                p.grad += local * v.grad


class Module:
    def parts(self):
        return []

    def parameters(self):
        return [p for part in self.parts() for p in part.parameters()]


class Neuron(Module):
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer(Module):
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def parts(self):
        return self.neurons

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs


class MLP(Module):
    def __init__(self, nin, nouts):
        sizes = [nin, *nouts]
        self.layers = [Layer(*pair) for pair in zip(sizes, sizes[1:])]

    def parts(self):
        return self.layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def train(model, inputs, targets, steps, learning_rate):
    losses = []
    for _ in range(steps):
        for p in model.parameters():
            p.grad = 0.0
        loss = sum((model(x) - y) ** 2 for x, y in zip(inputs, targets))
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses
