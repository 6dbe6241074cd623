# %% [markdown]
# # Lesson 1: Derivatives
#
# Everything in this course rests on one question: **if I nudge an input a little, how much does
# the output move?** A neural network is a function with many inputs (its weights), and training it
# means asking that question about every weight, again and again. In this lesson you ask it about
# plain functions of plain numbers, so that the answer is in your fingers before the machinery
# arrives.
#
# At the end you will own four small tools that measure the slope of *any* function you can call,
# without knowing anything about what is inside. They are slow and a little inexact, and you will
# trust them for the rest of the course: when a clever gradient and a measured one disagree, it is
# almost always the clever one that is wrong.
#
# To check your work, now or after every single function:
#
#     mggrade check --lesson mg1
#
# What is not written yet is shown as *todo*, never as wrong. Go in order; each piece is short.

# %% [markdown]
# ## The slope of a parabola (`mg1.slope`, 1 point)
#
# Before we measure slopes, let us know one exactly, to have something to compare with. Take
#
# $$f(x) = 3x^2 - 4x + 5$$
#
# Its graph is a bowl: it falls steeply on the left, is flat at the bottom, and climbs on the
# right.
#
#      f(x)
#       |   *                     *
#       |    *                   *
#       |      *               *
#       |         *         *
#       |             * *
#       +------------------------------ x
#         falling    bottom    climbing
#         slope < 0    0      slope > 0
#
# From school, three rules are enough: the derivative of $x^2$ is $2x$, that of $x$ is $1$, that of
# a constant is $0$; factors stay in front, and sums are taken term by term.
#
# **Your task:** return the exact slope of this parabola at `x`. Work it out on paper, then type
# it.
#
# **Check yourself:** at $x = 3$ the slope is $14$, at $x = -3$ it is $-22$.
#
# **People often** return the height of the curve instead of its slope. At $x = 3$ the height is
# $20$; if you see that number, you have answered the other question.


# %%
def parabola(x):
    """Return the height of the curve 3x² - 4x + 5 at x."""
    return 3 * x**2 - 4 * x + 5


# %%
def parabola_slope(x):
    """Return the exact slope of `parabola` at x, a number."""
    ### BEGIN SOLUTION mg1.slope
    return 6 * x - 4
    ### END SOLUTION


# %%
if __name__ == "__main__":
    for x in (-3.0, 0.0, 3.0):
        print(f"x = {x:4}   height {parabola(x):5}   slope {parabola_slope(x):5}")

# %% [markdown]
# ## Measuring a slope (`mg1.difference-quotient`, 3 points)
#
# Now suppose that somebody hands you a function and you may only *call* it. You can still find its
# slope, by doing what the definition says: take a small step $h$ to the right, see how much the
# height changed, and divide by the length of the step.
#
# $$f'(x) \approx \frac{f(x + h) - f(x)}{h}$$
#
#                       * f(x+h)
#                     / |
#                   /   |  rise = f(x+h) - f(x)
#            f(x) *-----+
#                 x    x+h        slope = rise / run,  run = h
#
# "Rise over run": the sign tells you *which way* the output moves, the size tells you *how
# strongly* it responds. The true derivative is what this tends to as $h$ shrinks towards zero.
#
# **Your task:** compute this quotient for any function `f` of one number. Use the `h` that you are
# given.
#
# **Check yourself:** for our parabola at $x = 3$ with $h = 0.001$ you get about $14.003$. The
# error of $0.003$ is honest: it is $3h$, because the curve bends during the step.
#
# **People often** forget to divide, and get a tiny number that shrinks with `h`; or they write a
# fixed `h` inside the function, so that the argument does nothing.


# %%
def difference_quotient(f, x, h=1e-6):
    """Estimate the slope of f at x by one step of length h to the right.

    f: a function of one number.  Returns a number.
    """
    ### BEGIN SOLUTION mg1.difference-quotient
    return (f(x + h) - f(x)) / h
    ### END SOLUTION


# %% [markdown]
# Run this one and look closely. Smaller is better, until it isn't: a computer keeps about sixteen
# digits, and when `f(x + h)` and `f(x)` agree in nearly all of them, their difference is mostly
# rounding noise. Somewhere around `1e-8` the forward quotient is at its best.

# %%
if __name__ == "__main__":
    for h in (1e-1, 1e-3, 1e-6, 1e-8, 1e-11, 1e-14):
        slope = difference_quotient(parabola, 3.0, h)
        print(f"h = {h:.0e}   slope {slope:.12f}   off by {abs(slope - 14):.1e}")

