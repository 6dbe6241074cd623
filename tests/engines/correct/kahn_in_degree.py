from collections import deque
import math
import random


class Value:
    def __init__(self, data, parents=(), op=""):
        self.data = data
        self.grad = 0
        self.parents = parents
        self.op = op
        self.push = None  # hands my gradient on to my parents

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, [self, other], "+")

        def push(g):
            self.grad += g
            other.grad += g

        out.push = push
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, [self, other], "*")

        def push(g):
            self.grad += g * other.data
            other.grad += g * self.data

        out.push = push
        return out

    def __pow__(self, n):
        if not isinstance(n, (int, float)):
            raise TypeError("** takes an int or a float")
        out = Value(self.data**n, [self], f"^{n}")

        def push(g):
            self.grad += g * n * self.data ** (n - 1)

        out.push = push
        return out

    def _unary(self, op, y, dydx):
        out = Value(y, [self], op)

        def push(g):
            self.grad += g * dydx

        out.push = push
        return out

    def tanh(self):
        y = math.tanh(self.data)
        return self._unary("tanh", y, 1 - y * y)

    def exp(self):
        y = math.exp(self.data)
        return self._unary("exp", y, y)

    def log(self):
        return self._unary("log", math.log(self.data), 1 / self.data)

    def relu(self):
        return self._unary("relu", max(0, self.data), 1 if self.data > 0 else 0)

    def __neg__(self):
        return self._unary("neg", -self.data, -1)

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return self**-1 * other

    def backward(self):
        self.grad = 1
        for v in reversed(topological_order(self)):
            if v.push:
                v.push(v.grad)


def trace(root):
    nodes, edges = {root}, set()
    todo = [root]
    while todo:
        v = todo.pop()
        for p in v.parents:
            edges.add((p, v))
            if p not in nodes:
                nodes.add(p)
                todo.append(p)
    return nodes, edges


def topological_order(root):
    """Kahn: a node is ready once nothing that uses it is waiting."""
    nodes, edges = trace(root)
    users = {v: 0 for v in nodes}
    for child, _ in edges:
        users[child] += 1
    ready, order = deque([root]), []
    while ready:
        v = ready.popleft()
        order.append(v)
        for p in set(v.parents):
            users[p] -= 1
            if users[p] == 0:
                ready.append(p)
    order.reverse()
    return order


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        return sum([w * v for w, v in zip(self.w, x)], self.b).tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        for nout in nouts:
            self.layers.append(Layer(nin, nout))
            nin = nout

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def squared_error(targets, predictions):
    return sum((p - t) * (p - t) for t, p in zip(targets, predictions))


def zero_grad(parameters):
    for p in parameters:
        p.grad = 0


def descend(parameters, learning_rate):
    for p in parameters:
        p.data = p.data - learning_rate * p.grad


def train(model, inputs, targets, steps, learning_rate):
    history = []
    params = model.parameters()
    for _ in range(steps):
        zero_grad(params)
        loss = squared_error(targets, [model(x) for x in inputs])
        loss.backward()
        descend(params, learning_rate)
        history.append(float(loss.data))
    return history
