"""PyTorch's namespace against closed forms and finite differences: the reference is not believed
blindly either. It runs where the grader runs it, in a worker of its own."""

import dataclasses
import math

import pytest

from grader.course import load_course
from grader.engines import TORCH_ENGINE
from grader.expressions import Draft, Draw, exp, sin, tanh
from grader.expressions.draw import OPERATORS
from grader.harness import networks
from grader.sandbox import Engine, Sandbox, Source


@pytest.fixture(scope="module")
def answer():
    """PyTorch's values for what `write(draft)` returns."""
    code = TORCH_ENGINE.read_text(encoding="utf-8")
    limits = dataclasses.replace(load_course().limits, program_seconds=20.0, lesson_seconds=600.0)
    with Sandbox(limits) as sandbox:
        engine = Engine(sandbox, "torch", [Source("torch_engine", ((TORCH_ENGINE.name, code),))])

        def evaluate(write):
            draft = Draft()
            shown = write(draft)
            single = not isinstance(shown, list)
            program = draft.show(*([shown] if single else shown)).program()
            [reply] = engine.evaluate([program])
            assert reply.fault is None, reply.fault
            return reply.values[0] if single else list(reply.values)

        yield evaluate
        engine.close()


def near(expected):
    return pytest.approx(expected, rel=1e-11, abs=1e-13)


def slope(f, x, h=1e-5):
    """f'(x), to about ten digits."""
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)


