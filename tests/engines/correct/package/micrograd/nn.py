"""Networks on top of the engine."""
import random

from micrograd.engine import Value


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        return (sum(wi * xi for wi, xi in zip(self.w, x)) + self.b).tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        self.layers = [Layer(i, o) for i, o in zip([nin] + nouts, nouts)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def squared_error(targets, predictions):
    return sum(((t - p) ** 2 for t, p in zip(targets, predictions)), Value(0.0))


def zero_grad(parameters):
    for p in parameters:
        p.grad = 0.0


def descend(parameters, learning_rate):
    for p in parameters:
        p.data -= learning_rate * p.grad


def train(model, inputs, targets, steps, learning_rate):
    losses = []
    for _ in range(steps):
        loss = squared_error(targets, [model(x) for x in inputs])
        zero_grad(model.parameters())
        loss.backward()
        descend(model.parameters(), learning_rate)
        losses.append(loss.data)
    return losses
