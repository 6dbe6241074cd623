"""Every operation is its own kind of Value and knows how to go back."""
import math
import random


def value(x):
    return x if isinstance(x, Value) else Value(x)


class Value:
    inputs = ()

    def __init__(self, data):
        self.data = data
        self.grad = 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def send_back(self):
        """A leaf has nobody to send its gradient to."""

    def backward(self):
        seen, order = set(), []

        def visit(node):
            if node not in seen:
                seen.add(node)
                for i in node.inputs:
                    visit(i)
                order.insert(0, node)

        visit(self)
        self.grad = 1.0
        for node in order:
            node.send_back()

    def __add__(self, other):
        return Sum(self, value(other))

    def __radd__(self, other):
        return Sum(value(other), self)

    def __mul__(self, other):
        return Product(self, value(other))

    def __rmul__(self, other):
        return Product(value(other), self)

    def __sub__(self, other):
        return Difference(self, value(other))

    def __rsub__(self, other):
        return Difference(value(other), self)

    def __truediv__(self, other):
        return Quotient(self, value(other))

    def __rtruediv__(self, other):
        return Quotient(value(other), self)

    def __neg__(self):
        return Negative(self)

    def __pow__(self, exponent):
        return Power(self, exponent)

    def tanh(self):
        return Tanh(self)

    def exp(self):
        return Exponential(self)

    def relu(self):
        return Rectified(self)


class Binary(Value):
    def __init__(self, left, right):
        super().__init__(self.compute(left.data, right.data))
        self.left, self.right = self.inputs = left, right


class Unary(Value):
    def __init__(self, of):
        super().__init__(self.compute(of.data))
        self.of = of
        self.inputs = (of,)


class Sum(Binary):
    def compute(self, a, b):
        return a + b

    def send_back(self):
        self.left.grad += self.grad
        self.right.grad += self.grad


class Difference(Binary):
    def compute(self, a, b):
        return a - b

    def send_back(self):
        self.left.grad += self.grad
        self.right.grad -= self.grad


class Product(Binary):
    def compute(self, a, b):
        return a * b

    def send_back(self):
        self.left.grad += self.right.data * self.grad
        self.right.grad += self.left.data * self.grad


class Quotient(Binary):
    def compute(self, a, b):
        return a / b

    def send_back(self):
        self.left.grad += self.grad / self.right.data
        self.right.grad -= self.grad * self.data / self.right.data


class Negative(Unary):
    def compute(self, a):
        return -a

    def send_back(self):
        self.of.grad -= self.grad


class Power(Unary):
    def __init__(self, of, exponent):
        if not isinstance(exponent, (int, float)):
            raise TypeError("can only raise to an int or a float")
        self.exponent = exponent
        super().__init__(of)

    def compute(self, a):
        return a**self.exponent

    def send_back(self):
        self.of.grad += self.exponent * self.of.data ** (self.exponent - 1) * self.grad


class Tanh(Unary):
    def compute(self, a):
        return math.tanh(a)

    def send_back(self):
        self.of.grad += (1 - self.data * self.data) * self.grad


class Exponential(Unary):
    def compute(self, a):
        return math.exp(a)

    def send_back(self):
        self.of.grad += self.data * self.grad


class Rectified(Unary):
    def compute(self, a):
        return a if a > 0 else 0.0

    def send_back(self):
        self.of.grad += self.grad if self.of.data > 0 else 0.0


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), start=self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        first, *rest = [neuron(x) for neuron in self.neurons]
        return [first, *rest] if rest else first

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        self.layers = [Layer(i, o) for i, o in zip([nin, *nouts], nouts)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