# How it is written, what it computes, its derivative.
UNARY = {
    "neg": (lambda x: -x, lambda x: -x, lambda x: -1.0),
    "tanh": (lambda x: x.tanh(), math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "exp": (lambda x: x.exp(), math.exp, math.exp),
    "log": (lambda x: x.log(), math.log, lambda x: 1 / x),
    "relu": (lambda x: x.relu(), lambda x: max(x, 0.0), lambda x: float(x > 0)),
    "square": (lambda x: x**2, lambda x: x * x, lambda x: 2 * x),
    "power": (lambda x: x**2.5, lambda x: x**2.5, lambda x: 2.5 * x**1.5),
    "inverse": (lambda x: x**-1, lambda x: 1 / x, lambda x: -1 / x**2),
    "number +": (lambda x: 3 + x, lambda x: 3 + x, lambda x: 1.0),
    "number -": (lambda x: 3 - x, lambda x: 3 - x, lambda x: -1.0),
    "number *": (lambda x: 3 * x, lambda x: 3 * x, lambda x: 3.0),
    "number /": (lambda x: 3 / x, lambda x: 3 / x, lambda x: -3 / x**2),
    "+ number": (lambda x: x + 3, lambda x: x + 3, lambda x: 1.0),
    "- number": (lambda x: x - 3, lambda x: x - 3, lambda x: 1.0),
    "* number": (lambda x: x * 3, lambda x: x * 3, lambda x: 3.0),
    "/ number": (lambda x: x / 3, lambda x: x / 3, lambda x: 1 / 3),
}


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("x", [0.3, 1.7])
def test_operators_of_one_value(answer, name, x):
    write, compute, derivative = UNARY[name]

    def alone(draft):
        a = draft.value(x)
        out = write(a)
        out.backward()
        return [out.data, a.grad, out.grad]

    def step(draft):
        a = draft.value(x)
        draft.upstream(write(a), -1.7)
        return a.grad

    assert answer(alone) == near([compute(x), derivative(x), 1.0])
    assert derivative(x) == pytest.approx(slope(compute, x), rel=1e-8, abs=1e-8)
    assert answer(step) == near(-1.7 * derivative(x))


@pytest.mark.parametrize(
    ("write", "compute", "partials"),
    [
        (lambda a, b: a + b, lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
        (lambda a, b: a - b, lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
        (lambda a, b: a * b, lambda a, b: a * b, lambda a, b: (b, a)),
        (lambda a, b: a / b, lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2)),
    ],
)
def test_operators_of_two_values(answer, write, compute, partials):
    a, b = 1.3, -0.7

    def program(draft):
        left, right = draft.values(a, b)
        out = write(left, right)
        draft.upstream(out, 2.5)
        return [out.data, left.grad, right.grad]

    first, second = partials(a, b)
    assert answer(program) == near([compute(a, b), 2.5 * first, 2.5 * second])


def test_negative_side_of_relu(answer):
    def program(draft):
        a = draft.value(-0.5)
        out = a.relu()
        out.backward()
        return [out.data, a.grad]

    assert answer(program) == [0.0, 0.0]


def test_gradients_accumulate_and_can_be_set(answer):
    def program(draft):
        a = draft.value(2.0)
        before = a.grad
        (a * a + a).backward()
        after = a.grad
        a.grad = 0.0
        (a * 3).backward()
        return [before, after, a.grad]

    assert answer(program) == near([0.0, 5.0, 3.0])


def test_data_can_be_set_before_it_is_used(answer):
    def program(draft):
        a = draft.value(2.0)
        a.data = -0.5
        out = a * a
        out.backward()
        return [a.data, out.data, a.grad]

    assert answer(program) == near([-0.5, 0.25, -1.0])


def test_it_computes_in_double_precision(answer):
    tiny = 1e-12
    assert answer(lambda draft: (draft.value(1.0) + tiny - 1.0).data) == pytest.approx(
        tiny, rel=1e-3
    )
    assert answer(lambda draft: draft.value(0.1).data) == 0.1


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_agree_with_finite_differences(answer, seed):
    """A graph drawn with PyTorch's gradients, beside slopes of the same graph's plain numbers."""

    def written(draft):
        return Draw(f"torch:{seed}").dag(draft, [*OPERATORS])

    def gradients(draft):
        root, leaves = written(draft)
        root.backward()
        return [root.data, *(leaf.grad for leaf in leaves)]

    draft = Draft()
    root, leaves = written(draft)
    program = draft.show(root).program()

    def height(data):
        """The root's number by plain Python, from other numbers at the leaves."""
        slots = []
        moved = dict(zip((draft.number_of(leaf) for leaf in leaves), data, strict=True))
        for number, (kind, *rest) in enumerate(program.steps):
            value = [slots[each["ref"]] if isinstance(each, dict) else each for each in rest]
            if number in moved:
                slots.append(moved[number])
            elif kind == "op":
                operation = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__"}
                name = operation.get(rest[0], "__pow__")
                slots.append(getattr(float(value[1]), name)(float(value[2])))
            elif kind == "neg":
                slots.append(-value[0])
            elif kind == "get":
                slots.append((rest[1], value[0]))
            elif kind == "call" and rest[0] != {"ref": 0}:
                name, x = value[0]
                slots.append(max(x, 0.0) if name == "relu" else getattr(math, name)(x))
            else:
                slots.append(None)
        return slots[draft.number_of(root)]

    data = [program.steps[draft.number_of(leaf)][2][0] for leaf in leaves]
    value, *grads = answer(gradients)
    assert value == near(height(data))
    for place, grad in enumerate(grads):

        def moved(x, place=place):
            return height([x if n == place else each for n, each in enumerate(data)])

        assert grad == pytest.approx(slope(moved, data[place]), rel=1e-5, abs=1e-5)


# mg1


def test_slopes_of_functions(answer):
    functions = [
        (lambda x: 3 * x**2 - 4 * x + 5, lambda x: 6 * x - 4),
        (lambda x: sin(x) * exp(-x), lambda x: (math.cos(x) - math.sin(x)) * math.exp(-x)),
        (lambda x: tanh(x) / x, lambda x: (1 - math.tanh(x) ** 2) / x - math.tanh(x) / x**2),
        (lambda x: 7, lambda x: 0.0),
    ]
    for f, derivative in functions:
        for name in ("difference_quotient", "central_difference"):
            got = answer(lambda draft, n=name, f=f: draft.call(n, draft.function(f), 0.8))
            assert got == near(derivative(0.8))
    assert answer(lambda draft: draft.call("parabola_slope", -1.5)) == near(-13.0)


def test_quotients_with_a_given_step(answer):
    def f(x):
        return x**3 - 2 * x

    def program(draft):
        g = draft.function(f)
        return [
            draft.call("difference_quotient", g, 0.7, 0.5),
            draft.call("difference_quotient", g, 0.7, -0.25),
            draft.call("central_difference", g, 0.7, 0.5),
        ]

    assert answer(program) == near(
        [(f(1.2) - f(0.7)) / 0.5, (f(0.45) - f(0.7)) / -0.25, (f(1.2) - f(0.2)) / 1.0]
    )


def test_partial_derivatives(answer):
    def program(draft):
        f = draft.function(lambda a, b, c: a**2 * b - c * a, 3)
        parts = [draft.call("partial_derivative", f, [2.0, -3.0, 0.5], n) for n in range(3)]
        return [*parts, draft.call("gradient", f, [2.0, -3.0, 0.5])]

    wanted = [2 * 2.0 * -3.0 - 0.5, 4.0, -2.0]
    *parts, whole = answer(program)
    assert parts == near(wanted)
    assert whole == near(wanted)


# mg2 and mg3


def test_gradients_by_hand(answer):
    a, b, c, f = 2.0, -3.0, 10.0, -2.0
    [named] = answer(lambda draft: [draft.call("manual_gradients", a, b, c, f)])
    assert named == {
        "dict": near({"a": b * f, "b": a * f, "c": f, "d": f, "e": f, "f": a * b + c, "L": 1.0})
    }
    x1, x2, w1, w2, bias = 2.0, -0.5, -0.3, 1.0, 0.7
    local = 1 - math.tanh(x1 * w1 + x2 * w2 + bias) ** 2
    wanted = {"x1": w1, "x2": w2, "w1": x1, "w2": x2, "b": 1.0}
    for write in (
        lambda draft: draft.call("neuron_gradients", x1, x2, w1, w2, bias),
        lambda draft: draft.call("torch_neuron", x1, x2, w1, w2, bias)[1],
    ):
        assert answer(write) == {"dict": near({k: v * local for k, v in wanted.items()})}
    out = answer(lambda draft: draft.call("torch_neuron", x1, x2, w1, w2, bias)[0])
    assert out == near(math.tanh(x1 * w1 + x2 * w2 + bias))


def test_a_nudge_goes_uphill(answer):
    moved = answer(lambda draft: draft.call("nudge", [2.0, -3.0], [6.0, 1.0], 0.01))
    assert moved == near([2.06, -2.99])


# mg4 to mg7


def test_tanh_from_exp(answer):
    def program(draft):
        n = draft.value(0.6)
        o = draft.call("tanh_from_exp", n)
        o.backward()
        return [o.data, n.grad]

    assert answer(program) == near([math.tanh(0.6), 1 - math.tanh(0.6) ** 2])


class Network:
    """The same weights as `networks.mlp` draws, as plain numbers."""

    def __init__(self, seed, nin, nouts):
        draw, sizes = Draw(seed), [nin, *nouts]
        self.layers = [
            [
                ([draw.number(-1.0, 1.0, 0.1) for _ in range(sizes[depth])],
                 draw.number(-0.8, 0.8, 0.1))
                for _ in range(nout)
            ]
            for depth, nout in enumerate(nouts)
        ]  # fmt: skip

    def weights(self):
        return [each for layer in self.layers for w, b in layer for each in (*w, b)]

    def set(self, weights):
        numbers = iter(weights)
        self.layers = [
            [([next(numbers) for _ in w], next(numbers)) for w, _ in layer] for layer in self.layers
        ]

    def __call__(self, x):
        for layer in self.layers:
            x = [math.tanh(sum(map(float.__mul__, w, map(float, x))) + b) for w, b in layer]
        return x[0] if len(x) == 1 else x

    def gradient(self, loss):
        """Of `loss()`, by finite differences."""
        start, found = self.weights(), []
        for place in range(len(start)):

            def moved(value, place=place):
                self.set([value if n == place else each for n, each in enumerate(start)])
                return loss()

            found.append(slope(moved, start[place], 1e-4))
        self.set(start)
        return found

    def descend(self, loss, steps, rate):
        """The losses of gradient descent."""
        losses = []
        for _ in range(steps):
            losses.append(loss())
            gradient = self.gradient(loss)
            self.set([w - rate * g for w, g in zip(self.weights(), gradient, strict=True)])
        return losses


def test_a_network_forward_and_backward(answer):
    x = [0.5, -1.25, 2.0]

    def program(draft):
        model = networks.mlp(draft, Draw("net"), 3, [3, 2, 1])
        out = model(x)
        out.backward()
        found = networks.parameters_of(model, 3, [3, 2, 1])
        return [out.data, *(each.grad for each in found)]

    own = Network("net", 3, [3, 2, 1])
    data, *grads = answer(program)
    assert data == near(own(x))
    assert grads == pytest.approx(own.gradient(lambda: own(x)), rel=1e-7, abs=1e-9)


def test_neurons_and_layers(answer):
    def program(draft):
        layer = networks.layer(draft, Draw("net"), 2, 3)
        outs = layer([0.5, -1.5])
        single = networks.neuron(draft, Draw("net"), 2)
        return [*(outs[n].data for n in range(3)), single([0.5, -1.5]).data]

    outs = Network("net", 2, [3])([0.5, -1.5])
    assert answer(program) == near([*outs, Network("net", 2, [1])([0.5, -1.5])])


def test_parameters_are_all_of_them_once(answer):
    def program(draft):
        model = draft.call("MLP", 3, [4, 4, 1])
        return [
            model.parameters(),
            model.layers[0].parameters(),
            draft.call("Neuron", 5).parameters(),
        ]

    model, layer, neuron = answer(program)
    assert (len(model), len(layer), len(neuron)) == (41, 16, 6)
    assert len({each["n"] for each in model}) == 41


def test_squared_error_and_its_gradients(answer):
    def program(draft):
        values = draft.values(0.5, -1.0, 2.0)
        loss = draft.call("squared_error", [1.0, -1.0, 0.5], values)
        loss.backward()
        return [loss.data, *(each.grad for each in values)]

    assert answer(program) == near([0.25 + 2.25, -1.0, 0.0, 3.0])


def test_a_step_down_and_zeroed_gradients(answer):
    def program(draft):
        a, b = draft.values(1.0, -2.0)
        a.grad = 0.5
        b.grad = -3.0
        draft.call("descend", [a, b], 0.1)
        stepped = [a.data, b.data, a.grad]
        draft.call("zero_grad", [a, b])
        return [*stepped, a.grad, b.grad, b.data]

    assert answer(program) == near([0.95, -1.7, 0.5, 0.0, 0.0, -1.7])


POINTS = [[1.0, -0.5], [0.25, 2.0], [-1.5, 0.75]]


def test_training_follows_gradient_descent(answer):
    targets = [1.0, -1.0, 0.5]

    def program(draft):
        model = networks.mlp(draft, Draw("train"), 2, [3, 1])
        losses = draft.call("train", model, POINTS, targets, 5, 0.1)
        return [losses, *(each.data for each in networks.parameters_of(model, 2, [3, 1]))]

    own = Network("train", 2, [3, 1])
    wanted = own.descend(
        lambda: sum((own(x) - y) ** 2 for x, y in zip(POINTS, targets, strict=True)), 5, 0.1
    )
    losses, *weights = answer(program)
    assert losses == pytest.approx(wanted, rel=1e-7)
    assert weights == pytest.approx(own.weights(), rel=1e-7, abs=1e-9)


# mg8


def test_the_challenge(answer):
    a, b, c = 1.2, 0.7, 1.9

    def f(a, b, c):
        return -(a**3) + math.sin(3 * b) - 1 / c + b**2.5 - a**0.5

    wanted = [
        -3 * a**2 - 0.5 * a**-0.5,
        3 * math.cos(3 * b) + 2.5 * b**1.5,
        1 / c**2,
    ]
    for name in ("challenge_gradient", "challenge_gradient_numerical"):
        assert answer(lambda draft, n=name: draft.call(n, a, b, c)) == near(wanted)
    assert answer(lambda draft: draft.call("challenge_value", a, b, c)) == near(f(a, b, c))


def test_softmax_and_its_gradients(answer):
    logits = [0.5, -1.0, 2.0]
    total = sum(map(math.exp, logits))
    p = [math.exp(each) / total for each in logits]

    def program(draft):
        values = draft.values(*logits)
        outs = draft.call("softmax", values)
        outs[1].backward()
        return [*(outs[n].data for n in range(3)), *(each.grad for each in values)]

    jacobian = [p[1] * ((n == 1) - p[n]) for n in range(3)]
    assert answer(program) == near([*p, *jacobian])


def test_negative_log_likelihood(answer):
    logits = [0.5, -1.0, 2.0]
    total = sum(map(math.exp, logits))

    def program(draft):
        values = draft.values(*logits)
        loss = draft.call("negative_log_likelihood", values, 1)
        loss.backward()
        return [loss.data, *(each.grad for each in values)]

    grads = [math.exp(each) / total - (n == 1) for n, each in enumerate(logits)]
    assert answer(program) == near([math.log(total) + 1.0, *grads])


def test_hinge_loss(answer):
    scores, labels, weights, alpha = [0.3, -2.0, 0.4], [1, -1, -1], [0.5, -1.5], 0.1

    def program(draft):
        outs, parameters = draft.values(*scores), draft.values(*weights)
        loss = draft.call("hinge_loss", outs, labels, parameters, alpha)
        loss.backward()
        return [loss.data, *(each.grad for each in (*outs, *parameters))]

    margins = [max(0.0, 1 - y * s) for y, s in zip(labels, scores, strict=True)]
    loss = sum(margins) / 3 + alpha * sum(w * w for w in weights)
    grads = [-y / 3 if m > 0 else 0.0 for y, m in zip(labels, margins, strict=True)]
    assert answer(program) == near([loss, *grads, *(2 * alpha * w for w in weights)])


def test_accuracy(answer):
    def program(draft):
        return draft.call("accuracy", draft.values(0.3, -2.0, 0.4, -0.1), [1, -1, -1, -1])

    assert answer(program) == 0.75


def test_training_a_classifier_follows_gradient_descent(answer):
    labels, alpha = [1, -1, 1], 0.01

    def program(draft):
        model = networks.mlp(draft, Draw("moons"), 2, [2, 1])
        losses = draft.call("train_classifier", model, POINTS, labels, 4, 0.3, alpha)
        return [losses, *(each.data for each in networks.parameters_of(model, 2, [2, 1]))]

    own = Network("moons", 2, [2, 1])

    def loss():
        margins = [max(0.0, 1 - y * own(x)) for x, y in zip(POINTS, labels, strict=True)]
        return sum(margins) / len(margins) + alpha * sum(w * w for w in own.weights())

    losses, *weights = answer(program)
    assert losses == pytest.approx(own.descend(loss, 4, 0.3), rel=1e-7)
    assert weights == pytest.approx(own.weights(), rel=1e-7, abs=1e-9)
