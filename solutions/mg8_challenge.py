# %% [markdown]
# # Lesson 8: Challenge
#
# You are through; this lesson is for those who want more, and its 20 points come on top of the 100.
# First a derivative by hand, to see whether the pen is still sharp. Then the pieces of a
# classifier: a logarithm, a softmax, and two losses that real classifiers use. And then two moons.
#
# At the end you will own a trained classifier, and a picture of what it has learned.
#
# To check your work:
#
#     mggrade check --lesson mg8

# %%
import gc
import math
import random

from mg7_final import MLP, Value, add_to_class, descend, zero_grad

# %% [markdown]
# ## A gradient with pen and paper (`mg8.gradient`, 3 points)
#
# $$f(a, b, c) = -a^3 + \sin 3b - \frac{1}{c} + b^{2.5} - a^{0.5}$$
#
# It looks unfriendly, but it is a sum, so each term can be differentiated for itself. A term that
# does not contain the variable at all contributes nothing. For the rest you need two rules:
# $(x^n)' = n x^{n-1}$, which covers $1/c$ and the square root as well, and the chain rule for
# $\sin 3b$.
#
# **Your task:** write two functions that find the same three numbers, once with your formulas and
# once with nudges. `challenge_gradient` holds what you worked out on paper.
# `challenge_gradient_numerical` trusts nothing but `challenge_value`: it moves one variable by h
# both ways, while the other two stay where they are, and divides the change by the distance, 2h.
#
# **Check yourself:** at a = 2, b = 3, c = 4 the value is 6.336362…, and the gradient is
# -12.353553…, 10.256990… and 0.0625.
#
# **People often** lose the factor 3 that comes out of the sine, or a sign: the derivative of
# $1/c$ is negative already, and here there is a minus before it.


# %%
def challenge_value(a, b, c):
    """Return f(a, b, c). Given."""
    return -(a**3) + math.sin(3 * b) - 1 / c + b**2.5 - a**0.5


def challenge_gradient(a, b, c):
    """Return [df/da, df/db, df/dc] by the formulas that you found by hand."""
    ### BEGIN SOLUTION mg8.gradient
    dfda = -3 * a**2 - 0.5 * a**-0.5
    dfdb = 3 * math.cos(3 * b) + 2.5 * b**1.5
    dfdc = 1 / c**2
    return [dfda, dfdb, dfdc]
    ### END SOLUTION


def challenge_gradient_numerical(a, b, c, h=1e-6):
    """Return [df/da, df/db, df/dc] by central differences of `challenge_value`."""
    ### BEGIN SOLUTION mg8.gradient
    f = challenge_value
    return [
        (f(a + h, b, c) - f(a - h, b, c)) / (2 * h),
        (f(a, b + h, c) - f(a, b - h, c)) / (2 * h),
        (f(a, b, c + h) - f(a, b, c - h)) / (2 * h),
    ]
    ### END SOLUTION


# %%
if __name__ == "__main__":
    print("value:    ", challenge_value(2, 3, 4))
    print("by hand:  ", challenge_gradient(2, 3, 4))
    print("by nudges:", challenge_gradient_numerical(2, 3, 4))

# %% [markdown]
# ## The logarithm (`mg8.log`, 2 points)
#
# The logarithm undoes exp. A loss made of probabilities needs it: it turns "how likely?" into "how
# surprised am I?", with log 1 = 0 for no surprise at all, and numbers ever further below zero as
# the probability shrinks.
#
# You have built operators before, and this one has the same four beats. The only thing to find
# out is its local derivative, $\frac{d}{dx} \ln x$.
#
# **Your task:** write `log`, the natural logarithm, forward and backward.
#
# **Check yourself:** the log of 2 is 0.693147…, and the gradient at 2 is 0.5.
#
# **People often** pick another logarithm than they meant, for `math` has them to several bases.
# The one with base 10 looks plausible, and is wrong by a factor of 2.302585. And let the gradient
# accumulate, as always: the same Value may be used elsewhere.


# %%
@add_to_class(Value)
def log(self):
    """Return the natural logarithm, a new Value."""
    ### BEGIN SOLUTION mg8.log
    out = Value(math.log(self.data), (self,), "log")

    def _backward():
        self.grad += out.grad / self.data

    out._backward = _backward
    return out
    ### END SOLUTION


# %% [markdown]
# ## Softmax (`mg8.softmax`, 3 points)
#
# A network that chooses between several classes gives one number for each, the **logits**. They
# can be anything, and only their order has an evident meaning. Softmax makes probabilities of
# them, all positive and together 1:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# One practical matter: $e^{1000}$ is more than a float can hold. But if the same number $m$ is
# taken from every logit, each exp shrinks by the same factor $e^m$, above and below the fraction
# line, and the probabilities stay as they are. So take away the largest logit first: then the
# largest exponent is 0, and nothing overflows.
#
# **Your task:** write `softmax`: a list of Values in, a list of as many Values out.
#
# **Check yourself:** the logits 0, 3, -2 and 1 become 0.041772…, 0.839024…, 0.005653… and
# 0.113549…; logits of 1000 and 1000 become 0.5 and 0.5.
#
# **People often** divide by a sum of plain numbers. But each probability depends on *every*
# logit, since all of them are in the sum below the line, and so the sum has to stay in the graph,
# made of Values. The number that you take away is another matter: as it changes nothing, it may be
# a plain number.


