"""The training loop, with its inner loop written out."""

from mg6_gradient_descent import MLP, Value, add_to_class, descend, squared_error  # noqa: F401


def zero_grad(parameters):
    for parameter in parameters:
        parameter.grad = 0.0


def train(model, inputs, targets, steps, learning_rate):
    history = []
    while len(history) < steps:
        predictions = []
        for example in inputs:
            predictions.append(model(example))
        loss = squared_error(targets, predictions)
        history.append(loss.data)
        parameters = model.parameters()
        zero_grad(parameters)
        loss.backward()
        descend(parameters, learning_rate)
    return history
