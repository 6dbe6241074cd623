"""Lesson 7: the training loop, and everything together."""

from grader.expressions import Draft
from grader.harness import concept, needs
from grader.harness.networks import mlp, parameters_of


@concept("mg7.zero-grad")
def test_gradients_are_zero(check, draw):
    """All of them, and the data stays."""
    draft = Draft()
    values = draft.values(*draw.numbers(3))
    for each, grad in zip(values, draw.numbers(3), strict=True):
        each.grad = grad
    draft.call("zero_grad", values)
    check.agree(draft.show(*(each.grad for each in values), *(each.data for each in values)))


@concept("mg7.zero-grad")
@needs("lesson")
def test_second_backward_starts_afresh(check, draw):
    """Between two backward passes over one expression's inputs."""
    draft = Draft()
    a, b = draft.values(*draw.numbers(2))
    (a * b).backward()
    draft.call("zero_grad", [a, b])
    (a * b + a).backward()
    check.agree(draft.show(a.grad, b.grad))


def _training(draw, nin, nouts, count, steps, rate):
    """A draft that trains, its model, and the losses."""
    draft = Draft()
    model = mlp(draft, draw, nin, nouts)
    inputs = [draw.numbers(nin) for _ in range(count)]
    targets = [1.0 if number % 2 else -1.0 for number in range(count)]
    losses = draft.call("train", model, inputs, targets, steps, rate)
    return draft, model, losses


@concept("mg7.train")
def test_first_loss(check, draw):
    """The loss before the first step."""
    draft, _, losses = _training(draw, 2, [2, 1], 3, 1, 0.05)
    check.agree(draft.show(losses[0]))


@concept("mg7.train")
def test_one_step(check, draw):
    """Where the parameters are after one step."""
    draft, model, _ = _training(draw, 2, [2, 1], 3, 1, 0.05)
    # Whether gradients are left over is nobody's fault; it tells mistakes with equal numbers apart.
    left = Draft()
    trained = mlp(left, draw, 2, [2, 1])
    left.call("train", trained, [draw.numbers(2)], [1.0], 1, 0.05)
    check.look(left.show(*(each.grad for each in parameters_of(trained, 2, [2, 1]))))
    check.agree(draft.show(*(each.data for each in parameters_of(model, 2, [2, 1]))))


@concept("mg7.train")
def test_losses(check, draw):
    """One loss a step, along PyTorch's trajectory."""
    draft, _, losses = _training(draw, 2, [3, 1], 4, 6, 0.05)
    check.agree(draft.show(losses))


@concept("mg7.train")
def test_parameters_at_the_end(check, draw):
    """Where PyTorch arrives as well."""
    draft, model, _ = _training(draw, 3, [2, 1], 3, 5, 0.1)
    check.agree(draft.show(*(each.data for each in parameters_of(model, 3, [2, 1]))))


@concept("mg7.integration")
def test_network_forward_and_backward(check, draw):
    """A random network, and the gradient of every parameter."""
    draft = Draft()
    model = mlp(draft, draw, 3, [3, 1])
    out = draft.let("out", model(draw.numbers(3)))
    out.backward()
    parameters = parameters_of(model, 3, [3, 1])
    check.agree(draft.show(out.data, *(each.grad for each in parameters)))


@concept("mg7.integration")
def test_loss_over_two_points(check, draw):
    """The same parameters used for two inputs: their gradients add up."""
    draft = Draft()
    model = mlp(draft, draw, 2, [2, 2, 1])
    first = model(draw.numbers(2)) + draft.value(-1.0)
    second = model(draw.numbers(2)) + draft.value(0.5)
    loss = draft.let("loss", first * first + second * second)
    loss.backward()
    parameters = parameters_of(model, 2, [2, 2, 1])
    check.agree(draft.show(loss.data, *(each.grad for each in parameters)))


@concept("mg7.integration")
def test_model_tells_its_parameters(check, draw):
    """A step along what `parameters()` gives moves the output."""
    draft = Draft()
    model = mlp(draft, draw, 2, [2, 1])
    model(draw.numbers(2)).backward()
    told = model.parameters()
    draft.show(told, *parameters_of(model, 2, [2, 1]))

    @check.judges(draft)
    def _(found, *values):
        names = [repr(each) for each in found] if isinstance(found, list) else []
        check.require(
            sorted(names) == sorted(repr(each) for each in values),
            "model.parameters() should give the 9 weights and biases of MLP(2, [2, 1])",
            draft,
            9,
            len(names),
        )
