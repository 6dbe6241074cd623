"""What every operator is asked, so that a suite says it in one line.

Each function takes the operator as a function on symbols (`lambda x: x.exp()`), and keeps away
from everything else that a learner may have got wrong: results are used once (so that only the
operator itself can forget to accumulate), and sums and products join them.
"""

from collections.abc import Callable, Sequence

from grader.expressions import Draft, Draw, Symbol
from grader.harness.check import Check

Unary = Callable[[Symbol], Symbol]
Binary = Callable[[Symbol, Symbol], Symbol]

# A local derivative written as a formula is right to the last digits; one that is measured by
# finite differences is off by 1e-11 at best.
EXACT = 1e-12


def unary_forward(check: Check, operator: Unary, points: Sequence[float]) -> None:
    """The number alone."""
    drafts = []
    for point in points:
        draft = Draft()
        drafts.append(draft.show(operator(draft.value(point)).data))
    check.agree(*drafts)


def unary_upstream(check: Check, operator: Unary, points: Sequence[float], draw: Draw) -> None:
    """One step back with an upstream gradient that is not 1, at a leaf and inside a graph."""
    drafts = []
    for point in points:
        draft = Draft()
        x = draft.value(point)
        out = operator(x)
        draft.upstream(out, draw.number())
        drafts.append(draft.show(x.grad))
        draft = Draft()
        x = draft.value(point - 0.5) + draft.value(0.5)
        out = operator(x)
        draft.upstream(out, draw.number())
        drafts.append(draft.show(x.grad))
    check.agree(*drafts, relative=EXACT, absolute=EXACT)


def unary_inside(check: Check, operator: Unary, points: Sequence[float]) -> None:
    """In the middle of a sum: the gradient must pass through to what lies below."""
    drafts = []
    for point in points:
        draft = Draft()
        a, b, c = draft.values(point - 0.5, 0.5, 1.5)
        out = operator(a + b) + c
        out.backward()
        drafts.append(draft.show(out.data, a.grad, b.grad, c.grad))
    check.agree(*drafts)


def unary_reuse(check: Check, operator: Unary, points: Sequence[float]) -> None:
    """One variable in two calls of the operator: its gradient is the sum."""
    drafts = []
    for point in points:
        draft = Draft()
        x = draft.value(point)
        out = operator(x) + operator(x)
        out.backward()
        drafts.append(draft.show(x.grad))
    check.agree(*drafts)


def binary_forward(check: Check, operator: Binary, pairs: Sequence[tuple[float, float]]) -> None:
    """The number alone; the operands stay as they were."""
    drafts = []
    for left, right in pairs:
        draft = Draft()
        a, b = draft.values(left, right)
        out = operator(a, b)
        drafts.append(draft.show(out.data, a.data, b.data))
    check.agree(*drafts)


def binary_upstream(
    check: Check,
    operator: Binary,
    pairs: Sequence[tuple[float, float]],
    draw: Draw,
    side: int,
) -> None:
    """One step back with an upstream gradient that is not 1: what the operand on one side gets,
    at leaves, inside a graph, and where its sibling has a gradient already."""
    drafts = []
    for pair in pairs:
        for inner in (False, True):
            draft = Draft()
            operands = draft.values(*pair)
            if inner:
                operands = [operand + draft.value(0.0) for operand in operands]
            out = operator(*operands)
            draft.upstream(out, draw.number())
            drafts.append(draft.show(operands[side].grad))
        draft = Draft()
        operands = draft.values(*pair)
        operands[1 - side].grad = draw.number()
        out = operator(*operands)
        draft.upstream(out, draw.number())
        drafts.append(draft.show(operands[side].grad))
    check.agree(*drafts, relative=EXACT, absolute=EXACT)


def binary_inside(
    check: Check, operator: Binary, pairs: Sequence[tuple[float, float]], draw: Draw
) -> None:
    """In the middle of an expression."""
    drafts = []
    for left, right in pairs:
        draft = Draft()
        a, b, c, d = draft.values(left - 0.5, 0.5, right - 0.25, 0.25)
        out = operator(a + b, c + d) * draft.value(draw.number())
        out.backward()
        drafts.append(draft.show(out.data, a.grad, b.grad, c.grad, d.grad))
    check.agree(*drafts)


def binary_reuse(
    check: Check, operator: Binary, pairs: Sequence[tuple[float, float]], draw: Draw
) -> None:
    """One variable in two places: left twice, right twice, and on both sides of one operator."""
    drafts = []
    for left, right in pairs:
        draft = Draft()
        a, b, c = draft.values(left, right, draw.number(0.5, 2.0))
        out = operator(a, b) + operator(a, c)
        out.backward()
        drafts.append(draft.show(a.grad))
        draft = Draft()
        a, b, c = draft.values(left, right, draw.number(0.5, 2.0))
        out = operator(a, b) + operator(c, b)
        out.backward()
        drafts.append(draft.show(b.grad))
        draft = Draft()
        a = draft.value(right)
        out = operator(a, a)
        out.backward()
        drafts.append(draft.show(a.grad))
    check.agree(*drafts)


def with_number(
    check: Check, operator: Callable[[Symbol], Symbol], points: Sequence[float]
) -> None:
    """An operator with a number on one side: the number, and the gradient."""
    drafts = []
    for point in points:
        draft = Draft()
        a, k = draft.values(point, 1.5)
        out = operator(a) * k
        out.backward()
        drafts.append(draft.show(out.data, a.grad))
    check.agree(*drafts)