# %%
def softmax(logits):
    """Return the probabilities, a list of Values, for a list of Values."""
    ### BEGIN SOLUTION mg8.softmax
    largest = max(logit.data for logit in logits)
    exps = [(logit - largest).exp() for logit in logits]
    total = sum(exps)
    return [e / total for e in exps]
    ### END SOLUTION


# %% [markdown]
# ## The surprise (`mg8.nll`, 3 points)
#
# Given the probabilities, how good was the answer? Look only at the one that was given to the
# right class, the target. If it is 1, there is nothing to improve. The closer it comes to 0, the
# larger the loss should be, without limit:
#
# $$L = -\ln p_{\text{target}}$$
#
# This is the **negative log likelihood**. Together with softmax it is what nearly every
# classifier and every language model is trained with, under the name of cross entropy.
#
# **Your task:** write `negative_log_likelihood`: the logits as Values, the target as an index, one
# Value out.
#
# **Check yourself:** for the logits 0, 3, -2, 1 and target 3 the loss is 2.175514…, and the
# gradients of the logits are the probabilities, with 1 taken from the target's: 0.041772…,
# 0.839024…, 0.005653…, -0.886450…. That so much machinery has so simple a gradient is worth a
# minute with pen and paper.
#
# **People often** forget the minus, and train the network to be as wrong as it can. Or they take
# the logarithm of the bare number, which leaves the graph: the loss looks right, while every
# gradient stays 0.


# %%
def negative_log_likelihood(logits, target):
    """Return -log of the probability that softmax gives to the class `target`, as a Value.

    `logits` is a list of Values, `target` the index of the right class.
    """
    ### BEGIN SOLUTION mg8.nll
    return -softmax(logits)[target].log()
    ### END SOLUTION


# %%
if __name__ == "__main__":
    logits = [Value(0.0), Value(3.0), Value(-2.0), Value(1.0)]
    loss = negative_log_likelihood(logits, 3)
    loss.backward()
    print("probabilities:", [round(p.data, 6) for p in softmax(logits)])
    print("loss:         ", round(loss.data, 6))
    print("gradients:    ", [round(z.grad, 6) for z in logits])

# %% [markdown]
# ## A loss with a margin (`mg8.hinge`, 4 points)
#
# For two classes there is another way. The network gives a single score $s$; a positive one means
# class +1, a negative one class -1. With the label $y$, the product $y \cdot s$ is positive when
# the sign is right. The **hinge loss** wants a little more than that, a margin of 1:
#
#     loss
#      3 │╲
#      2 │   ╲
#      1 │      ╲
#      0 │         ╲________
#        └┬──┬──┬──┬──┬──┬── y·s
#        -2 -1  0  1  2  3
#
# Wrong costs, and so does "right, but only just". Right by the margin costs nothing, and such a
# point has no say in the next step: the network works on what it still finds hard.
#
# A second term keeps the parameters small, by charging for their squares. It is called **L2
# regularisation**, and it makes the network prefer a calm answer to a wild one:
#
# $$L = \frac{1}{n} \sum_{i=1}^{n} \max(0,\ 1 - y_i s_i) \;+\; \alpha \sum_p p^2$$
#
# **Your task:** write `hinge_loss`: the first term is the mean over the batch, the second the
# plain sum over the parameters, times alpha. Where no parameters are given, there is nothing to
# charge for.
#
# **Check yourself:** the scores 0.5, -2 and 0.25 with the labels +1, -1 and -1 cost 0.5, 0 and
# 1.25, on average 0.583333…. With one parameter of 3 and alpha = 0.1, 0.9 is added.
#
# **People often** take the mean of both terms, but it belongs to the first one only. And the hinge
# must be one of your own operators, since a maximum taken of bare numbers leaves the graph.


# %%
def hinge_loss(scores, labels, parameters=(), alpha=1e-4):
    """Return the mean of relu(1 - y*s), plus alpha times the sum of the squared parameters.

    `scores` is a list of Values, `labels` a list of as many +1 or -1,
    `parameters` the Values to keep small. The result is a Value.
    """
    ### BEGIN SOLUTION mg8.hinge
    losses = [(1 - y * s).relu() for s, y in zip(scores, labels)]
    data_loss = sum(losses) / len(losses)
    regularisation = alpha * sum(p * p for p in parameters)
    return data_loss + regularisation
    ### END SOLUTION


