# %% [markdown]
# # Lesson 4: Activation
#
# Your engine backpropagates through sums, products and `tanh`. Two things are missing. It has a
# bug that shows as soon as a variable is used twice; and it speaks too little arithmetic: it can't
# do `a + 1`, it has no minus, no division, no powers. In this lesson you mend the bug, and teach
# it the rest, up to the point where an activation function can be *built* from pieces instead of
# being given.
#
# At the end you will own a complete engine: everything after this lesson only uses it.
#
# To check your work:
#
#     mggrade check --lesson mg4

# %%
import math

from mg3_backpropagation import Value, add_to_class, topological_order

# %% [markdown]
# ## The bug (`mg4.accumulate`, 5 points)
#
# Take a single number `a`, and let b = a + a. Surely b = 2a, and the gradient of `a` is 2.
# Run this with the engine as lesson 3 left it:

# %%
if __name__ == "__main__":
    a = Value(3.0)
    (a + a).backward()
    print("a + a, before:", a.grad)

# %% [markdown]
# It says 1. (If yours says 2, you have foreseen what comes now.) Why? Because `self` and
# `other` are *the same object* here. The closure puts 1 into its gradient, and then puts 1
# into it again. The second writing destroys the first.
#
# It needn't be a + a. In this **diamond**, `a` and `b` are each used by two different nodes. (The
# arrow ↓ says that a Value is used here, and has its own line further down.)
#
#                    data   grad
#     f = d * e        -6      1
#     ├─ d = a * b     -6      1
#     │  ├─ a ↓
#     │  └─ b ↓
#     └─ e = a + b      1     -6
#        ├─ a          -2     -3
#        └─ b           3     -8
#
# Along two paths something arrives at `a`, and whoever comes last overwrites whoever came before.
# The rule of calculus is the *multivariable* chain rule: **contributions along different paths add
# up.**
#
#     ∂f/∂a = ∂f/∂d · ∂d/∂a + ∂f/∂e · ∂e/∂a
#
# In the picture, `a` gets 1 · 3 by way of `d` and -6 · 1 by way of `e`: together -3.
#
# That is why `grad` starts at 0.0: it is an account, and every use of a variable makes a payment
# into it. It is also why the order of lesson 3 matters so much: nobody may pass on an account
# before the last payment has come in.
#
# **Your task:** write `+`, `*` and `tanh` once more, so that their closures *add* their shares to
# what is already there, and overwrite nothing. The four beats are the same as before. (For `tanh`,
# Python's own `math.tanh` may be used for the number; for large inputs it is the safer one,
# because e²ⁿ overflows.) The branch for plain numbers belongs to the next section.
#
# **Check yourself:** a + a gives `a` the gradient 2; a · a at a = 3 gives 6. In the
# diamond with a = -2, b = 3 the gradient of `a` is -3, and that of `b` is -8.
#
# **People often** mend it in one operator and overlook another: this is the commonest mistake of
# all. Of 89 engines that we found in public, 27 failed on random graphs, and 12 of them had come
# through a diamond unharmed. So look at every closure you have, and at every new one that you
# write below.
#
# One consequence, to be remembered: calling `backward` twice pays everything in twice. Make fresh
# Values for each experiment; lesson 7 shows how training deals with it.


# %%
@add_to_class(Value)
def __add__(self, other):
    """Return self + other, a new Value; other is a Value or a number."""
    if not isinstance(other, Value):
        raise NotImplementedError("mg4.numbers")
    raise NotImplementedError("mg4.accumulate")


# %%
@add_to_class(Value)
def __mul__(self, other):
    """Return self * other, a new Value; other is a Value or a number."""
    if not isinstance(other, Value):
        raise NotImplementedError("mg4.numbers")
    raise NotImplementedError("mg4.accumulate")


# %%
@add_to_class(Value)
def tanh(self):
    """Return the hyperbolic tangent of self, a new Value."""
    raise NotImplementedError("mg4.accumulate")


# %%
if __name__ == "__main__":
    a = Value(3.0)
    (a + a).backward()
    print("a + a, after: ", a.grad)

    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    f = (a * b) * (a + b)
    f.backward()
    print("diamond:      ", a.grad, b.grad)
    print("in order:     ", [v.label or v._op for v in topological_order(f)])

# %% [markdown]
# ## Plain numbers (`mg4.numbers`, 3 points)
#
# Data are plain numbers, and so is the 1 in almost every formula. But `a + 1` fails so far, because
# `1` has no `.data`. The cure is the first of the four beats, the one we have skipped: if the
# operand is not a Value, make it one. As a leaf that nobody else knows of, it will get a gradient
# that nobody looks at, and no harm is done.
#
# `1 + a` is another matter. Python first asks the *number* whether it can add a Value; it can't;
# then Python asks the right-hand side, with `a.__radd__(1)`. The `r` stands for *reflected*:
# `self` is what stood on the right, `other` what stood on the left.
#
# | you write | Python calls |
# |---|---|
# | `a + 1` | `a.__add__(1)` |
# | `1 + a` | `(1).__add__(a)`, which gives up, and then `a.__radd__(1)` |
# | `2 * a` | `(2).__mul__(a)`, which gives up, and then `a.__rmul__(2)` |
#
# **Your task:** fill in the two branches above, in `+` and `*`, and write `__radd__` and
# `__rmul__`. For sums and products the order makes no difference, so the reflected ones can leave
# all the work to the others in one line.
#
# **Check yourself:** with a = 3, the number `2 * a + 1` holds 7, and the gradient of `a` is
# 2.
#
# **People often** handle `float` and forget `int`, or misspell a name, such as `__rmull__`: Python
# doesn't complain, it just never finds it. (18 of 93 engines could not do a Value plus a 4.)


