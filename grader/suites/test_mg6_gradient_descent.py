"""Lesson 6: the loss, the parameters, one step downhill."""

from grader.expressions import Draft
from grader.harness import concept, needs
from grader.harness.networks import parameters_of


@concept("mg6.loss")
def test_loss(check, draw):
    """The sum of the squared differences."""
    drafts = []
    for count in (1, 2, 4):
        draft = Draft()
        predictions = draft.values(*draw.numbers(count))
        loss = draft.call("squared_error", draw.numbers(count), predictions)
        drafts.append(draft.show(loss.data))
    check.agree(*drafts)


@concept("mg6.loss")
def test_loss_gradients(check, draw):
    """How the loss answers to each prediction."""
    drafts = []
    for count in (1, 3):
        draft = Draft()
        predictions = draft.values(*draw.numbers(count))
        loss = draft.call("squared_error", draw.numbers(count), predictions)
        loss.backward()
        drafts.append(draft.show(*(each.grad for each in predictions)))
    check.agree(*drafts)


@concept("mg6.loss")
@needs("lesson")
def test_loss_through_results(check, draw):
    """The predictions are results, and the gradient goes on below them."""
    draft = Draft()
    a, b, c = draft.values(*draw.numbers(3))
    loss = draft.call("squared_error", draw.numbers(2), [a * b, a + c])
    loss.backward()
    check.agree(draft.show(loss.data, a.grad, b.grad, c.grad))


def _all_of(check, draft, wanted, thing, name):
    """`parameters()` gives these Values, each once, in any order."""
    draft.show(thing.parameters())
    for each in wanted:
        draft.show(each)

    @check.judges(draft)
    def _(found, *values):
        listed = isinstance(found, list)
        check.require(listed, f"{name}.parameters() should return a list", draft, None, found)
        names = [repr(each) for each in found]
        there = {repr(each) for each in values}
        check.require(
            len(names) == len(wanted),
            f"{name} has {len(wanted)} parameters; yours are {len(names)}",
            draft,
            len(wanted),
            len(names),
        )
        missing = len(there - set(names))
        check.require(
            not missing and len(set(names)) == len(names),
            f"every weight and bias of {name} should be in the list once; {missing} are missing",
            draft,
            len(there),
            len(there & set(names)),
        )


@concept("mg6.parameters")
def test_of_a_neuron(check, draw):
    """Its weights and its bias."""
    draft = Draft()
    unit = draft.call("Neuron", 3)
    _all_of(check, draft, [unit.w[0], unit.w[1], unit.w[2], unit.b], unit, "Neuron(3)")


@concept("mg6.parameters")
def test_of_a_layer(check, draw):
    """Those of all its neurons, in one flat list."""
    draft = Draft()
    several = draft.call("Layer", 2, 3)
    wanted = [
        each
        for number in range(3)
        for unit in [several.neurons[number]]
        for each in (unit.w[0], unit.w[1], unit.b)
    ]
    _all_of(check, draft, wanted, several, "Layer(2, 3)")


@concept("mg6.parameters")
def test_of_an_mlp(check, draw):
    """41 of them."""
    draft = Draft()
    model = draft.call("MLP", 3, [4, 4, 1])
    _all_of(check, draft, parameters_of(model, 3, [4, 4, 1]), model, "MLP(3, [4, 4, 1])")


@concept("mg6.parameters")
def test_same_on_every_call(check, draw):
    """Asking twice gives the same Values in the same order."""
    draft = Draft()
    model = draft.call("MLP", 2, [2, 1])
    draft.show(model.parameters(), model.parameters())

    @check.judges(draft)
    def _(first, second):
        check.require(
            isinstance(first, list) and first == second and len(first) == 9,
            "a second call of parameters() should give the same 9 Values in the same order",
            draft,
            9,
            len(second) if isinstance(second, list) else second,
        )


@concept("mg6.step")
def test_step(check, draw):
    """Downhill, by learning rate times gradient."""
    drafts = []
    for rate in (0.05, 0.4):
        draft = Draft()
        values = draft.values(*draw.numbers(3))
        for each, grad in zip(values, draw.numbers(3), strict=True):
            each.grad = grad
        draft.call("descend", values, rate)
        drafts.append(draft.show(*(each.data for each in values)))
    check.agree(*drafts)


@concept("mg6.step")
def test_gradients_are_left_alone(check, draw):
    """A step changes data only."""
    draft = Draft()
    values = draft.values(*draw.numbers(2))
    for each, grad in zip(values, draw.numbers(2), strict=True):
        each.grad = grad
    draft.call("descend", values, 0.1)
    draft.call("descend", values, 0.1)
    check.agree(draft.show(*(each.data for each in values), *(each.grad for each in values)))


@concept("mg6.step")
def test_same_values(check, draw):
    """The network's own Values move: what is computed from them afterwards is new."""
    draft = Draft()
    a, b = draft.values(*draw.numbers(2))
    a.grad = draw.number()
    b.grad = draw.number()
    draft.call("descend", [a, b], 0.2)
    check.agree(draft.show((a * b).data))
