"""Networks with known weights, written through the names that lesson 5 asks for."""

from grader.expressions import Draft, Draw, Symbol


def neuron(draft: Draft, draw: Draw, nin: int) -> Symbol:
    """A `Neuron(nin)` whose weights and bias are set."""
    unit = draft.call("Neuron", nin)
    set_neuron(unit, draw, nin)
    return unit


def layer(draft: Draft, draw: Draw, nin: int, nout: int) -> Symbol:
    """A `Layer(nin, nout)` whose weights and biases are set."""
    several = draft.call("Layer", nin, nout)
    for number in range(nout):
        set_neuron(several.neurons[number], draw, nin)
    return several


def mlp(draft: Draft, draw: Draw, nin: int, nouts: list[int]) -> Symbol:
    """An `MLP(nin, nouts)` whose weights and biases are set."""
    model = draft.call("MLP", nin, nouts)
    for unit, inputs in units(model, nin, nouts):
        set_neuron(unit, draw, inputs)
    return model


def units(model: Symbol, nin: int, nouts: list[int]) -> list[tuple[Symbol, int]]:
    """The neurons of an MLP, each with its number of inputs."""
    sizes = [nin, *nouts]
    return [
        (model.layers[depth].neurons[number], sizes[depth])
        for depth, nout in enumerate(nouts)
        for number in range(nout)
    ]


def parameters_of(model: Symbol, nin: int, nouts: list[int]) -> list[Symbol]:
    """Every weight and bias of an MLP, by its path, without asking the model."""
    return [
        parameter
        for unit, inputs in units(model, nin, nouts)
        for parameter in (*(unit.w[number] for number in range(inputs)), unit.b)
    ]


def set_neuron(unit: Symbol, draw: Draw, nin: int) -> None:
    """Give a neuron weights and a bias."""
    for number in range(nin):
        unit.w[number].data = draw.number(-1.0, 1.0, 0.1)
    unit.b.data = draw.number(-0.8, 0.8, 0.1)
