"""Networks in the lecture's manner."""

from random import uniform

from mg4_activation import Value, add_to_class  # noqa: F401


def torch_neuron(x1, x2, w1, w2, b):
    import torch

    leaves = [torch.tensor([each], dtype=torch.float64) for each in (x1, x2, w1, w2, b)]
    for leaf in leaves:
        leaf.requires_grad = True
    x1, x2, w1, w2, b = leaves
    o = (x1 * w1 + x2 * w2 + b).tanh()
    o.backward()
    return o.item(), {
        name: leaf.grad.item()
        for name, leaf in zip(("x1", "x2", "w1", "w2", "b"), leaves, strict=True)
    }


class Neuron:
    def __init__(self, nin):
        self.w = [Value(uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(uniform(-1, 1))

    def __call__(self, x):
        act = self.b
        for wi, xi in zip(self.w, x, strict=True):
            act = wi * xi + act
        return act.tanh()


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        match [n(x) for n in self.neurons]:
            case [only]:
                return only
            case several:
                return several


class MLP:
    def __init__(self, nin, nouts):
        ins = [nin, *nouts[:-1]]
        self.layers = [Layer(i, o) for i, o in zip(ins, nouts, strict=True)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
