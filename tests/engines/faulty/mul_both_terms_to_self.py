# mistake: multiplication adds both terms to its left operand, the right one gets nothing.
# loses: mg3.add-backward, mg3.mul-backward, mg3.tanh-backward, mg3.backward, mg4.accumulate, mg4.exp, mg4.pow, mg4.div, mg4.sub, mg4.relu, mg7.integration, mg8.log
# One class, one `match`: the operation's name says what to do on the way back.
import math
import random


class Value:
    def __init__(self, data, prev=None, op=None, extra=None):
        self.data = data
        self.grad = 0.0
        self._prev = prev if prev is not None else []
        self._op = op
        self._extra = extra

    def __repr__(self):
        return f"Value(data={self.data}, op={self._op!r})"

    def _coerce(self, x):
        if isinstance(x, Value):
            return x
        return Value(x)

    def __add__(self, other):
        other = self._coerce(other)
        return Value(self.data + other.data, [self, other], "+")

    def __sub__(self, other):
        other = self._coerce(other)
        return Value(self.data - other.data, [self, other], "-")

    def __mul__(self, other):
        other = self._coerce(other)
        return Value(self.data * other.data, [self, other], "*")

    def __truediv__(self, other):
        other = self._coerce(other)
        return Value(self.data / other.data, [self, other], "/")

    def __pow__(self, k):
        if not isinstance(k, (int, float)):
            raise TypeError("power must be int or float")
        return Value(self.data**k, [self], "**", k)

    def __neg__(self):
        return Value(-self.data, [self], "neg")

    def __radd__(self, other):
        return self._coerce(other) + self

    def __rsub__(self, other):
        return self._coerce(other) - self

    def __rmul__(self, other):
        return self._coerce(other) * self

    def __rtruediv__(self, other):
        return self._coerce(other) / self

    def exp(self):
        return Value(math.exp(self.data), [self], "exp")

    def log(self):
        return Value(math.log(self.data), [self], "log")

    def tanh(self):
        return Value(math.tanh(self.data), [self], "tanh")

    def relu(self):
        return Value(self.data * (self.data > 0), [self], "relu")

    def _step_back(self):
        g = self.grad
        match self._op, self._prev:
            case "+", [a, b]:
                a.grad += g
                b.grad += g
            case "-", [a, b]:
                a.grad += g
                b.grad -= g
            case "*", [a, b]:
                da, db = b.data * g, a.data * g
                a.grad += da
                a.grad += db
            case "/", [a, b]:
                a.grad += g / b.data
                b.grad -= g * a.data / (b.data * b.data)
            case "**", [a]:
                k = self._extra
                a.grad += g * k * a.data ** (k - 1)
            case "neg", [a]:
                a.grad -= g
            case "exp", [a]:
                a.grad += g * self.data
            case "log", [a]:
                a.grad += g / a.data
            case "tanh", [a]:
                a.grad += g * (1 - self.data**2)
            case "relu", [a]:
                if a.data > 0:
                    a.grad += g

    def backward(self):
        order, seen = [], set()

        def walk(v):
            seen.add(v)
            for p in v._prev:
                if p not in seen:
                    walk(p)
            order.append(v)

        walk(self)
        self.grad = 1.0
        while order:
            order.pop()._step_back()


def trace(root):
    nodes, edges = set(), set()

    def walk(v):
        nodes.add(v)
        for p in v._prev:
            edges.add((p, v))
            if p not in nodes:
                walk(p)

    walk(root)
    return nodes, edges


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        act = self.b
        for i in range(len(self.w)):
            act = act + self.w[i] * x[i]
        return act.tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        ps = []
        for n in self.neurons:
            ps.extend(n.parameters())
        return ps


class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin] + nouts
        self.layers = [Layer(sizes[i], sizes[i + 1]) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        ps = []
        for layer in self.layers:
            ps.extend(layer.parameters())
        return ps
