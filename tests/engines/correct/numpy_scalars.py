import numpy as np


class Value:
    """Scalar autograd whose numbers are numpy float64."""

    def __init__(self, data, children=(), op=""):
        self.data = np.float64(data)
        self.grad = np.float64(0)
        self._prev = frozenset(children)
        self._op = op
        self._backward = None

    def __repr__(self):
        return f"Value(data={float(self.data)}, grad={float(self.grad)})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(np.add(self.data, other.data), (self, other), "+")

        def _backward():
            self.grad = self.grad + out.grad
            other.grad = other.grad + out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(np.multiply(self.data, other.data), (self, other), "*")

        def _backward():
            self.grad = self.grad + out.grad * other.data
            other.grad = other.grad + out.grad * self.data

        out._backward = _backward
        return out

    def __pow__(self, n):
        if not isinstance(n, (int, float, np.number)):
            raise TypeError("exponent has to be a number")
        out = Value(np.power(self.data, np.float64(n)), (self,), "pow")

        def _backward():
            self.grad = self.grad + out.grad * n * np.power(self.data, np.float64(n - 1))

        out._backward = _backward
        return out

    def tanh(self):
        out = Value(np.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad = self.grad + out.grad * (1 - np.square(out.data))

        out._backward = _backward
        return out

    def exp(self):
        out = Value(np.exp(self.data), (self,), "exp")

        def _backward():
            self.grad = self.grad + out.grad * out.data

        out._backward = _backward
        return out

    def log(self):
        out = Value(np.log(self.data), (self,), "log")

        def _backward():
            self.grad = self.grad + out.grad / self.data

        out._backward = _backward
        return out

    def relu(self):
        out = Value(np.maximum(self.data, 0), (self,), "relu")

        def _backward():
            self.grad = self.grad + out.grad * np.heaviside(self.data, 0)

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self * other**-1

    def __rtruediv__(self, other):
        return Value(other) / self

    def backward(self):
        order, visited = [], set()

        def visit(v):
            if v not in visited:
                visited.add(v)
                for c in v._prev:
                    visit(c)
                order.append(v)

        visit(self)
        self.grad = np.float64(1)
        for v in order[::-1]:
            if v._backward is not None:
                v._backward()


class Neuron:
    def __init__(self, nin):
        self.w = [Value(w) for w in np.random.uniform(-1, 1, nin)]
        self.b = Value(np.random.uniform(-1, 1))

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin] + list(nouts)
        self.layers = [Layer(sizes[i], sizes[i + 1]) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def squared_error(targets, predictions):
    return sum([(p - t) ** 2 for t, p in zip(targets, predictions)])


def zero_grad(parameters):
    for p in parameters:
        p.grad = np.float64(0)


def descend(parameters, learning_rate):
    for p in parameters:
        p.data = p.data - learning_rate * p.grad


def train(model, inputs, targets, steps, learning_rate):
    losses = np.zeros(steps)
    for k in range(steps):
        loss = squared_error(targets, [model(x) for x in inputs])
        zero_grad(model.parameters())
        loss.backward()
        descend(model.parameters(), learning_rate)
        losses[k] = loss.data
    return losses.tolist()
