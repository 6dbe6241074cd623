"""Lesson 2: Value, + and *, the graph, the chain rule by hand. Every variable is used once."""

import re

from grader.expressions import Draft, graph_of
from grader.harness import concept
from grader.harness.batteries import binary_forward


@concept("mg2.value")
def test_data(check, draw):
    """A Value holds its number."""
    drafts = []
    for number in [*draw.numbers(3), 3]:
        draft = Draft()
        drafts.append(draft.show(draft.value(number).data))
    check.agree(*drafts)


@concept("mg2.value")
def test_grad_starts_at_zero(check, draw):
    """Nothing is known of the gradient yet."""
    draft = Draft()
    check.agree(draft.show(draft.value(draw.number()).grad))


@concept("mg2.value")
def test_repr(check, draw):
    """`Value(data=2.0)`; a stranger's may tell more after the data, or fewer digits."""
    for number in (2.0, *draw.numbers(2)):
        _reads(check, number)


def _reads(check, number):
    draft = Draft()
    draft.show(draft.repr(draft.value(number, "v")))

    @check.judges(draft)
    def _(text):
        told = re.match(r"Value\(data=(-?\d+\.?\d*)\s*[,)]", str(text))
        check.require(
            bool(told) and abs(float(told[1]) - number) < 0.01,
            f"repr(v) should read Value(data={number})",
            draft,
            f"Value(data={number})",
            text,
        )


@concept("mg2.add")
def test_add(check, draw):
    """The sum, as a new Value."""
    binary_forward(check, lambda a, b: a + b, [tuple(draw.numbers(2)) for _ in range(4)])


@concept("mg2.add")
def test_add_three(check, draw):
    """The result can be added again."""
    draft = Draft()
    a, b, c = draft.values(*draw.numbers(3))
    check.agree(draft.show(((a + b) + c).data))


@concept("mg2.mul")
def test_mul(check, draw):
    """The product, as a new Value."""
    binary_forward(check, lambda a, b: a * b, [tuple(draw.numbers(2)) for _ in range(4)])


@concept("mg2.mul")
def test_mul_three(check, draw):
    """The result can be multiplied again."""
    draft = Draft()
    a, b, c = draft.values(*draw.numbers(3))
    check.agree(draft.show(((a * b) * c).data))


def _children(check, draw, operator, sign):
    draft = Draft()
    a, b = draft.values(*draw.numbers(2))
    out = draft.let("out", operator(a, b))

    @check.judges(draft.show(out._prev, a._prev))
    def _(previous, of_leaf):
        check.require(
            _values(previous) == {draft.number_of(a), draft.number_of(b)},
            f"out._prev should hold a and b, the two Values that {sign} was given",
            draft,
            "{a, b}",
            previous,
        )
        check.require(
            not of_leaf and not isinstance(of_leaf, str),
            "a Value made from a number has no children",
            draft,
            [],
            of_leaf,
        )


def _values(plain):
    """The step numbers of the Values in a list; None where it is something else."""
    if not isinstance(plain, list):
        return None
    return {each.get("value", -1) if isinstance(each, dict) else -1 for each in plain}


@concept("mg2.graph")
def test_add_remembers_its_children(check, draw):
    """`_prev` after +."""
    _children(check, draw, lambda a, b: a + b, "+")


@concept("mg2.graph")
def test_mul_remembers_its_children(check, draw):
    """`_prev` after *."""
    _children(check, draw, lambda a, b: a * b, "*")


@concept("mg2.graph")
def test_operators_are_named(check, draw):
    """`_op` is the operator's sign."""
    _named(check, draw, "+", lambda a, b: a + b)
    _named(check, draw, "*", lambda a, b: a * b)


def _named(check, draw, sign, operator):
    draft = Draft()
    out = draft.let("out", operator(*draft.values(*draw.numbers(2))))

    @check.judges(draft.show(out._op))
    def _(name):
        check.require(name == sign, f"out._op should be {sign!r}", draft, sign, name)


def _two_things(check, draft, result):
    """The student's nodes and edges, as lists of step numbers."""
    pair = isinstance(result, list) and len(result) == 2
    check.require(pair, "trace(root) should return two things: nodes, edges", draft, None, result)
    return result


def _nodes_once(check, draft, root):
    wanted, _ = graph_of(draft.program(), root)

    @check.judges(draft.show(draft.call("trace", root)))
    def _(result):
        nodes = _two_things(check, draft, result)[0]
        found = _values(nodes)
        check.require(
            found == wanted,
            f"nodes should be the {len(wanted)} Values of the expression, no more and no fewer",
            draft,
            len(wanted),
            len(nodes) if isinstance(nodes, list) else nodes,
        )
        check.require(
            len(nodes) == len(wanted),
            "each node stands in nodes once",
            draft,
            len(wanted),
            len(nodes),
        )


def _edges_once(check, draft, root):
    _, wanted = graph_of(draft.program(), root)

    @check.judges(draft.show(draft.call("trace", root)))
    def _(result):
        edges = _two_things(check, draft, result)[1]
        found = set()
        for edge in edges if isinstance(edges, list) else []:
            ends = edge if isinstance(edge, list) else []
            found.add(tuple(each.get("value", -1) for each in ends if isinstance(each, dict)))
        turned = {(parent, child) for child, parent in wanted}
        sentence = (
            "an edge is (child, parent): from the operand to the result"
            if found == turned
            else f"edges should be the {len(wanted)} pairs (child, parent) of the expression"
        )
        check.require(found == wanted, sentence, draft, len(wanted), len(found))


@concept("mg2.trace")
def test_nodes_of_an_expression(check, draw):
    """Every Value below the root, itself included."""
    draft = Draft()
    root, _ = draw.tree(draft, "+*", leaves=4)
    _nodes_once(check, draft, root)


@concept("mg2.trace")
def test_edges_of_an_expression(check, draw):
    """(child, parent)."""
    draft = Draft()
    root, _ = draw.tree(draft, "+*", leaves=4)
    _edges_once(check, draft, root)


@concept("mg2.trace")
def test_shared_values_stand_once(check, draw):
    """A graph in which results are used several times."""
    for _ in range(2):
        draft = Draft()
        root, _ = draw.dag(draft, "+*", leaves=3, steps=5)
        _nodes_once(check, draft, root)
    draft = Draft()
    root, _ = draw.dag(draft, "+*", leaves=3, steps=5)
    _edges_once(check, draft, root)


@concept("mg2.chain-rule")
def test_inputs_by_hand(check, draw):
    """dL/da, dL/db, dL/dc, dL/df of L = (a*b + c) * f."""
    _by_hand(check, draw, "abcf")


@concept("mg2.chain-rule")
def test_inner_results_by_hand(check, draw):
    """dL/de, dL/dd."""
    _by_hand(check, draw, "ed")


@concept("mg2.chain-rule")
def test_root_by_hand(check, draw):
    """dL/dL."""
    _by_hand(check, draw, "L")


def _by_hand(check, draw, names):
    drafts = []
    for _ in range(3):
        draft = Draft()
        result = draft.call("manual_gradients", *draw.numbers(4))
        drafts.append(draft.show(*(result[name] for name in names)))
    check.agree(*drafts)


@concept("mg2.nudge")
def test_nudge(check, draw):
    """data + step * gradient, for each."""
    drafts = []
    for count in (1, 3, 4):
        draft = Draft()
        data, grads = draw.numbers(count), draw.numbers(count)
        drafts.append(draft.show(draft.call("nudge", data, grads, draw.number(0.01, 0.2, 0.01))))
    check.agree(*drafts)
