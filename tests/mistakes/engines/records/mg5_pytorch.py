"""Networks as plain classes that fold their inputs."""

import random
from functools import reduce
from itertools import pairwise

from mg4_activation import Value, add_to_class  # noqa: F401


def torch_neuron(x1, x2, w1, w2, b):
    import torch

    x = torch.tensor([x1, x2], dtype=torch.float64, requires_grad=True)
    w = torch.tensor([w1, w2], dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(b, dtype=torch.float64, requires_grad=True)
    out = (x @ w + bias).tanh()
    of_x, of_w, of_bias = torch.autograd.grad(out, [x, w, bias])
    grads = dict(zip(["x1", "x2", "w1", "w2"], of_x.tolist() + of_w.tolist(), strict=True))
    return out.item(), grads | {"b": of_bias.item()}


class Neuron:
    def __init__(self, nin):
        numbers = [random.uniform(-1, 1) for _ in range(nin + 1)]
        *self.w, self.b = map(Value, numbers)

    def __call__(self, x):
        products = [a * b for a, b in zip(self.w, x, strict=True)]
        return reduce(lambda total, product: total + product, products, self.b).tanh()


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        if len(outs) > 1:
            return outs
        return outs.pop()


class MLP:
    def __init__(self, nin, nouts):
        self.layers = [Layer(*sizes) for sizes in pairwise((nin, *nouts))]

    def __call__(self, x):
        return reduce(lambda signal, layer: layer(signal), self.layers, x)