# %% [markdown]
# ## Looking both ways (`mg1.central-difference`, 2 points)
#
# A step to the right only sees the curve on the right. If it bends upwards, every such estimate
# comes out too large. Step to *both* sides instead, and the two errors cancel almost perfectly:
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$$
#
#                                * f(x+h)
#                            /   |
#                        * f(x)  |  rise
#                    /           |
#       f(x-h)   *---------------+
#               x-h      x      x+h        the run is the whole way between the outer points
#
# With the forward quotient, a step ten times smaller gives an error ten times smaller. Here it
# becomes a *hundred* times smaller, for one more call of `f`.
#
# **Your task:** write the symmetric version, again for any `f`, `x` and `h`.
#
# **Check yourself:** for $f(x) = x^3$ at $x = 2$ with $h = 0.1$ you get $12.01$; the truth is
# $12$. (The forward quotient says $12.61$.)
#
# **People often** leave the old denominator in place, and every slope comes out doubled. Ask
# yourself how far apart the two points are.


# %%
def central_difference(f, x, h=1e-6):
    """Estimate the slope of f at x from two points, each h away from x, one on either side.

    f: a function of one number.  Returns a number.
    """
    ### BEGIN SOLUTION mg1.central-difference
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


# %%
if __name__ == "__main__":

    def cube(x):
        return x**3

    for h in (0.1, 0.01, 0.001):
        forward, central = difference_quotient(cube, 2.0, h), central_difference(cube, 2.0, h)
        print(f"h = {h:5}   forward off by {forward - 12:.6f}   central by {central - 12:.6f}")

# %% [markdown]
# ## One input among several (`mg1.partial`, 2 points)
#
# Networks have many inputs, so meet a function of three:
#
# $$d(a, b, c) = a \cdot b + c$$
#
# The slope "of d" is no longer one number: it depends on *which* input you nudge. Nudge one and
# hold the others still, and you have the **partial derivative** with respect to that one, written
# $\partial d / \partial a$.
#
# Here it is, with numbers. The result is on top, and below each result stands what it was made
# from; the product has been given a name of its own, `e`. If only `a` moves, `e` moves, and with it
# `d`.
#
# <!-- graph data: a = 2; b = -3; c = 10; e = a * b; d = e + c -->
#
#                    data
#     d = e + c         4
#     ├─ e = a * b     -6
#     │  ├─ a           2
#     │  └─ b          -3
#     └─ c             10
#
# <!-- end of the graph -->
#
# **Your task:** `f` takes separate numbers, `args` is the list of them, and `index` says which one
# to nudge (`0` for the first). Nudge it in both directions, as in the previous task, and return
# the slope. A list `args` becomes separate arguments with a star: `f(*args)`.
#
# **Check yourself:** at $a = 2, b = -3, c = 10$ the slope with respect to $a$ is $-3$. No
# surprise: if $a$ grows by a bit, $a \cdot b$ grows by $b$ times that bit.
#
# **People often** nudge the caller's own list and never put it back, so that the second question
# is asked at a different place than the first. Make a copy before you change anything.


# %%
def partial_derivative(f, args, index, h=1e-6):
    """Estimate how f responds to its argument number `index`, the others held still.

    f: a function of len(args) numbers, called as f(*args).
    args: a list of numbers; it is left as it was.  Returns a number.
    """
    ### BEGIN SOLUTION mg1.partial
    up, down = list(args), list(args)
    up[index] += h
    down[index] -= h
    return (f(*up) - f(*down)) / (2 * h)
    ### END SOLUTION


# %% [markdown]
# ## All of them at once (`mg1.gradient`, 2 points)
#
# Ask the question for every input, collect the answers in a list in the same order, and you have
# the **gradient**. It is the most useful list in machine learning: it points in the direction in
# which the output grows fastest, and its negative is the way downhill.
#
# $$(\frac{\partial d}{\partial a}, \frac{\partial d}{\partial b}, \frac{\partial d}{\partial c})$$
#
# **Your task:** return the list of all partial derivatives of `f` at `args`.
#
# **Check yourself:** for $d = a \cdot b + c$ at $(2, -3, 10)$ the gradient is $[-3, 2, 1]$, up to
# the last few digits. Read it aloud: "a pulls d down three for one, b pushes it up two for one, c
# passes straight through". In lesson 2 you will find these same numbers with no nudging at all.
#
# **People often** let every partial derivative take its own default step, and forget the `h` that
# they were given. And the answers belong in the order of the arguments: nobody sorts them later.


# %%
def gradient(f, args, h=1e-6):
    """Estimate the gradient of f at args: a list with one partial derivative per argument.

    f: a function of len(args) numbers, called as f(*args).
    """
    ### BEGIN SOLUTION mg1.gradient
    return [partial_derivative(f, args, index, h) for index in range(len(args))]
    ### END SOLUTION


# %%
if __name__ == "__main__":

    def d(a, b, c):
        return a * b + c

    for name, slope in zip("abc", gradient(d, [2.0, -3.0, 10.0])):
        print(f"d responds to {name} with a slope of {slope:.6f}")

# %% [markdown]
# ## Where we are
#
# You can measure the gradient of any function you can call, and you know what each of its numbers
# means. But it takes two calls per input, which is hopeless for a network with a million weights;
# in lesson 2 we begin to write down *how* a number was made, so that one walk through the record
# gives all the slopes at once.
