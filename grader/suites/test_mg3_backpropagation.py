"""Lesson 3: tanh, the closures of + * tanh, the order, backward.

Every variable is used once, so that an assignment (`=`) still passes; lesson 4 meets that bug.
"""

from grader.expressions import Draft, graph_of
from grader.harness import concept
from grader.harness.batteries import binary_upstream, unary_forward, unary_upstream


@concept("mg3.tanh")
def test_near_zero(check, draw):
    """Where it bends."""
    unary_forward(check, lambda x: x.tanh(), [0.0, 0.8814, *draw.numbers(3, -1.0, 1.0)])


@concept("mg3.tanh")
def test_further_out(check, draw):
    """Where it flattens, on both sides."""
    unary_forward(check, lambda x: x.tanh(), [-3.0, 4.5, *draw.numbers(2, -3.0, 3.0)])


@concept("mg3.tanh")
def test_of_a_result(check, draw):
    """Of a Value that was computed."""
    draft = Draft()
    a, b = draft.values(*draw.numbers(2, -1.0, 1.0))
    check.agree(draft.show((a * b).tanh().data))


def _by_hand(check, draw, names):
    drafts = []
    for _ in range(3):
        draft = Draft()
        result = draft.call("neuron_gradients", *draw.numbers(5, -1.2, 1.2, 0.1))
        drafts.append(draft.show(*(result[name] for name in names)))
    check.agree(*drafts)


@concept("mg3.by-hand")
def test_bias_by_hand(check, draw):
    """Through tanh and nothing else."""
    _by_hand(check, draw, ["b"])


@concept("mg3.by-hand")
def test_weights_by_hand(check, draw):
    """Through the products."""
    _by_hand(check, draw, ["w1", "w2"])


@concept("mg3.by-hand")
def test_inputs_by_hand(check, draw):
    """Through the products, the other side."""
    _by_hand(check, draw, ["x1", "x2"])


def _pairs(draw):
    return [tuple(draw.numbers(2)) for _ in range(3)]


@concept("mg3.add-backward")
def test_add_left(check, draw):
    """What the left operand gets."""
    binary_upstream(check, lambda a, b: a + b, _pairs(draw), draw, side=0)


@concept("mg3.add-backward")
def test_add_right(check, draw):
    """What the right operand gets."""
    binary_upstream(check, lambda a, b: a + b, _pairs(draw), draw, side=1)


@concept("mg3.add-backward")
def test_add_still_adds(check, draw):
    """The closure came on top of the forward pass."""
    draft = Draft()
    a, b = draft.values(*draw.numbers(2))
    out = a + b
    draft.upstream(out, draw.number())
    check.agree(draft.show(out.data, a.grad, b.grad, a.data, b.data))


@concept("mg3.mul-backward")
def test_mul_left(check, draw):
    """What the left operand gets."""
    binary_upstream(check, lambda a, b: a * b, _pairs(draw), draw, side=0)


@concept("mg3.mul-backward")
def test_mul_right(check, draw):
    """What the right operand gets."""
    binary_upstream(check, lambda a, b: a * b, _pairs(draw), draw, side=1)


@concept("mg3.mul-backward")
def test_mul_still_multiplies(check, draw):
    """The closure came on top of the forward pass."""
    draft = Draft()
    a, b = draft.values(*draw.numbers(2))
    out = a * b
    draft.upstream(out, draw.number())
    check.agree(draft.show(out.data, a.grad, b.grad, a.data, b.data))


# Backpropagation multiplies a huge upstream gradient with a tiny local derivative without loss.
# Who goes forwards instead, with a tiny step through a tiny factor, drops below what floats hold.
TINY, HUGE = 1e-300, 1e300


@concept("mg3.mul-backward")
def test_mul_across_scales(check, draw):
    """A tiny factor under a huge upstream gradient."""
    for side in (0, 1):
        draft = Draft()
        pair = [draw.number(), draw.number() * TINY]
        a, b = draft.values(*(pair if side == 0 else pair[::-1]))
        draft.upstream(a * b, HUGE)
        check.agree(draft.show((a, b)[side].grad))


@concept("mg3.tanh-backward")
def test_tanh_at_several_points(check, draw):
    """The local derivative, times the upstream gradient."""
    unary_upstream(check, lambda x: x.tanh(), draw.numbers(4, -1.8, 1.8), draw)


@concept("mg3.tanh-backward")
def test_tanh_in_the_middle(check, draw):
    """The steepest place."""
    unary_upstream(check, lambda x: x.tanh(), [0.0, 0.05], draw)


@concept("mg3.tanh-backward")
def test_tanh_far_out(check, draw):
    """Where hardly anything passes."""
    unary_upstream(check, lambda x: x.tanh(), [-2.6, 3.1], draw)


def _order(check, draft, root, sentence):
    """The student's order of the Values of a graph, checked against the graph itself."""
    draft.show(draft.call("topological_order", root))
    nodes, edges = graph_of(draft.program(), root)

    @check.judges(draft)
    def _(order):
        listed = isinstance(order, list)
        check.require(listed, "topological_order(root) should return a list", draft, None, order)
        found = [each.get("value", -1) if isinstance(each, dict) else -1 for each in order]
        check.require(
            len(found) == len(set(found)),
            "each node should stand in the list once",
            draft,
            len(set(found)),
            len(found),
        )
        check.require(
            set(found) == nodes,
            f"the list should hold the {len(nodes)} Values of the expression, no more and no fewer",
            draft,
            len(nodes),
            len(found),
        )
        place = {number: position for position, number in enumerate(found)}
        holds = all(place[child] < place[parent] for child, parent in edges)
        check.require(holds, sentence, draft)


