"""Functions first: the class is a bare record, its operators are assigned at the bottom of the engine."""
import math
import random


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self.inputs = []
        self.rule = None


def node(data, inputs, rule):
    v = Value(data)
    v.inputs = inputs
    v.rule = rule
    return v


def constant(x):
    return x if isinstance(x, Value) else Value(x)


def add(a, b):
    a, b = constant(a), constant(b)
    return node(a.data + b.data, [a, b], lambda g: [g, g])


def subtract(a, b):
    a, b = constant(a), constant(b)
    return node(a.data - b.data, [a, b], lambda g: [g, -g])


def multiply(a, b):
    a, b = constant(a), constant(b)
    return node(a.data * b.data, [a, b], lambda g: [g * b.data, g * a.data])


def divide(a, b):
    return multiply(a, power(constant(b), -1))


def power(a, n):
    if not isinstance(n, (int, float)):
        raise TypeError("power() wants an int or float exponent")
    return node(a.data**n, [a], lambda g: [g * n * a.data ** (n - 1)])


def negative(a):
    return subtract(0, a)


def tanh(a):
    t = math.tanh(a.data)
    return node(t, [a], lambda g: [g * (1 - t) * (1 + t)])


def exp(a):
    e = math.exp(a.data)
    return node(e, [a], lambda g: [g * e])


def log(a):
    return node(math.log(a.data), [a], lambda g: [g / a.data])


def relu(a):
    return node(max(a.data, 0.0), [a], lambda g: [g if a.data > 0 else 0.0])


def topological_order(root):
    order, seen = [], set()

    def visit(v):
        if v not in seen:
            seen.add(v)
            for i in v.inputs:
                visit(i)
            order.append(v)

    visit(root)
    return order


def backward(root):
    root.grad = 1.0
    for v in reversed(topological_order(root)):
        if v.rule:
            for i, g in zip(v.inputs, v.rule(v.grad)):
                i.grad += g


def flipped(f):
    return lambda self, other: f(other, self)


Value.__repr__ = lambda self: f"Value(data={self.data})"
Value.__add__, Value.__radd__ = add, flipped(add)
Value.__sub__, Value.__rsub__ = subtract, flipped(subtract)
Value.__mul__, Value.__rmul__ = multiply, flipped(multiply)
Value.__truediv__, Value.__rtruediv__ = divide, flipped(divide)
Value.__pow__ = power
Value.__neg__ = negative
for function in (tanh, exp, log, relu, backward):
    setattr(Value, function.__name__, function)


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        z = self.b
        for w, xi in zip(self.w, x):
            z = add(z, multiply(w, xi))
        return tanh(z)

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = list(map(lambda n: n(x), self.neurons))
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        self.layers = [Layer(i, o) for i, o in zip([nin, *nouts], nouts)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def squared_error(targets, predictions):
    return sum(power(subtract(p, t), 2) for t, p in zip(targets, predictions))


def zero_grad(parameters):
    for p in parameters:
        p.grad = 0.0


def descend(parameters, learning_rate):
    for p in parameters:
        p.data -= learning_rate * p.grad
