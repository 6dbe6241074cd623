import random

from mg4_activation import Value, add_to_class, wrap


def torch_neuron(x1, x2, w1, w2, b):
    import torch

    x1, x2, w1, w2, b = leaves = [
        torch.tensor(each, dtype=torch.double, requires_grad=True) for each in (x1, x2, w1, w2, b)
    ]
    out = torch.tanh(x1 * w1 + x2 * w2 + b)
    out.backward()
    grads = [leaf.grad.item() for leaf in leaves]
    return out.item(), dict(zip(("x1", "x2", "w1", "w2", "b"), grads))


class Module:
    """What is common to all."""

    def __init__(self, parts=()):
        self.parts = list(parts)


class Neuron(Module):
    def __init__(self, nin):
        super().__init__()
        self.w = [self.draw() for _ in range(nin)]
        self.b = self.draw()

    @staticmethod
    def draw():
        return Value(random.uniform(-1, 1))

    def __call__(self, x):
        return (sum(map(lambda w, x: w * wrap(x), self.w, x)) + self.b).tanh()


class Layer(Module):
    def __init__(self, nin, nout):
        super().__init__(Neuron(nin) for _ in range(nout))

    @property
    def neurons(self):
        return self.parts

    @neurons.setter
    def neurons(self, given):
        self.parts = given

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs if len(outs) > 1 else outs[0]


class MLP(Module):
    def __init__(self, nin, nouts):
        super().__init__(Layer(*each) for each in zip([nin] + nouts, nouts))
        self.layers = self.parts

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
