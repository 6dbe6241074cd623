# %% [markdown]
# # Lesson 3: Backpropagation
#
# You can compute gradients by hand now: begin with 1 at the end, walk backwards, and at every
# operation multiply the upstream gradient by the local derivative. That is dull work, and dull
# work is for machines. In this lesson every operator learns to do *its own* step, and a single
# method calls them all in the right order. This is backpropagation, all of it.
#
# At the end you will own `Value.backward()`, and a neuron that knows how its output responds to
# each of its weights.
#
# To check your work:
#
#     mggrade check --lesson mg3
#
# We go on with the class from lesson 2, and attach new methods to it.

# %%
import math

from mg2_chain_rule import Value, add_to_class

# %% [markdown]
# ## A neuron needs a squash (`mg3.tanh`, 2 points)
#
# A neuron takes inputs x1, x2, weighs them with w1, w2, adds a bias `b` that says how
# easily it gets excited, and squashes the sum through an *activation function*:
#
#     o = tanh(x1 w1 + x2 w2 + b)
#
#                      o
#                    1 |    .-------
#                      |  /
#             ---------+----------  n = x1·w1 + x2·w2 + b
#                    / |
#            -------'  | -1
#
# Without the squash, layers of neurons would fold into one single straight line. The hyperbolic
# tangent is flat on both sides, between -1 and 1, and nearly the identity close to zero. It
# can be written with the exponential function alone:
#
#     tanh(n) = (e²ⁿ - 1) / (e²ⁿ + 1)
#
# Sums and products don't reach that far, so we make `tanh` one operation of its own. An operation
# may be as large as we like, as long as we know its local derivative.
#
# **Your task:** the method `tanh` has two gaps. Fill the first one now: make `out`, a Value with
# the squashed number, made from `self` alone by the operator `"tanh"`. The second gap has its own
# section below; it is only *defined* here, not called, so it can wait.
#
# **Check yourself:** `Value(0.5).tanh()` holds about 0.4621.
#
# **People often** forget to divide by the *whole* denominator, or lose the `2` in the exponent.
# And children come as a tuple, also when there is only one: mind the comma.


# %%
@add_to_class(Value)
def tanh(self):
    """Return the hyperbolic tangent of a Value, a new Value."""
    raise NotImplementedError("mg3.tanh")

    def _backward():
        raise NotImplementedError("mg3.tanh-backward")

    out._backward = _backward
    return out


# %%
if __name__ == "__main__":
    for n in (-3.0, -0.5, 0.0, 0.5, 3.0):
        print(f"tanh({n:4}) = {Value(n).tanh().data:7.4f}")

# %% [markdown]
# ## Once more by hand (`mg3.by-hand`, 3 points)
#
# One last time with the pencil, now through a whole neuron. Two rules you know already: plus hands
# the gradient on, times multiplies it by the other factor. The third is new. The local derivative
# of o = tanh(n) is
#
#     do/dn = 1 - tanh(n)² = 1 - o²
#
# What a gift: it needs only the *output*, which we have already. It is 1 in the middle, where
# the curve is steep, and nearly 0 at the flat ends, where a neuron hardly listens any more.
#
# Here is the whole neuron, one operation a line. Fill in the column of gradients with a pencil,
# from the top downwards:
#
#                              data   grad
#     o = tanh(n)            0.7071      1
#     └─ n = s + b           0.8814      ?
#        ├─ s = p + q            -6      ?
#        │  ├─ p = x1 * w1       -6      ?
#        │  │  ├─ x1              2      ?
#        │  │  └─ w1             -3      ?
#        │  └─ q = x2 * w2        0      ?
#        │     ├─ x2              0      ?
#        │     └─ w2              1      ?
#        └─ b                 6.881      ?
#
# **Your task:** return the gradients of `o` with respect to `x1`, `x2`, `w1`, `w2` and `b`, in a
# dict with these names as keys. Plain numbers go in and come out; `math.tanh` is welcome here.
# First forwards, to find `n` and `o`; then backwards, from `o` to `n` and from there to the
# leaves.
#
# **Check yourself:** the numbers in the picture are x1 = 2, x2 = 0, w1 = -3, w2 = 1 and
# b = 6.8813735870195432, a curious one, chosen so that 1 - o² is exactly 0.5. The gradient
# of `x1` is -1.5, and that of `w2` is 0: an input of zero makes its weight powerless, this
# time.
#
# **People often** square the wrong number, `n` where `o` is meant, or give `x1` the gradient that
# belongs to `w1`. Each factor gets its *partner*.


