"""Lesson 8: a derivative by hand, log, softmax, two losses, and a classifier for two moons."""

from grader.expressions import Draft
from grader.harness import concept, needs
from grader.harness.batteries import unary_forward, unary_inside, unary_reuse, unary_upstream
from grader.harness.moons import grid, moons
from grader.harness.networks import mlp, parameters_of, units


def _positive(draw):
    return [draw.number(0.4, 2.5) for _ in range(3)]


@concept("mg8.gradient")
def test_gradient_by_hand(check, draw):
    """Three partial derivatives, exactly."""
    drafts = []
    for _ in range(4):
        draft = Draft()
        drafts.append(draft.show(draft.call("challenge_gradient", *_positive(draw))))
    check.agree(*drafts)


@concept("mg8.gradient")
def test_numerical_gradient(check, draw):
    """The same, measured."""
    drafts = []
    for _ in range(4):
        draft = Draft()
        drafts.append(draft.show(draft.call("challenge_gradient_numerical", *_positive(draw))))
    check.agree(*drafts, relative=1e-4, absolute=1e-4)


def _log(x):
    return x.log()


@concept("mg8.log")
def test_log_forward(check, draw):
    """The natural logarithm."""
    unary_forward(check, _log, [1.0, *_positive(draw)])


@concept("mg8.log")
def test_log_backward(check, draw):
    """Its local derivative, times the upstream gradient."""
    unary_upstream(check, _log, _positive(draw), draw)


@concept("mg8.log")
def test_log_inside(check, draw):
    """Its gradient goes on to what it was made from; and it accumulates."""
    unary_inside(check, _log, _positive(draw))
    unary_reuse(check, _log, _positive(draw))


@concept("mg8.softmax")
def test_probabilities(check, draw):
    """Positive numbers that add up to 1."""
    drafts = []
    for count in (2, 3, 5):
        draft = Draft()
        outs = draft.call("softmax", draft.values(*draw.numbers(count)))
        drafts.append(draft.show(*(outs[n].data for n in range(count))))
    check.agree(*drafts)


@concept("mg8.softmax")
def test_softmax_gradients(check, draw):
    """One probability answers to every logit."""
    drafts = []
    for picked in range(3):
        draft = Draft()
        logits = draft.values(*draw.numbers(3))
        out = draft.let("p", draft.call("softmax", logits)[picked])
        out.backward()
        drafts.append(draft.show(*(each.grad for each in logits)))
    check.agree(*drafts)


@concept("mg8.softmax")
def test_large_logits(check, draw):
    """Only differences between logits matter; a thousand is not too much."""
    draft = Draft()
    outs = draft.call("softmax", draft.values(*(1000 + each for each in draw.numbers(3))))
    check.agree(draft.show(*(outs[n].data for n in range(3))))


@concept("mg8.nll")
def test_nll(check, draw):
    """Minus the logarithm of the target's probability."""
    drafts = []
    for target in range(4):
        draft = Draft()
        loss = draft.call("negative_log_likelihood", draft.values(*draw.numbers(4)), target)
        drafts.append(draft.show(loss.data))
    check.agree(*drafts)


@concept("mg8.nll")
def test_nll_gradients(check, draw):
    """The probabilities, less one at the target."""
    drafts = []
    for target in range(3):
        draft = Draft()
        logits = draft.values(*draw.numbers(3))
        loss = draft.call("negative_log_likelihood", logits, target)
        loss.backward()
        drafts.append(draft.show(*(each.grad for each in logits)))
    check.agree(*drafts)


@concept("mg8.nll")
def test_nll_of_results(check, draw):
    """The logits are results, and the gradient goes on below them."""
    draft = Draft()
    a, b, c = draft.values(*draw.numbers(3))
    loss = draft.call("negative_log_likelihood", [a * b, b + c, a * c], 1)
    loss.backward()
    check.agree(draft.show(loss.data, a.grad, b.grad, c.grad))


# Scores on both sides of the margin and of zero, none of them at the kink.
SCORES = ((1.6, 1), (0.4, 1), (-0.7, 1), (-1.4, -1), (-0.3, -1), (0.8, -1))


def _batch(draw, draft):
    pairs = [(score + draw.number(-0.15, 0.15, 0.01), label) for score, label in SCORES]
    return draft.values(*(score for score, _ in pairs)), [label for _, label in pairs]


@concept("mg8.hinge")
def test_hinge(check, draw):
    """The mean over the batch."""
    drafts = []
    for count in (1, 4, 6):
        draft = Draft()
        scores, labels = _batch(draw, draft)
        loss = draft.call("hinge_loss", scores[-count:], labels[-count:])
        drafts.append(draft.show(loss.data))
    check.agree(*drafts)


