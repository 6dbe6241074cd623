"""Lesson 1: derivatives of functions of plain numbers, measured from outside."""

from grader.expressions import Draft, exp, sin, tanh
from grader.harness import concept

# The functions handed to the learner: smooth, and not all polynomials.
FUNCTIONS = (
    lambda x: 3 * x**2 - 4 * x + 5,
    lambda x: x**3 - 2 * x,
    lambda x: sin(x) * x,
    lambda x: exp(x) - x**2,
    lambda x: tanh(x) + 2 * x,
)
# Of several numbers, each of which matters in its own way.
OF_THREE = (
    lambda a, b, c: a * b + c,
    lambda a, b, c: a**2 * b - c * a,
    lambda a, b, c: sin(a) * c + b**3,
)
# With h = 1e-6 a forward quotient is off by about h times the second derivative, and by the
# rounding of f divided by h; the central one by the latter alone.
ROUGH = 1e-4
FINE = 1e-6


@concept("mg1.slope")
def test_slope(check, draw):
    """6x - 4."""
    drafts = []
    for x in [*draw.numbers(4, -4.0, 4.0), 0]:
        draft = Draft()
        drafts.append(draft.show(draft.call("parabola_slope", x)))
    check.agree(*drafts)


def _quotients(check, draw, name, step, relative=None, absolute=None):
    drafts = []
    for function in FUNCTIONS:
        draft = Draft()
        arguments = [draft.function(function), draw.number()]
        result = draft.call(name, *arguments, *([] if step is None else [step]))
        drafts.append(draft.show(result))
    check.agree(*drafts, relative=relative, absolute=absolute)


@concept("mg1.difference-quotient")
def test_small_step(check, draw):
    """With the small standard step it is nearly the derivative."""
    _quotients(check, draw, "difference_quotient", None, ROUGH, ROUGH)


@concept("mg1.difference-quotient")
def test_given_step(check, draw):
    """With a large step it is that very quotient, to the right of x."""
    _quotients(check, draw, "difference_quotient", 0.5)


@concept("mg1.difference-quotient")
def test_step_to_the_left(check, draw):
    """A negative step is a step to the left."""
    _quotients(check, draw, "difference_quotient", -0.25)


@concept("mg1.central-difference")
def test_central_small_step(check, draw):
    """With the small standard step it is the derivative to many digits."""
    _quotients(check, draw, "central_difference", None, FINE, FINE)


@concept("mg1.central-difference")
def test_central_given_step(check, draw):
    """With a large step: both sides, and the whole way between them."""
    _quotients(check, draw, "central_difference", 0.5)


def _partials(check, draw, index):
    drafts = []
    for function in OF_THREE:
        draft = Draft()
        f = draft.function(function, 3)
        drafts.append(draft.show(draft.call("partial_derivative", f, draw.numbers(3), index)))
    check.agree(*drafts, relative=ROUGH, absolute=ROUGH)


@concept("mg1.partial")
def test_first_argument(check, draw):
    """Only the first number moves."""
    _partials(check, draw, 0)


@concept("mg1.partial")
def test_later_arguments(check, draw):
    """Only the second, only the third."""
    _partials(check, draw, 1)
    _partials(check, draw, 2)


@concept("mg1.partial")
def test_arguments_are_left_alone(check, draw):
    """The caller's list is as it was, also after a large step."""
    draft = Draft()
    f = draft.function(OF_THREE[0], 3)
    arguments = draft.let("args", draft.step("list", draw.numbers(3)))
    draft.call("partial_derivative", f, arguments, 1, 0.25)
    check.agree(draft.show(arguments))


@concept("mg1.gradient")
def test_gradient_of_three(check, draw):
    """One partial derivative an argument, in their order."""
    drafts = []
    for function in OF_THREE:
        draft = Draft()
        f = draft.function(function, 3)
        drafts.append(draft.show(draft.call("gradient", f, draw.numbers(3))))
    check.agree(*drafts, relative=ROUGH, absolute=ROUGH)


@concept("mg1.gradient")
def test_gradient_of_one_and_of_two(check, draw):
    """As many entries as arguments."""
    drafts = []
    for function, count in ((FUNCTIONS[1], 1), (lambda a, b: a * b - b, 2)):
        draft = Draft()
        f = draft.function(function, count)
        drafts.append(draft.show(draft.call("gradient", f, draw.numbers(count))))
    check.agree(*drafts, relative=ROUGH, absolute=ROUGH)
