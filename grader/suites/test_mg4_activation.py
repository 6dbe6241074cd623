"""Lesson 4: gradients accumulate; numbers, and all the operators that networks are made of."""

from grader.expressions import Draft
from grader.harness import concept, needs
from grader.harness.batteries import (
    binary_forward,
    binary_inside,
    binary_reuse,
    unary_forward,
    unary_inside,
    unary_reuse,
    unary_upstream,
    with_number,
)


def _pairs(draw, count=3):
    return [tuple(draw.numbers(2)) for _ in range(count)]


def _times(a, b):
    return a * b


@concept("mg4.accumulate")
def test_add_twice(check, draw):
    """a + a, and one a in two sums."""
    drafts = []
    for _ in range(2):
        draft = Draft()
        a = draft.value(draw.number())
        out = a + a
        out.backward()
        drafts.append(draft.show(a.grad))
    for left in (True, False):
        draft = Draft()
        a, b, c = draft.values(*draw.numbers(3))
        out = (a + b) * (a + c) if left else (b + a) * (c + a)
        out.backward()
        drafts.append(draft.show(a.grad, b.grad, c.grad))
    check.agree(*drafts)


@concept("mg4.accumulate")
def test_multiply_twice(check, draw):
    """a * a, and one a in two products."""
    binary_reuse(check, _times, _pairs(draw), draw)


@concept("mg4.accumulate")
@needs("Value.tanh")
def test_tanh_twice(check, draw):
    """One a in two calls of tanh."""
    unary_reuse(check, lambda x: x.tanh(), draw.numbers(2, -1.5, 1.5))


@concept("mg4.accumulate")
def test_diamond(check, draw):
    """Two ways from a to the end, over two different nodes."""
    drafts = []
    for _ in range(3):
        draft = Draft()
        a, b = draft.values(*draw.numbers(2))
        out = (a * b) * (a + b)
        out.backward()
        drafts.append(draft.show(out.data, a.grad, b.grad))
    check.agree(*drafts)


@concept("mg4.accumulate")
def test_shared_result(check, draw):
    """A product that is used twice: its own gradient must be complete before it passes on."""
    drafts = []
    for _ in range(3):
        draft = Draft()
        a, b, c = draft.values(*draw.numbers(3))
        shared = a * b
        out = (shared + c) * shared
        out.backward()
        drafts.append(draft.show(a.grad, b.grad, c.grad))
    check.agree(*drafts)


@concept("mg4.accumulate")
def test_many_ways(check, draw):
    """Each step has four times as many ways from a to the end: 13 steps, 67 million ways. Going
    over the graph node by node takes no time; going way by way would take minutes."""
    draft = Draft()
    a, quarter = draft.values(draw.number(), 0.25)
    v = a * draft.value(1e-300)
    for _ in range(13):
        v = (v + v + v + v) * quarter
    out = draft.let("out", v * draft.value(1e300))
    out.backward()
    check.agree(draft.show(out.data, a.grad))


@concept("mg4.accumulate")
def test_graphs_of_sums_and_products(check, draw):
    """Random graphs in which anything may be used several times."""
    _graphs(check, draw, ["+", "*"], 10)


@concept("mg4.accumulate")
@needs("Value.tanh")
def test_graphs_with_tanh(check, draw):
    """The same with tanh in between."""
    _graphs(check, draw, ["+", "*", "tanh"], 10)


def _graphs(check, draw, operators, count):
    drafts = []
    for number in range(count):
        draft = Draft()
        root, leaves = draw.dag(draft, operators, leaves=2 + number % 3, steps=4 + number)
        root.backward()
        drafts.append(draft.show(root.data, *(leaf.grad for leaf in leaves)))
    check.agree(*drafts)


@concept("mg4.numbers")
def test_value_plus_number(check, draw):
    """a + 1 and a + 0.5."""
    _numbers(check, draw, lambda a: a + 1, lambda a: a + draw.number())


@concept("mg4.numbers")
def test_number_plus_value(check, draw):
    """1 + a and 0.5 + a."""
    _numbers(check, draw, lambda a: 1 + a, lambda a: draw.number() + a)


@concept("mg4.numbers")
def test_value_times_number(check, draw):
    """a * 2 and a * 0.5."""
    _numbers(check, draw, lambda a: a * 2, lambda a: a * draw.number())


@concept("mg4.numbers")
def test_number_times_value(check, draw):
    """2 * a and 0.5 * a."""
    _numbers(check, draw, lambda a: 2 * a, lambda a: draw.number() * a)