# %%
def neuron_gradients(x1, x2, w1, w2, b):
    """Return how o = tanh(x1·w1 + x2·w2 + b) responds to each of its five inputs.

    Takes numbers; returns a dict with the keys "x1", "x2", "w1", "w2", "b".
    """
    raise NotImplementedError("mg3.by-hand")


# %%
if __name__ == "__main__":
    for name, grad in neuron_gradients(2.0, 0.0, -3.0, 1.0, 6.8813735870195432).items():
        print(f"do/d{name} = {grad:.4f}")

# %% [markdown]
# ## Plus learns its step (`mg3.add-backward`, 3 points)
#
# Now the idea that makes it all automatic. At the moment when `a + b` is computed, we know all
# that its backward step will ever need: the two operands and the result. So we write the step down
# *right there*, as a small function inside the operator, and leave it with the result, to be
# called later. Such a function keeps hold of the variables around it; it is called a **closure**.
#
# Every operator from now on has the same four beats:
#
# 1. make sure that the operands are Values (not before lesson 4),
# 2. build the result, `out`,
# 3. define the closure `_backward`: take the gradient of `out`, and give each operand its share,
# 4. attach the closure to `out`, and return `out`.
#
# `tanh` above shows beats two to four already. For plus, the shares are the simplest there are:
#
#     out = a + b
#     ∂L/∂a = 1 · ∂L/∂out
#     ∂L/∂b = 1 · ∂L/∂out
#
#      a  <--- g ---+
#                   (+) <--- g = out.grad         plus is a distributor
#      b  <--- g ---+
#
# **Your task:** write `__add__` anew, with its closure. The closure *sets* the gradients of both
# operands and returns nothing.
#
# **Check yourself:** make `out = a + b`, put 3 into `out.grad` yourself, call `out._backward()`,
# and both operands must have gradient 3.
#
# **People often** give the operands a gradient of 1 and forget the upstream gradient; at the end
# of the graph nobody notices, in the middle everything is wrong. And three slips happen in the
# fourth beat: *calling* the closure where it should be handed over (brackets!), indenting the last
# lines so deep that they belong to the closure, or attaching it to an operand.


# %%
@add_to_class(Value)
def __add__(self, other):
    """Return the sum of two Values, a new Value that can pass its gradient back."""
    raise NotImplementedError("mg3.add-backward")


# %%
if __name__ == "__main__":
    a, b = Value(2.0), Value(-3.0)
    out = a + b
    out.grad = 3.0
    out._backward()
    print("plus: ", a.grad, b.grad)

# %% [markdown]
# ## Times learns its step (`mg3.mul-backward`, 4 points)
#
# For a product, each factor decides how strongly the other one counts:
#
#     out = a · b
#     ∂L/∂a = b · ∂L/∂out
#     ∂L/∂b = a · ∂L/∂out
#
#      a  <--- b·g ---+
#                     (*) <--- g = out.grad       times is a cross-over
#      b  <--- a·g ---+
#
# **Your task:** the same four beats for `__mul__`.
#
# **Check yourself:** with a = 2, b = -3 and an upstream gradient of 10, the gradient of `a`
# is -30 and that of `b` is 20.
#
# **People often** multiply by the sibling's *gradient* where its *data* is meant, cross the
# operands the wrong way (or not at all), or give both shares to `self`. With two equal numbers a
# wrong crossing goes unseen, so test with different ones.


# %%
@add_to_class(Value)
def __mul__(self, other):
    """Return the product of two Values, a new Value that can pass its gradient back."""
    raise NotImplementedError("mg3.mul-backward")


# %%
if __name__ == "__main__":
    a, b = Value(2.0), Value(-3.0)
    out = a * b
    out.grad = 10.0
    out._backward()
    print("times:", a.grad, b.grad)

# %% [markdown]
# ## tanh learns its step (`mg3.tanh-backward`, 4 points)
#
# You know its local derivative from the pencil work: 1 - tanh(n)². Upstream gradient times
# local derivative, as ever:
#
#     ∂L/∂n = (1 - out²) · ∂L/∂out
#
# **Your task:** scroll back to `tanh` and fill the second gap. The closure may use `self` and
# `out`, and needs nothing else. Attaching and returning are done for you there.
#
# **Check yourself:** for `out = Value(0.5).tanh()` with an upstream gradient of 2, the gradient
# of the input is about 1.5729.
#
# **People often** square the input instead of the output, or square the whole bracket. (Of 67
# engines that we found in public, 5 had a wrong gradient here.) As before: don't forget what comes
# from upstream.