AFTER = "a node should stand after all the nodes it was made from; the root comes last"


@concept("mg3.topological-order")
def test_order_of_a_tree(check, draw):
    """Children before parents, the root last."""
    for leaves in (1, 2, 5):
        draft = Draft()
        root = draft.value(1.5) if leaves == 1 else draw.tree(draft, "+*", leaves)[0]
        _order(check, draft, root, AFTER)


@concept("mg3.topological-order")
def test_order_with_shared_nodes(check, draw):
    """A node that is used twice comes once, after everything it depends on."""
    for _ in range(4):
        draft = Draft()
        root, _ = draw.dag(draft, "+*", leaves=3, steps=6)
        _order(check, draft, root, AFTER)


@concept("mg3.topological-order")
def test_order_of_a_second_graph(check, draw):
    """A second call starts from nothing."""
    draft = Draft()
    a, b, c, d = draft.values(*draw.numbers(4))
    shared = a * b
    draft.call("topological_order", shared + c)
    _order(check, draft, shared * d, AFTER)


@concept("mg3.backward")
def test_seed(check, draw):
    """The root's own gradient is 1."""
    alone = Draft()
    a = alone.value(draw.number())
    a.backward()
    alone.show(a.grad)
    draft = Draft()
    a, b = draft.values(*draw.numbers(2))
    out = draft.let("out", a * b)
    out.backward()
    check.agree(alone, draft.show(out.grad))


@concept("mg3.backward")
def test_every_gradient_of_a_chain(check, draw):
    """From the end to the beginning, through every kind of node."""
    drafts = []
    for _ in range(2):
        draft = Draft()
        a, b, c, f = draft.values(*draw.numbers(4, -1.2, 1.2))
        e = draft.let("e", a * b)
        d = draft.let("d", e + c)
        t = draft.let("t", d.tanh())
        out = draft.let("out", t * f)
        out.backward()
        drafts.append(draft.show(*(node.grad for node in (out, t, f, d, e, c, a, b))))
    check.agree(*drafts)


@concept("mg3.backward")
def test_every_gradient_of_a_tree(check, draw):
    """Random expressions."""
    drafts = []
    for leaves in (3, 4, 5, 6):
        draft = Draft()
        root, symbols = draw.tree(draft, ["+", "*", "tanh"], leaves)
        root.backward()
        drafts.append(draft.show(*(leaf.grad for leaf in symbols)))
    check.agree(*drafts)


def _spied(draw):
    """A program that tells in which order the closures of a graph run; the results that have one,
    and the edges."""
    draft = Draft()
    root, _ = draw.dag(draft, "+*", leaves=3, steps=6)
    nodes, edges = graph_of(draft.program(), root)
    inner = sorted(nodes & {parent for _, parent in edges})
    calls = draft.spy(*(draft.symbol(number) for number in inner))
    root.backward()
    return draft.show(calls), inner, edges


@concept("mg3.backward")
def test_every_closure_once_in_order(check, draw):
    """With shared nodes: a node's closure runs once, after those of all that use it."""
    graphs = [_spied(draw) for _ in range(5)]
    orders = check.run(*(draft for draft, _, _ in graphs))
    for (draft, inner, edges), (order,) in zip(graphs, orders, strict=True):
        if order is None:  # a stranger's engine without `_backward` on its Values
            _same_on_a_graph(check, draw)
            continue
        listed = order if isinstance(order, list) else []
        called = [each.get("value", -1) if isinstance(each, dict) else -1 for each in listed]
        check.require(
            set(called) == set(inner),
            f"backward should call the closures of all {len(inner)} results",
            draft,
            len(inner),
            len(set(called)),
        )
        check.require(
            len(called) == len(inner),
            "backward should call each closure once",
            draft,
            len(inner),
            len(called),
        )
        place = {number: position for position, number in enumerate(called)}
        holds = all(place[child] > place[parent] for child, parent in edges if child in place)
        check.require(
            holds,
            "a closure ran before that of a node that uses its result: "
            "its gradient was not complete yet",
            draft,
        )


def _same_on_a_graph(check, draw):
    draft = Draft()
    root, symbols = draw.dag(draft, "+*", leaves=3, steps=6)
    root.backward()
    check.agree(draft.show(*(leaf.grad for leaf in symbols)))


@concept("mg3.backward")
def test_second_expression(check, draw):
    """Two expressions over one result: the second backward goes all the way down too."""
    draft = Draft()
    a, b, c, d = draft.values(*draw.numbers(4))
    shared = draft.let("shared", a * b)
    first = draft.let("first", shared + c)
    second = draft.let("second", shared * d)
    first.backward()
    for node in (a, b, shared):
        node.grad = 0.0
    second.backward()
    check.agree(draft.show(a.grad, b.grad, d.grad))


@concept("mg3.backward")
def test_uses_what_was_computed(check, draw):
    """Backward goes over the graph as it was computed. Whoever measures the gradient by computing
    everything again, with nudged inputs or complex ones, computes with the new number here."""
    draft = Draft()
    a, b, c = draft.values(*draw.numbers(3))
    total = draft.let("total", a + b)
    out = draft.let("out", total * c)
    a.data = draw.number(3.0, 5.0)
    out.backward()
    check.agree(draft.show(c.grad, total.grad, b.grad))


@concept("mg3.backward")
def test_across_scales(check, draw):
    """From a huge factor down through a tiny one."""
    draft = Draft()
    a, tiny, huge = draft.values(draw.number(), TINY, HUGE)
    out = draft.let("out", (a * tiny) * huge)
    out.backward()
    check.agree(draft.show(a.grad))