def _numbers(check, draw, *operators):
    """The number, and that some gradient arrives: how much is another concept's business."""
    drafts = []
    for operator in operators:
        draft = Draft()
        drafts.append(draft.show(operator(draft.value(draw.number())).data))
    check.agree(*drafts)
    graphs = [_remembering(draw.number(), operator) for operator in operators]
    for operator, (_, a), found in zip(
        operators, graphs, check.attempt(*(draft for draft, _ in graphs)), strict=True
    ):
        if _remembers(found, a):
            continue  # what arrives there is then the closures' business
        draft = Draft()
        a = draft.value(draw.number())
        out = operator(a)
        out.backward()
        [(grad,)] = check.run(draft.show(a.grad))
        check.require(
            check.is_number(grad, "a.grad", draft) != 0,
            "no gradient reaches a: the result does not know that it was made from it",
            draft,
            "not zero",
            grad,
        )


def _remembering(number, operator):
    """A program that shows what the result was made from, and the number of that step."""
    draft = Draft()
    a = draft.value(number)
    return draft.show(operator(a)._prev), draft.number_of(a)


def _remembers(found, number):
    """Whether the result's `_prev` holds the Value that it was made from. Strangers who keep no
    `_prev` are asked for a gradient."""
    listed = found[0] if found and isinstance(found[0], list) else []
    return number in {each.get("value") for each in listed if isinstance(each, dict)}


def _exp(x):
    return x.exp()


@concept("mg4.exp")
def test_exp_forward(check, draw):
    """The number."""
    unary_forward(check, _exp, [0.0, 1, *draw.numbers(3)])


@concept("mg4.exp")
def test_exp_backward(check, draw):
    """Its local derivative, times the upstream gradient."""
    unary_upstream(check, _exp, draw.numbers(3), draw)


@concept("mg4.exp")
def test_exp_inside(check, draw):
    """Its gradient goes on to what it was made from."""
    unary_inside(check, _exp, draw.numbers(2, -1.5, 1.5))


@concept("mg4.exp")
def test_exp_twice(check, draw):
    """It accumulates."""
    unary_reuse(check, _exp, draw.numbers(2, -1.5, 1.5))


EXPONENTS = (2, 3, -1, 2.0, -2)


@concept("mg4.pow")
def test_pow_forward(check, draw):
    """Whole exponents of positive and negative numbers, others of positive ones."""
    for exponent in EXPONENTS:
        unary_forward(check, lambda x, n=exponent: x**n, draw.numbers(2))
    for exponent in (0.5, 2.5, -1.5):
        unary_forward(check, lambda x, n=exponent: x**n, draw.numbers(2, 0.3, 3.0))


@concept("mg4.pow")
def test_pow_backward(check, draw):
    """Its local derivative, times the upstream gradient."""
    for exponent in EXPONENTS:
        unary_upstream(check, lambda x, n=exponent: x**n, draw.numbers(2, 0.7, 2.0), draw)
    for exponent in (0.5, 2.5):
        unary_upstream(check, lambda x, n=exponent: x**n, draw.numbers(2, 0.7, 2.0), draw)


@concept("mg4.pow")
def test_pow_inside(check, draw):
    """Its gradient goes on to what it was made from."""
    for exponent in (2, 3, -1):
        unary_inside(check, lambda x, n=exponent: x**n, draw.numbers(2, 0.5, 1.8))


@concept("mg4.pow")
def test_pow_twice(check, draw):
    """It accumulates."""
    for exponent in (2, 3):
        unary_reuse(check, lambda x, n=exponent: x**n, draw.numbers(2))


@concept("mg4.pow")
@needs("lesson")
def test_pow_refuses(check, draw):
    """An exponent that is no number is a TypeError."""
    draft = Draft()
    a = draft.value(draw.number())
    draft.show(a ** "2")
    check.raises(draft, "TypeError", "an exponent that is no number should raise a TypeError")


def _divided(a, b):
    return a / b


@concept("mg4.div")
def test_div_forward(check, draw):
    """The quotient."""
    binary_forward(check, _divided, _pairs(draw, 4))


@concept("mg4.div")
def test_div_backward_left(check, draw):
    """What the numerator gets."""
    _gradients(check, _divided, draw, 0)


@concept("mg4.div")
def test_div_backward_right(check, draw):
    """What the denominator gets."""
    _gradients(check, _divided, draw, 1)


