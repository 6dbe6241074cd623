# mistake: multiplication gives each operand its own data as local derivative where it should be the other's.
# loses: mg3.add-backward, mg3.mul-backward, mg3.tanh-backward, mg3.backward, mg4.accumulate, mg4.exp, mg4.pow, mg4.div, mg4.sub, mg4.relu, mg7.integration, mg8.log
"""Each node keeps (parent, local derivative) pairs; the chain rule lives in backward alone."""
from math import exp, log, tanh
from random import uniform


class Value:
    def __init__(self, data, edges=()):
        self.data = float(data)
        self.grad = 0.0
        self.edges = list(edges)

    def __repr__(self):
        return f"Value(data={self.data:g}, grad={self.grad:g})"

    @staticmethod
    def wrap(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.wrap(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __sub__(self, other):
        other = Value.wrap(other)
        return Value(self.data - other.data, [(self, 1.0), (other, -1.0)])

    def __mul__(self, other):
        other = Value.wrap(other)
        return Value(self.data * other.data, [(self, self.data), (other, other.data)])

    def __truediv__(self, other):
        other = Value.wrap(other)
        q = self.data / other.data
        return Value(q, [(self, 1 / other.data), (other, -q / other.data)])

    def __pow__(self, k):
        if isinstance(k, (int, float)):
            return Value(self.data**k, [(self, k * self.data ** (k - 1))])
        raise TypeError("Value ** k needs a plain number k")

    def __radd__(self, other):
        return Value.wrap(other) + self

    def __rsub__(self, other):
        return Value.wrap(other) - self

    def __rmul__(self, other):
        return Value.wrap(other) * self

    def __rtruediv__(self, other):
        return Value.wrap(other) / self

    def __neg__(self):
        return Value(-self.data, [(self, -1.0)])

    def tanh(self):
        t = tanh(self.data)
        return Value(t, [(self, 1 - t * t)])

    def exp(self):
        e = exp(self.data)
        return Value(e, [(self, e)])

    def log(self):
        return Value(log(self.data), [(self, 1 / self.data)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

    def backward(self):
        order, done = [], set()

        def visit(node):
            if id(node) in done:
                return
            done.add(id(node))
            for parent, _ in node.edges:
                visit(parent)
            order.append(node)

        visit(self)
        # gradients of this pass only, so that a second pass adds to the first
        flowing = {id(self): 1.0}
        for node in reversed(order):
            g = flowing.pop(id(node))
            node.grad += g
            for parent, local in node.edges:
                flowing[id(parent)] = flowing.get(id(parent), 0.0) + local * g


class Neuron:
    def __init__(self, nin):
        self.w = [Value(uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(uniform(-1, 1))

    def __call__(self, x):
        return (sum(w * xi for w, xi in zip(self.w, x)) + self.b).tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        out = [n(x) for n in self.neurons]
        return out if len(out) > 1 else out[0]

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        self.layers = [Layer(i, o) for i, o in zip([nin] + list(nouts), nouts)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def squared_error(targets, predictions):
    total = Value(0.0)
    for t, p in zip(targets, predictions):
        total = total + (p - t) ** 2
    return total


def descend(parameters, learning_rate):
    for p in parameters:
        p.data -= learning_rate * p.grad
