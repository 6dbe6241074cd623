"""Lesson 5: the same neuron in PyTorch; Neuron, Layer, MLP."""

from grader.expressions import Draft
from grader.harness import concept, needs
from grader.harness.networks import layer, mlp, neuron


@concept("mg5.torch-neuron")
def test_output(check, draw):
    """A plain float with all its digits."""
    drafts = []
    for _ in range(3):
        draft = Draft()
        result = draft.call("torch_neuron", *draw.numbers(5, -1.2, 1.2, 0.1))
        drafts.append(draft.show(result[0]))
    check.agree(*drafts)


@concept("mg5.torch-neuron")
def test_gradients(check, draw):
    """One a name."""
    drafts = []
    for _ in range(3):
        draft = Draft()
        result = draft.call("torch_neuron", *draw.numbers(5, -1.2, 1.2, 0.1))
        drafts.append(draft.show(*(result[1][name] for name in ("x1", "x2", "w1", "w2", "b"))))
    check.agree(*drafts)


@concept("mg5.torch-neuron")
def test_double_precision(check, draw):
    """Where single precision would show: a small difference of nearly equal numbers."""
    draft = Draft()
    x, w = draw.numbers(2, 1.2, 2.0)
    result = draft.call("torch_neuron", x + 1e-5, -x, w, w, 0.0)
    check.agree(draft.show(result[0], result[1]["b"]))


@concept("mg5.neuron")
def test_neuron_has_weights_and_a_bias(check, draw):
    """As many weights as inputs, each a Value in [-1, 1], not all the same."""
    draft = Draft()
    weights = [draft.call("Neuron", 8) for _ in range(2)]
    draft.show(weights[0].w, weights[1].w, weights[0].b.data)
    draft.show(*(each.w[n].data for each in weights for n in range(8)))

    @check.judges(draft)
    def _(first, second, bias, *numbers):
        for found in (first, second):
            count = len(found) if isinstance(found, list) else found
            check.require(count == 8, "a Neuron(8) should have 8 weights in w", draft, 8, count)
        drawn = [check.is_number(each, "a weight's data", draft) for each in (*numbers, bias)]
        check.require(
            all(-1.0 <= each <= 1.0 for each in drawn),
            "weights and bias should be drawn from -1 to 1",
            draft,
            "-1 to 1",
            max(drawn, key=abs),
        )
        check.require(
            len(set(drawn[:-1])) == 16 and min(drawn[:-1]) < 0 < max(drawn[:-1]),
            "each weight should be drawn anew, evenly from -1 to 1",
            draft,
        )


@concept("mg5.neuron")
def test_neuron_forward(check, draw):
    """tanh(w·x + b) on plain numbers."""
    drafts = []
    for count in (1, 2, 3):
        draft = Draft()
        unit = neuron(draft, draw, count)
        drafts.append(draft.show(unit(draw.numbers(count)).data))
    check.agree(*drafts)


@concept("mg5.neuron")
@needs("lesson")
def test_neuron_on_values(check, draw):
    """The inputs may be Values, and get gradients; so do weights and bias."""
    draft = Draft()
    unit = neuron(draft, draw, 2)
    x, y = draft.values(*draw.numbers(2))
    out = unit([x, y])
    out.backward()
    check.agree(draft.show(out.data, unit.w[0].grad, unit.w[1].grad, unit.b.grad, x.grad, y.grad))


@concept("mg5.layer")
def test_layer_outputs(check, draw):
    """A list, one output a neuron."""
    drafts = []
    for nin, nout in ((2, 2), (3, 2), (1, 3)):
        draft = Draft()
        outs = layer(draft, draw, nin, nout)(draw.numbers(nin))
        drafts.append(draft.show(*(outs[n].data for n in range(nout))))
    check.agree(*drafts)


@concept("mg5.layer")
def test_layer_of_one(check, draw):
    """A single output comes without a list around it."""
    draft = Draft()
    out = layer(draft, draw, 2, 1)(draw.numbers(2))
    check.agree(draft.show(out.data))


@concept("mg5.layer")
def test_layer_neurons_are_independent(check, draw):
    """Every neuron has weights of its own."""
    draft = Draft()
    several = draft.call("Layer", 2, 3)
    draft.show(several.neurons, *(several.neurons[n].w[0] for n in range(3)))

    @check.judges(draft)
    def _(neurons, *weights):
        count = len(neurons) if isinstance(neurons, list) else neurons
        check.require(count == 3, "a Layer(2, 3) should have 3 neurons", draft, 3, count)
        names = {repr(each) for each in weights}
        check.require(len(names) == 3, "two neurons share one weight", draft, 3, len(names))


@concept("mg5.mlp")
def test_mlp_output(check, draw):
    """Each layer's outputs are the next one's inputs."""
    drafts = []
    for nin, nouts in ((2, [2, 1]), (3, [2, 2, 1]), (2, [1])):
        draft = Draft()
        model = mlp(draft, draw, nin, nouts)
        drafts.append(draft.show(model(draw.numbers(nin)).data))
    check.agree(*drafts)


@concept("mg5.mlp")
def test_mlp_of_several_outputs(check, draw):
    """A list at the end."""
    draft = Draft()
    outs = mlp(draft, draw, 2, [2, 3])(draw.numbers(2))
    check.agree(draft.show(*(outs[n].data for n in range(3))))


@concept("mg5.mlp")
def test_mlp_layers(check, draw):
    """`MLP(3, [4, 4, 1])` has layers of 4, 4 and 1 neurons, fed by 3, 4 and 4."""
    draft = Draft()
    layers = draft.call("MLP", 3, [4, 4, 1]).layers
    draft.show(layers, *(layers[n].neurons for n in range(3)))
    draft.show(*(layers[n].neurons[0].w for n in range(3)))

    @check.judges(draft)
    def _(*lists):
        sizes = [len(each) if isinstance(each, list) else each for each in lists]
        check.require(
            sizes == [3, 4, 4, 1, 3, 4, 4],
            "MLP(3, [4, 4, 1]) should have three layers of 4, 4 and 1 neurons, "
            "with 3, 4 and 4 weights each",
            draft,
            [3, 4, 4, 1, 3, 4, 4],
            sizes,
        )