# %%
@add_to_class(Value)
def __radd__(self, other):
    """Return other + self, where other is a number; Python calls this for `1 + a`."""
    raise NotImplementedError("mg4.numbers")


# %%
@add_to_class(Value)
def __rmul__(self, other):
    """Return other * self, where other is a number; Python calls this for `2 * a`."""
    raise NotImplementedError("mg4.numbers")


# %%
if __name__ == "__main__":
    a = Value(3.0)
    out = 2 * a + 1
    out.backward()
    print("2a + 1:       ", out, a.grad)

# %% [markdown]
# ## The exponential (`mg4.exp`, 3 points)
#
# Probabilities are made with it, and tanh can be. It is the function that is its own slope:
#
#     out = eˣ
#     d/dx eˣ = eˣ = out
#
# **Your task:** write `exp`, forwards and backwards. From here on you write all of the beats
# yourself; name the operator `"exp"`.
#
# **Check yourself:** at x = 1 with an upstream gradient of 1, both the number and the gradient
# are about 2.7183. And eˣ · eˣ at x = 0, with one and the same `x` in two calls of
# `exp`, gives `x` the gradient 2.
#
# **People often** use `x` as the local derivative, or apply `exp` a second time to what is already
# the result. (6 of 56 engines.) And remember the account: payments add up.


# %%
@add_to_class(Value)
def exp(self):
    """Return e to the power of self, a new Value."""
    raise NotImplementedError("mg4.exp")


# %% [markdown]
# ## Powers (`mg4.pow`, 3 points)
#
# Squares make losses, square roots make distances, and a division is a power in disguise. For a
# constant exponent `n`, the rule from school:
#
#     out = xⁿ
#     d/dx xⁿ = n · xⁿ⁻¹
#
# It holds for n = 2, for n = 0.5 (a square root), and for n = -1 (which will be our
# division). It does *not* hold where the exponent is a Value, because then the exponent wants a
# gradient, too, by another rule. Better to say so than to be silently wrong.
#
# **Your task:** write `__pow__`, which Python calls for `x ** n`. If `other` is neither an `int`
# nor a `float`, raise a `TypeError` with a message that says what is allowed. The exponent is not
# a Value and not a child; it is part of the operator, whose name may be something like `"**2"`.
#
# **Check yourself:** x³ at x = 2 is 8, with the gradient 12; `x ** x` raises.
#
# **People often** forget one half of the rule: the factor in front, or the exponent that goes down
# by one. Or the power is applied to the factor as well. (9 of 77 engines.) Mind also that `assert`
# raises an `AssertionError`, which is something else.


# %%
@add_to_class(Value)
def __pow__(self, other):
    """Return self ** other, a new Value.

    other: an int or a float; anything else raises a TypeError.
    """
    raise NotImplementedError("mg4.pow")


# %%
if __name__ == "__main__":
    x = Value(1.0)
    x.exp().backward()
    print(f"e^x:           {x.grad:.4f}")

    x = Value(2.0)
    (x**3).backward()
    print("x**3:         ", x.grad)

# %% [markdown]
# ## Division (`mg4.div`, 3 points)
#
# Dividing is multiplying by the reciprocal, and a reciprocal is a power:
#
#     a/b = a · b⁻¹
#
# So no new calculus is needed: **an operator composed of finished operators gets its gradients for
# free**, because each piece brings its own closure. This is the reward for all your work.
#
#                    data   grad
#     c = a * r         3      1
#     ├─ a              6    0.5
#     └─ r = b**-1    0.5      6
#        └─ b           2   -1.5
#
# **Your task:** write `__truediv__` for `a / b`, and `__rtruediv__` for `1 / b`, where the number
# stands on the left. No closure, one line each.
#
# **Check yourself:** with a = 6 and b = 2: a / b = 3, with gradients 0.5 for `a` and
# -1.5 for `b`. And `1 / b` is 0.5, with the gradient -0.25.
#
# **People often** let the reflected one compute `self / other`: the wrong way round. Here the
# order does matter: `self` stood on the *right*, under the line. (17 of 45 engines; nothing else
# fails so often.) Others let each of the two call the other, for ever.


# %%
@add_to_class(Value)
def __truediv__(self, other):
    """Return self / other, a new Value; other is a Value or a number."""
    raise NotImplementedError("mg4.div")