@concept("mg4.div")
def test_div_inside(check, draw):
    """Its gradients go on to what its operands were made from; and it accumulates."""
    binary_inside(check, _divided, _pairs(draw, 2), draw)
    binary_reuse(check, _divided, _pairs(draw, 2), draw)


@concept("mg4.div")
def test_div_by_a_number(check, draw):
    """a / 2."""
    with_number(check, lambda a: a / 2, draw.numbers(2))
    with_number(check, lambda a: a / -0.75, draw.numbers(1))


@concept("mg4.div")
def test_number_divided(check, draw):
    """2 / a."""
    with_number(check, lambda a: 2 / a, draw.numbers(2))
    with_number(check, lambda a: -0.75 / a, draw.numbers(1))


def _minus(a, b):
    return a - b


def _gradients(check, operator, draw, side):
    """By backward through a product: these operators may be made of others, whose own closures
    stand between the operands and the result."""
    drafts = []
    for pair in _pairs(draw):
        draft = Draft()
        operands = draft.values(*pair)
        out = operator(*operands) * draft.value(draw.number())
        out.backward()
        drafts.append(draft.show(operands[side].grad))
    check.agree(*drafts)


@concept("mg4.sub")
def test_neg(check, draw):
    """-a, forwards and backwards."""
    unary_forward(check, lambda x: -x, draw.numbers(2))
    unary_inside(check, lambda x: -x, draw.numbers(2))
    unary_reuse(check, lambda x: -x, draw.numbers(1))


@concept("mg4.sub")
def test_sub_forward(check, draw):
    """The difference."""
    binary_forward(check, _minus, _pairs(draw, 4))


@concept("mg4.sub")
def test_sub_backward_left(check, draw):
    """What is subtracted from."""
    _gradients(check, _minus, draw, 0)


@concept("mg4.sub")
def test_sub_backward_right(check, draw):
    """What is subtracted."""
    _gradients(check, _minus, draw, 1)


@concept("mg4.sub")
def test_sub_inside(check, draw):
    """Its gradients go on to what its operands were made from; and it accumulates."""
    binary_inside(check, _minus, _pairs(draw, 2), draw)
    binary_reuse(check, _minus, _pairs(draw, 2), draw)


@concept("mg4.sub")
def test_sub_with_numbers(check, draw):
    """a - 1 and 1 - a."""
    with_number(check, lambda a: a - 1, draw.numbers(2))
    with_number(check, lambda a: 1 - a, draw.numbers(2))
    with_number(check, lambda a: 0.75 - a, draw.numbers(1))


def _relu(x):
    return x.relu()


def _signed(draw):
    """Inputs on both sides of the kink, and away from it."""
    return [abs(draw.number()), -abs(draw.number()), *draw.numbers(2)]


@concept("mg4.relu")
def test_relu_forward(check, draw):
    """Zero or itself."""
    unary_forward(check, _relu, _signed(draw))


@concept("mg4.relu")
def test_relu_backward(check, draw):
    """The gate opens by the input, whatever the sign of the gradient."""
    drafts = []
    for point in _signed(draw):
        for gradient in (1.7, -0.6):
            draft = Draft()
            x = draft.value(point)
            out = x.relu()
            draft.upstream(out, gradient)
            drafts.append(draft.show(x.grad))
    check.agree(*drafts)


@concept("mg4.relu")
def test_relu_inside(check, draw):
    """Its gradient goes on to what it was made from."""
    unary_inside(check, _relu, _signed(draw))


@concept("mg4.relu")
def test_relu_twice(check, draw):
    """It accumulates."""
    unary_reuse(check, _relu, [abs(draw.number()), abs(draw.number())])


@concept("mg4.tanh-from-exp")
def test_same_number(check, draw):
    """Equal to tanh."""
    drafts = []
    for _ in range(3):
        draft = Draft()
        drafts.append(draft.show(draft.call("tanh_from_exp", draft.value(draw.number())).data))
    check.agree(*drafts)


@concept("mg4.tanh-from-exp")
def test_same_gradient(check, draw):
    """Equal to tanh's, through all the pieces."""
    drafts = []
    for inner in (False, True, False):
        draft = Draft()
        n = draft.value(draw.number(-1.5, 1.5))
        out = draft.call("tanh_from_exp", n * draft.value(0.8) if inner else n)
        out.backward()
        drafts.append(draft.show(n.grad))
    check.agree(*drafts)
