"""The loss, the parameters and a step, with loops."""

from mg5_pytorch import MLP, Layer, Neuron, Value, add_to_class  # noqa: F401


def squared_error(targets, predictions):
    loss = Value(0.0)
    for place in range(len(targets)):
        error = predictions[place] - targets[place]
        loss = loss + error * error
    return loss


def of_neuron(neuron):
    values = list(neuron.w)
    values.append(neuron.b)
    return values


def of_layer(layer):
    values = []
    for neuron in layer.neurons:
        values.extend(neuron.parameters())
    return values


def of_mlp(model):
    values = []
    for layer in model.layers:
        values.extend(layer.parameters())
    return values


Neuron.parameters = of_neuron
Layer.parameters = of_layer
MLP.parameters = of_mlp


def descend(parameters, learning_rate):
    for parameter in parameters:
        move = learning_rate * parameter.grad
        parameter.data = parameter.data - move