# %%
@add_to_class(Value)
def __rtruediv__(self, other):
    """Return other / self, where other is a number; Python calls this for `1 / a`."""
    raise NotImplementedError("mg4.div")


# %% [markdown]
# ## Subtraction (`mg4.sub`, 3 points)
#
# How far is a guess from its target? No loss can do without a difference. It is the same trick once
# more: -a is `a` times minus one, and the rest is addition.
#
#     -a = (-1) · a
#     a - b = a + (-b)
#
# **Your task:** write `__neg__` for `-a`, `__sub__` for `a - b`, and `__rsub__` for `1 - a`, each
# in one line, out of what you have.
#
# **Check yourself:** with a = 5 and b = 2, `a - b` is 3, with gradients 1 and -1. And
# `1 - a` is -4, with the gradient -1.
#
# **People often** reach for `.data` and wrap the difference in a new Value. The number is right,
# but the new Value has no past: it has left the graph, and no gradient finds its way back. And, as
# with division, `__rsub__` means *other minus self* (16 of 47 engines had it wrong).


# %%
@add_to_class(Value)
def __neg__(self):
    """Return -self, a new Value."""
    raise NotImplementedError("mg4.sub")


# %%
@add_to_class(Value)
def __sub__(self, other):
    """Return self - other, a new Value; other is a Value or a number."""
    raise NotImplementedError("mg4.sub")


# %%
@add_to_class(Value)
def __rsub__(self, other):
    """Return other - self, where other is a number; Python calls this for `1 - a`."""
    raise NotImplementedError("mg4.sub")


# %%
if __name__ == "__main__":
    a, b = Value(6.0), Value(2.0)
    (a / b).backward()
    print("a / b:        ", a.grad, b.grad)

    a = Value(5.0)
    out = 1 - a
    out.backward()
    print("1 - a:        ", out, a.grad)

# %% [markdown]
# ## Another activation (`mg4.relu`, 2 points)
#
# Most networks of today use something far simpler than tanh, the *rectified linear unit*: keep
# what is positive, cut off the rest.
#
#     relu(x) = max(0, x)
#
#             |       /
#             |     /          slope 1 on the right: the gradient passes through
#             |   /
#      _______|_/_______ x     slope 0 on the left: the gate is shut
#
# Backwards it is a gate. If the number came through, its gradient comes through unchanged; if it
# was cut off, nothing passes. (Exactly at zero there is no slope; we take 0, like PyTorch.)
#
# **Your task:** write `relu`, forwards and backwards; call the operator `"ReLU"`.
#
# **Check yourself:** with an upstream gradient of 3: at x = 2 the result is 2 and the
# gradient 3; at x = -2 both are 0.
#
# **People often** let a *gradient* decide whether the gate is open. It is the sign of the *data*
# that decides; the upstream gradient may well be negative and must still get through.


# %%
@add_to_class(Value)
def relu(self):
    """Return self where it is positive and 0 elsewhere, a new Value."""
    raise NotImplementedError("mg4.relu")


# %% [markdown]
# ## tanh, taken apart (`mg4.tanh-from-exp`, 2 points)
#
# A fine test for an engine: say the same thing in two ways, and compare. You have exp, minus, plus
# and division now, so `tanh` need not be an operation of its own:
#
#     tanh(n) = (e²ⁿ - 1) / (e²ⁿ + 1)
#
# The exponential is used twice, so there is a diamond in it:
#
#                            data      grad
#     o = u / v            0.4621         1
#     ├─ u = e - 1          1.718    0.2689
#     │  └─ e ↓
#     └─ v = e + 1          3.718   -0.1243
#        └─ e = exp(m)      2.718    0.1447
#           └─ m = 2 * n        1    0.3932
#              └─ n           0.5    0.7864
#
# **Your task:** write a function (no method this time) that takes a Value and returns this
# expression, made with your own operators only.
#
# **Check yourself:** at n = 0.5, `tanh_from_exp` and `tanh` both give about 0.4621, and both
# give `n` the gradient 0.7864. It doesn't matter how coarse or how fine the operations are: as
# long as each knows its local derivative, the gradient is the same.
#
# **People often** take the number out of the Value and compute with `math`; that leaves the graph.
# And if the number is right but the gradient is not, look at the diamond: somewhere a payment
# overwrites another.


# %%
def tanh_from_exp(n):
    """Return the hyperbolic tangent of a Value, a Value made from exp and the other operators."""
    raise NotImplementedError("mg4.tanh-from-exp")


# %%
if __name__ == "__main__":
    for name, squash in (("in one piece", Value.tanh), ("taken apart ", tanh_from_exp)):
        n = Value(0.5)
        o = squash(n)
        o.backward()
        print(f"tanh {name}: {o.data:.4f}, gradient {n.grad:.4f}")

# %% [markdown]
# ## Where we are
#
# You have a complete engine: it speaks ordinary arithmetic, and its gradients are right on every
# graph, however often a variable is used. In lesson 5 it meets its big sister PyTorch, and you
# build neurons, layers and a whole network on top of it.