# %%
if __name__ == "__main__":
    x = Value(0.5)
    out = x.tanh()
    out.grad = 2.0
    out._backward()
    print(f"tanh:  {x.grad:.4f}")

# %% [markdown]
# ## Who goes first? (`mg3.topological-order`, 3 points)
#
# Each result can now do its own step, and somebody has to call the steps in order. One rule
# decides everything: **a node may pass its gradient on only after it has received all of it.** So
# before the step of a node is called, every node that was *made from it* must have had its turn.
#
#     L = e * f
#     ├─ e = a + b
#     │  ├─ a
#     │  └─ b
#     └─ f
#
# Backwards, that is `L` first, then `e`, and only then `a` and `b`. Turn that around and it is
# easier to build: list the nodes so that each comes *after everything that it depends on*, leaves
# first, and the final result last. That is a **topological order**; backpropagation reads it from
# the end to the beginning.
#
#      a   b   e   f   L        a good order (one of several)
#      a   e   b   f   L        not one: e stands before b, and depends on it
#
# The classic recipe: to add a node, first add its children, by this same recipe; then add the node
# itself. Whoever is in already is not added again.
#
# **Your task:** return such a list for everything behind `root`. Each node appears exactly once,
# and `root` is the last.
#
# **Check yourself:** for L = (a + b) · f the list has 5 members; the last is `L`, and `a`
# and `b` both stand before their sum.
#
# **People often** put the node down *before* its children; or they start a fresh "visited" set in
# every recursive call, or fill one and never look into it. A shared node then turns up several
# times, and one day its step is taken too early.


# %%
def topological_order(root):
    """List every Value behind root once, each after all that it depends on; root is the last."""
    raise NotImplementedError("mg3.topological-order")


# %%
if __name__ == "__main__":
    a, b, f = Value(1.0, label="a"), Value(2.0, label="b"), Value(3.0, label="f")
    print([v.label or v._op for v in topological_order((a + b) * f)])

# %% [markdown]
# ## The whole way back (`mg3.backward`, 3 points)
#
# All pieces are on the table. The output responds to itself one for one, so its gradient is 1:
# that is the seed. Then every node's step is called, once each, from the output back to the
# leaves. Leaves have a step too, the empty one that `__init__` gave them, so there is no special
# case.
#
# **Your task:** write `backward`. It works on the Value that it is called on, and returns nothing.
#
# **Check yourself:** with the neuron below, `o.backward()` leaves the gradient -1.5 in `x1` and
# 1.0 in `w1`: the numbers from your pencil work, but this time nobody held the pencil. The whole
# picture, to be compared with yours (and to see it drawn, import `draw_dot` from lesson 2 and give
# it `o`):
#
#                              data   grad
#     o = tanh(n)            0.7071      1
#     └─ n = s + b           0.8814    0.5
#        ├─ s = p + q            -6    0.5
#        │  ├─ p = x1 * w1       -6    0.5
#        │  │  ├─ x1              2   -1.5
#        │  │  └─ w1             -3      1
#        │  └─ q = x2 * w2        0    0.5
#        │     ├─ x2              0    0.5
#        │     └─ w2              1      0
#        └─ b                 6.881    0.5
#
# **People often** forget the seed; then every gradient is zero, since zero times anything is zero.
# Or they run the list forwards, and everyone hands on a gradient before it has arrived.


# %%
@add_to_class(Value)
def backward(self):
    """Work out the gradient of this Value with respect to every Value behind it.

    Leaves the results in their `grad`; returns nothing.
    """
    raise NotImplementedError("mg3.backward")


# %%
if __name__ == "__main__":
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    o = (x1 * w1 + x2 * w2 + b).tanh()
    o.label = "o"
    o.backward()
    by_hand = neuron_gradients(x1.data, x2.data, w1.data, w2.data, b.data)
    for leaf in (x1, x2, w1, w2, b):
        print(f"do/d{leaf.label}   backward {leaf.grad:7.4f}   by hand {by_hand[leaf.label]:7.4f}")

# %% [markdown]
# ## Where we are
#
# You have backpropagation: every operator does its own small step, and `backward` calls them in
# the right order. There is one bug in it, a famous one, and it is not your fault: in lesson 4 you
# use a variable twice, watch the gradient go wrong, repair it, and give the engine the rest of its
# operators.