# %% [markdown]
# ## How many are right? (`mg8.accuracy`, 1 point)
#
# The loss is for the network, the accuracy for you: what share of the points is on the right side?
# It has no useful gradient, since a small nudge of a weight moves hardly any point across. So it
# is a plain float, not a `Value`.
#
# **Your task:** write `accuracy`: a score above 0 means +1, anything else -1.
#
# **Check yourself:** the scores 0.5, -2 and 0.25 with the labels +1, -1 and -1 give 0.666666….
#
# **People often** compare the score itself with 0, but a score is a Value, and it is its number
# that counts.


# %%
def accuracy(scores, labels):
    """Return the fraction (0.0 to 1.0) of the scores whose sign agrees with the label."""
    ### BEGIN SOLUTION mg8.accuracy
    right = [(s.data > 0) == (y > 0) for s, y in zip(scores, labels)]
    return sum(right) / len(right)
    ### END SOLUTION


# %% [markdown]
# ## Two moons (`mg8.moons`, 4 points)
#
# Two half circles, hooked into each other, with a little noise. No straight line separates them,
# and so a single neuron cannot: this is what the hidden layers are for.


# %%
def make_moons(n, noise=0.1, seed=1):
    """Return (points, labels): `n` points [x, y] on two moons, labelled +1 and -1. Given."""
    rng = random.Random(seed)
    points, labels = [], []
    for i in range(n):
        angle = math.pi * (i // 2) / max(1, (n + 1) // 2 - 1)
        if i % 2 == 0:
            x, y, label = math.cos(angle), math.sin(angle), 1
        else:
            x, y, label = 1 - math.cos(angle), 0.5 - math.sin(angle), -1
        points.append([x + rng.gauss(0, noise), y + rng.gauss(0, noise)])
        labels.append(label)
    return points, labels


def draw(points, labels, model=None):
    """Draw the points as O (+1) and X (-1), and the model's opinion of the plane. Given."""
    columns, rows = 60, 22
    marks = {}
    for (x, y), label in zip(points, labels):
        marks[round((1.5 - y) * 8.4), round((x + 1.5) * 14.75)] = "O" if label > 0 else "X"
    for row in range(rows):
        line = ""
        for column in range(columns):
            background = " "
            if model and (row, column) not in marks:
                score = model([column / 14.75 - 1.5, 1.5 - row / 8.4])
                background = "." if score.data > 0 else " "
            line += marks.get((row, column), background)
        print(line.rstrip())


# %%
if __name__ == "__main__":
    points, labels = make_moons(100)
    draw(points, labels)

# %% [markdown]
# **Your task:** write `train_classifier`. It is the circle of lesson 7, with another loss: scores
# for all points, the hinge loss with the model's own parameters and `alpha`, forget, backward,
# descend. Return the losses before each step, as plain floats.
#
# **Check yourself:** take `MLP(2, [1])` with the weights 0.5 and -0.5 and the bias 0. For the
# points `[1.0, 0.0]` and `[0.0, 1.0]` with the labels +1 and -1, the learning rate 0.1 and alpha =
# 0.01, the first loss is 1 - tanh 0.5 + 0.005 ≈ 0.542883, the second 0.514079.
#
# **People often** forget to hand the parameters to the loss. The curve then looks fine, but is
# not the one that was asked for. And note that the loop moves the model it was given: a second
# call goes on where the first one stopped.


# %%
def train_classifier(model, points, labels, steps, learning_rate, alpha=1e-4):
    """Train `model` in place on all points at once, with the hinge loss.

    Returns the loss before each step, a list of `steps` floats.
    """
    ### BEGIN SOLUTION mg8.moons
    losses = []
    for _ in range(steps):
        scores = [model(point) for point in points]
        loss = hinge_loss(scores, labels, model.parameters(), alpha)
        zero_grad(model.parameters())
        loss.backward()
        descend(model.parameters(), learning_rate)
        losses.append(loss.data)
    return losses
    ### END SOLUTION


# %% [markdown]
# Try it, at full size: 100 points and 337 parameters, in pure Python. Every step builds a graph of
# some 70,000 Values, so give it half a minute. Where the network says +1, the plane is dotted. The
# border is nearly straight at first, good for nine points in ten; then it bends around the tips.

# %%
if __name__ == "__main__":
    gc.set_threshold(50_000)  # let Python look for garbage less often: twice as fast here

    random.seed(3)
    model = MLP(2, [16, 16, 1])
    print(len(model.parameters()), "parameters")
    for done in range(5, 31, 5):
        losses = train_classifier(model, points, labels, steps=5, learning_rate=0.7)
        right = accuracy([model(point) for point in points], labels)
        print(f"after {done:2} steps: loss {losses[-1]:.4f}, {right:.0%} right", flush=True)
    draw(points, labels, model)

# %% [markdown]
# ## Where we are
#
# You have a classifier that bends around its data, trained by an engine whose every line is yours.
# When `mggrade graduate` makes your package, the pieces of this lesson are in it as well.
#
# What comes next is up to you: PyTorch, larger networks, whole language models, all of them turn in
# the circle that you now know from the inside.
