"""The course in PyTorch, float64: what every check compares with.

This file is handed, as source, to a worker that has torch; it is imported by nobody else. Every
name that a program may ask a submission for is defined here a second time, on torch's autograd.
"""

import math

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Value:
    """A float64 scalar tensor that keeps its gradient, with micrograd's surface."""

    def __init__(self, data, children=(), op="", label=""):
        leaf = not isinstance(data, torch.Tensor)
        self.tensor = torch.tensor(float(data), requires_grad=True) if leaf else data
        if not leaf and self.tensor.requires_grad:
            self.tensor.retain_grad()
        self.label = label
        self._prev = set(children)
        self._op = op

    def __repr__(self):
        return f"Value(data={self.data})"

    @property
    def data(self):
        return self.tensor.item()

    @data.setter
    def data(self, number):
        with torch.no_grad():
            self.tensor.fill_(number)

    @property
    def grad(self):
        return 0.0 if self.tensor.grad is None else self.tensor.grad.item()

    @grad.setter
    def grad(self, number):
        self.tensor.grad = torch.tensor(float(number))

    def backward(self):
        self.tensor.backward(retain_graph=True)  # a program may go over shared results again

    def _backward(self):
        """One step back with the upstream gradient that stands in `grad`.

        By a product, since handing a gradient to torch's own backward imports sympy (0.4 s).
        """
        upstream, self.tensor.grad = self.grad, None
        (self.tensor * upstream).backward()

    def __add__(self, other):
        return _binary("+", torch.add, self, other)

    def __mul__(self, other):
        return _binary("*", torch.mul, self, other)

    def __sub__(self, other):
        return _binary("-", torch.sub, self, other)

    def __truediv__(self, other):
        return _binary("/", torch.div, self, other)

    def __radd__(self, other):
        return _binary("+", torch.add, other, self)

    def __rmul__(self, other):
        return _binary("*", torch.mul, other, self)

    def __rsub__(self, other):
        return _binary("-", torch.sub, other, self)

    def __rtruediv__(self, other):
        return _binary("/", torch.div, other, self)

    def __neg__(self):
        return _unary("neg", torch.neg, self)

    def __pow__(self, exponent):
        return Value(self.tensor**exponent, (self,), f"**{exponent}")

    def tanh(self):
        return _unary("tanh", torch.tanh, self)

    def exp(self):
        return _unary("exp", torch.exp, self)

    def relu(self):
        return _unary("relu", torch.relu, self)

    def log(self):
        return _unary("log", torch.log, self)


def _binary(op, function, left, right):
    left, right = (each if isinstance(each, Value) else Value(each) for each in (left, right))
    return Value(function(left.tensor, right.tensor), (left, right), op)


def _unary(op, function, operand):
    return Value(function(operand.tensor), (operand,), op)


# mg1: derivatives of functions of plain numbers


def _derivatives(f, arguments):
    """df/dx for each argument, by autograd."""
    tensors = [torch.tensor(float(each), requires_grad=True) for each in arguments]
    result = f(*tensors)
    if not isinstance(result, torch.Tensor):  # a constant function
        return [0.0 for _ in tensors]
    found = torch.autograd.grad(result, tensors, allow_unused=True)
    return [0.0 if each is None else each.item() for each in found]


def _number(x):
    return float(x.detach()) if isinstance(x, torch.Tensor) else float(x)


def _at(f, arguments):
    with torch.no_grad():
        return _number(f(*(torch.tensor(float(each)) for each in arguments)))


def parabola_slope(x):
    return _derivatives(lambda x: 3 * x**2 - 4 * x + 5, [x])[0]


def difference_quotient(f, x, h=None):
    """With a step: that very quotient. Without: what it approximates, the derivative."""
    if h is None:
        return _derivatives(f, [x])[0]
    return (_at(f, [x + h]) - _at(f, [x])) / h


def central_difference(f, x, h=None):
    if h is None:
        return _derivatives(f, [x])[0]
    return (_at(f, [x + h]) - _at(f, [x - h])) / (2 * h)


def partial_derivative(f, args, index, h=None):
    return _derivatives(f, args)[index]


def gradient(f, args, h=None):
    return _derivatives(f, args)


# mg2 and mg3: by hand


def manual_gradients(a, b, c, f):
    a, b, c, f = (Value(each) for each in (a, b, c, f))
    e = a * b
    d = e + c
    L = d * f
    L.backward()
    named = {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "L": L}
    return {name: each.grad for name, each in named.items()}


def nudge(data, grads, step):
    moved = torch.tensor(data) + step * torch.tensor(grads)
    return moved.tolist()


def neuron_gradients(x1, x2, w1, w2, b):
    return torch_neuron(x1, x2, w1, w2, b)[1]


