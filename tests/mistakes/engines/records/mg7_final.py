"""The training loop as a function that takes one step, and a list of its losses."""

from mg6_gradient_descent import MLP, Value, add_to_class, descend, squared_error  # noqa: F401


def zero_grad(parameters):
    for each in parameters:
        each.grad = 0.0


def one_step(model, loss, learning_rate):
    zero_grad(model.parameters())
    loss.backward()
    descend(model.parameters(), learning_rate)
    return loss.data


def train(model, inputs, targets, steps, learning_rate):
    def loss():
        return squared_error(targets, [model(each) for each in inputs])

    return [one_step(model, loss(), learning_rate) for _ in range(steps)]