@concept("mg8.hinge")
def test_hinge_gradients(check, draw):
    """Scores beyond the margin get none."""
    draft = Draft()
    scores, labels = _batch(draw, draft)
    loss = draft.call("hinge_loss", scores, labels)
    loss.backward()
    check.agree(draft.show(*(each.grad for each in scores)))


@concept("mg8.hinge")
def test_regularisation(check, draw):
    """alpha times the sum of the squares of the parameters."""
    drafts = []
    for alpha in (0.1, 0.03):
        draft = Draft()
        scores, labels = _batch(draw, draft)
        parameters = draft.values(*draw.numbers(3))
        loss = draft.call("hinge_loss", scores, labels, parameters, alpha)
        drafts.append(draft.show(loss.data))
    check.agree(*drafts)


@concept("mg8.hinge")
def test_regularisation_gradients(check, draw):
    """The parameters are pulled towards zero."""
    draft = Draft()
    scores, labels = _batch(draw, draft)
    parameters = draft.values(*draw.numbers(3))
    loss = draft.call("hinge_loss", scores, labels, parameters, 0.2)
    loss.backward()
    check.agree(draft.show(*(each.grad for each in (*parameters, *scores))))


@concept("mg8.accuracy")
def test_accuracy(check, draw):
    """The fraction of right signs, a plain number."""
    drafts = []
    for count in (1, 3, 5, 6):
        draft = Draft()
        scores, labels = _batch(draw, draft)
        drafts.append(draft.show(draft.call("accuracy", scores[:count], labels[:count])))
    check.agree(*drafts)


def _moons(count, seed):
    return moons(count, seed, noise=0.05, digits=2)


@concept("mg8.moons")
def test_classifier_losses(check, draw):
    """One loss a step, along PyTorch's trajectory."""
    draft = Draft()
    model = mlp(draft, draw, 2, [3, 1])
    points, labels = _moons(8, draw.integer(1, 999))
    check.agree(draft.show(draft.call("train_classifier", model, points, labels, 6, 0.3, 0.01)))


@concept("mg8.moons")
def test_classifier_parameters(check, draw):
    """Where PyTorch arrives as well."""
    draft = Draft()
    model = mlp(draft, draw, 2, [2, 1])
    points, labels = _moons(6, draw.integer(1, 999))
    draft.call("train_classifier", model, points, labels, 5, 0.2, 0.01)
    # Whether gradients are left over is nobody's fault; it tells mistakes with equal numbers apart.
    left = Draft()
    trained = mlp(left, draw, 2, [2, 1])
    left.call("train_classifier", trained, points, labels, 1, 0.2, 0.01)
    check.look(left.show(*(each.grad for each in parameters_of(trained, 2, [2, 1]))))
    check.agree(draft.show(*(each.data for each in parameters_of(model, 2, [2, 1]))))


# A network halfway there: one point of 16 is on the wrong side. PyTorch needs ten more steps
# from here, at a learning rate of 2; the wrong side is then left by a wide margin.
HALFWAY = (
    (-0.87, 0.26, 0.88),
    (-0.57, -0.27, -0.36),
    (-2.02, 0.89, -1.19),
    (3.07, 1.49, -1.73),
    (1.07, -0.91, -1.0),
    (1.63, 0.61, 2.27, 3.21, -2.61, -0.08),
)


COLUMNS, ROWS = 22, 14
EDGES = (-1.5, 2.5, -1.0, 1.5)  # left, right, bottom, top


def _trained(points, labels):
    draft = Draft()
    model = draft.call("MLP", 2, [5, 1])
    for (unit, nin), numbers in zip(units(model, 2, [5, 1]), HALFWAY, strict=True):
        for place in range(nin):
            unit.w[place].data = numbers[place]
        unit.b.data = numbers[-1]
    draft.call("train_classifier", model, points, labels, 12, 2.0)
    return draft, model


@concept("mg8.moons")
@needs("lesson")
def test_moons_are_told_apart(check, draw):
    """After training at least 97 % of the points are on the right side."""
    points, labels = _moons(16, 1)
    draft, model = _trained(points, labels)
    told = [(x, y, label) for (x, y), label in zip(points, labels, strict=True)]
    picture, painter = _trained(points, labels)
    picture.show(*(painter(place).data for place in grid(EDGES, COLUMNS, ROWS)))
    check.plane(picture, COLUMNS, EDGES, told)
    draft.show(*(model(point).data for point in points))

    @check.judges(draft)
    def _(*scores):
        numbers = [check.is_number(score, "a score", draft) for score in scores]
        right = sum(
            (score > 0) == (label > 0) for score, label in zip(numbers, labels, strict=True)
        )
        check.require(
            right / len(labels) >= 0.97,
            f"after training, {right} of {len(labels)} points are on the right side; "
            "PyTorch gets all of them there in as many steps",
            draft,
            len(labels),
            right,
        )