# mg4 and mg5


def tanh_from_exp(n):
    return n.tanh()


def torch_neuron(x1, x2, w1, w2, b):
    names = ("x1", "x2", "w1", "w2", "b")
    x1, x2, w1, w2, b = leaves = [
        torch.tensor(float(each), requires_grad=True) for each in (x1, x2, w1, w2, b)
    ]
    out = torch.tanh(x1 * w1 + x2 * w2 + b)
    out.backward()
    return out.item(), {name: leaf.grad.item() for name, leaf in zip(names, leaves, strict=True)}


class Neuron:
    def __init__(self, nin):
        self.w = [Value(0.0) for _ in range(nin)]  # programs set them
        self.b = Value(0.0)

    def __call__(self, x):
        inputs = torch.stack([_tensor(each) for each in x])
        weights = torch.stack([w.tensor for w in self.w])
        return Value(torch.tanh(torch.dot(weights, inputs) + self.b.tensor))

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin, *nouts]
        self.layers = [Layer(*pair) for pair in zip(sizes, nouts, strict=False)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def _tensor(x):
    return x.tensor if isinstance(x, Value) else torch.tensor(float(x))


# mg6 and mg7


def squared_error(targets, predictions):
    outputs = torch.stack([_tensor(each) for each in predictions])
    wanted = torch.stack([_tensor(each) for each in targets])
    return Value(((outputs - wanted) ** 2).sum())


def descend(parameters, learning_rate):
    for p in parameters:
        p.data = p.data - learning_rate * p.grad


def zero_grad(parameters):
    for p in parameters:
        p.tensor.grad = None


def train(model, inputs, targets, steps, learning_rate):
    def loss(outputs, weights):
        return ((outputs - torch.tensor(targets)) ** 2).sum()

    return _descend_on(model, inputs, loss, steps, learning_rate)


def _descend_on(model, inputs, loss_of, steps, learning_rate):
    """Full-batch gradient descent with the model's weights as matrices; the loss of each step."""
    layers = [
        (
            torch.tensor([[w.data for w in neuron.w] for neuron in layer.neurons]),
            torch.tensor([neuron.b.data for neuron in layer.neurons]),
        )
        for layer in model.layers
    ]
    weights = [each.requires_grad_() for layer in layers for each in layer]
    points = torch.tensor([[float(each) for each in point] for point in inputs])
    losses = []
    for _ in range(steps):
        outputs = points
        for matrix, bias in layers:
            outputs = torch.tanh(outputs @ matrix.T + bias)
        loss = loss_of(outputs.squeeze(-1), weights)
        gradients = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            for weight, gradient in zip(weights, gradients, strict=True):
                weight -= learning_rate * gradient
        losses.append(loss.item())
    for layer, (matrix, bias) in zip(model.layers, layers, strict=True):
        for neuron, row, b in zip(layer.neurons, matrix.tolist(), bias.tolist(), strict=True):
            neuron.b.data = b
            for w, data in zip(neuron.w, row, strict=True):
                w.data = data
    return losses


# mg8


def challenge_value(a, b, c):
    return -(a**3) + math.sin(3 * b) - 1 / c + b**2.5 - a**0.5


def challenge_gradient(a, b, c):
    return _derivatives(
        lambda a, b, c: -(a**3) + torch.sin(3 * b) - 1 / c + b**2.5 - a**0.5, [a, b, c]
    )


def challenge_gradient_numerical(a, b, c, h=None):
    return challenge_gradient(a, b, c)


def softmax(logits):
    probabilities = torch.softmax(torch.stack([_tensor(each) for each in logits]), dim=0)
    return [Value(each) for each in probabilities.unbind()]


def negative_log_likelihood(logits, target):
    stacked = torch.stack([_tensor(each) for each in logits])
    return Value(torch.nn.functional.cross_entropy(stacked, torch.tensor(target)))


def hinge_loss(scores, labels, parameters=(), alpha=1e-4):
    margins = torch.stack([_tensor(each) for each in scores]) * torch.tensor(
        [float(each) for each in labels]
    )
    loss = torch.relu(1 - margins).mean()
    for p in parameters:
        loss = loss + alpha * p.tensor**2
    return Value(loss)


def accuracy(scores, labels):
    right = [
        (_number(_tensor(s)) > 0) == (label > 0) for s, label in zip(scores, labels, strict=True)
    ]
    return sum(right) / len(right)


def train_classifier(model, points, labels, steps, learning_rate, alpha=1e-4):
    wanted = torch.tensor([float(each) for each in labels])

    def loss(outputs, weights):
        penalty = sum((each**2).sum() for each in weights)
        return torch.relu(1 - wanted * outputs).mean() + alpha * penalty

    return _descend_on(model, points, loss, steps, learning_rate)
