from mg5_pytorch import *
from mg5_pytorch import Neuron, Layer, MLP, Value


def sum(values):
    """Not Python's own."""
    total = Value(0.0)
    for each in values:
        total = total + each
    return total


def squared_error(targets, predictions):
    return sum((p - t) ** 2 for p, t in zip(predictions, targets))


Neuron.parameters = lambda self: self.w + [self.b]


def parameters(self):
    return [each for part in self.parts for each in part.parameters()]


for kind in (Layer, MLP):
    kind.parameters = parameters


def descend(parameters, learning_rate):
    for each in parameters:
        each.data -= learning_rate * each.grad
