"""Networks, with sums written as loops."""

import random

from mg4_activation import Value, add_to_class  # noqa: F401


def torch_neuron(x1, x2, w1, w2, b):
    import torch

    names = ["x1", "x2", "w1", "w2", "b"]
    point = torch.tensor([x1, x2, w1, w2, b], dtype=torch.float64, requires_grad=True)
    out = torch.tanh(point[0] * point[2] + point[1] * point[3] + point[4])
    out.backward()
    grads = {}
    for place in range(5):
        grads[names[place]] = point.grad[place].item()
    return out.item(), grads


def draw_weight():
    return Value(random.uniform(-1.0, 1.0))


class Neuron:
    def __init__(self, nin):
        self.w = []
        for _ in range(nin):
            self.w.append(draw_weight())
        self.b = draw_weight()

    def __call__(self, x):
        total = self.b
        for place in range(len(self.w)):
            total = total + self.w[place] * x[place]
        return total.tanh()


class Layer:
    def __init__(self, nin, nout):
        self.neurons = []
        for _ in range(nout):
            self.neurons.append(Neuron(nin))

    def __call__(self, x):
        outputs = []
        for neuron in self.neurons:
            outputs.append(neuron(x))
        if len(outputs) == 1:
            return outputs[0]
        return outputs


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        width = nin
        for nout in nouts:
            self.layers.append(Layer(width, nout))
            width = nout

    def __call__(self, x):
        signal = x
        for layer in self.layers:
            signal = layer(signal)
        return signal
