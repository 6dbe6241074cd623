# %% [markdown]
# # Lesson 7: Final
#
# All parts lie on the table: an engine, a network, a loss, a step. In this lesson you put them into
# a loop, and the loop learns.
#
# At the end you will own a complete micrograd, and a network that you trained with it.
#
# To check your work:
#
#     mggrade check --lesson mg7

# %%
from mg6_gradient_descent import MLP, Value, add_to_class, descend, squared_error  # noqa: F401

# %% [markdown]
# ## Forget the last step (`mg7.zero-grad`, 2 points)
#
# In lesson 4 you taught gradients to accumulate, because a Value may be used in several places of
# one expression. The engine cannot know where one expression ends and the next begins. If you run
# `backward` for a second loss, its gradients are added on top of the first one's, although the
# first step is already done:
#
#     step 1:  grad = g1                     walk along g1
#     step 2:  grad = g1 + g2                walk along g1 once more?
#     step 3:  grad = g1 + g2 + g3           …and once more
#
# The nasty thing is that this often still learns, somehow, like a ball that rolls on with its
# momentum. It is one of the best known bugs in the trade, in PyTorch as much as here.
#
# **Your task:** write `zero_grad`: after it, every parameter's gradient is 0.0 and its data is
# what it was.
#
# **Check yourself:** take a parameter w = 3, and let the loss be w·w:
#
#                 data   grad
#     L = w * w      9      1
#     └─ w           3      6
#
# A second loss of the same form and a second `backward` make its gradient 12; with `zero_grad` in
# between, it is 6 again.
#
# **People often** clear too much: if the data go to zero as well, the network has forgotten all
# that it learned. More often still, this function is right and is called in the wrong place, or not
# at all; see below.


# %%
def zero_grad(parameters):
    """Set the gradient of every parameter back to 0.0, in place."""
    raise NotImplementedError("mg7.zero-grad")


# %% [markdown]
# ## The training loop (`mg7.train`, 4 points)
#
# Here is all of deep learning in one small circle:
#
#        ┌──> forward ──> loss ──> zero grad ──> backward ──> step ──┐
#        └───────────────────────────────────────────────────────────┘
#
# 1. *forward*: what does the model say now, for each of the inputs?
# 2. *loss*: how wrong is that? (`squared_error`, over all examples together)
# 3. *zero grad*: forget the gradients of the previous round.
# 4. *backward*: who is to blame, and how much?
# 5. *step*: move every parameter a little against its gradient. (`descend`)
#
# **Your task:** write `train`: go round `steps` times, and return the list of the losses as plain
# floats, each one measured *before* its step. So the first entry says how the untrained model did.
#
# **Check yourself:** take `MLP(1, [1])` with its weight set to 0.5 and its bias to 0. For the
# single input `[1.0]` with target 1.0 and learning rate 0.1, the first loss is (tanh 0.5 - 1)² ≈
# 0.289318, the second 0.172675 and the third 0.121154.
#
# **People often** mix up the order of the last three. If the gradients are zeroed between
# `backward` and the step, there is nothing left to walk along, and the loss stands still to the
# last digit. If they are never zeroed, the first two losses are right and the third is not. And
# the forward pass belongs *inside* the loop: a loss that was computed once, before it, describes a
# network that has since moved on.


# %%
def train(model, inputs, targets, steps, learning_rate):
    """Train `model` in place by gradient descent on the squared error of all examples.

    `inputs` is a list of inputs (each a list of numbers), `targets` a list of numbers.
    Returns the loss before each step, a list of `steps` floats.
    """
    raise NotImplementedError("mg7.train")


# %% [markdown]
# Try it: four examples, and a network that knows nothing about them. Change the learning rate, and
# look at what happens: 0.001 crawls, 0.05 learns, and what does 1.0 do?

# %%
if __name__ == "__main__":
    import random

    random.seed(7)
    model = MLP(3, [4, 4, 1])
    inputs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    targets = [1.0, -1.0, -1.0, 1.0]

    losses = train(model, inputs, targets, steps=100, learning_rate=0.05)
    for step in range(0, 100, 10):
        bar = "#" * round(losses[step] * 8)
        print(f"step {step:3}  loss {losses[step]:.4f}  {bar}")
    print("targets:    ", targets)
    print("predictions:", [round(model(x).data, 3) for x in inputs])

# %% [markdown]
# ## When training goes wrong
#
# Not graded, but good to have read once before you train something larger:
#
# - **The loss jumps about or grows.** The learning rate is too large. Divide it by ten, and look
#   again.
# - **The loss hardly moves.** The learning rate is too small, or the neurons are saturated: where
#   tanh is flat its local derivative is almost 0, and hardly any gradient passes. Large inputs do
#   this; scale them to about -1 … 1.
# - **The loss stops well above 0.** The network may be too small for the task, or some of it may
#   not be learning at all. Count the parameters whose gradient is exactly 0.
# - **All is plausible and nothing is right.** Take one parameter, nudge it by 1e-6, and compare
#   the change of the loss with its gradient. Lesson 1 is the judge of all that came after.

# %% [markdown]
# ## Your whole micrograd (`mg7.integration`, 2 points)
#
# Nothing new to write. Until now, each lesson could be checked with help: where an earlier lesson
# of yours had a fault, the grader lent you a sound one, so that one bug cost you one concept only.
# For these two points it lends nothing. Your own lessons 2 to 7 stand alone: a random network, a
# forward pass, a loss, a backward pass, and then every parameter's gradient next to PyTorch's.
#
# **Check yourself:** the nudge of lesson 1, on the whole network. The two columns below agree to
# about five decimal places.
#
# **People often** carry a fault along from an early lesson that nothing since has touched. If this
# check fails while all others pass, run `mggrade check` over the whole course: it says which
# concepts passed only with help.

# %%
if __name__ == "__main__":
    random.seed(77)
    model = MLP(3, [4, 4, 1])
    loss = squared_error(targets, [model(x) for x in inputs])
    zero_grad(model.parameters())
    loss.backward()
    print("      gradient    by nudging")
    for p in model.parameters()[::8]:
        p.data += 1e-6
        nudged = squared_error(targets, [model(x) for x in inputs])
        p.data -= 1e-6
        print(f"{p.grad:14.8f}{(nudged.data - loss.data) / 1e-6:14.8f}")

# %% [markdown]
# ## Where we are
#
# You own a whole micrograd: an engine, a library of networks, and the loop that trains them, all
# of it written by you. It deserves to be more than seven files: type
#
#     mggrade graduate
#
# and your own lines become a package `micrograd` that you can install and import, with a picture of
# what a network made of it has learned.
#
# What comes next is a challenge, for the joy of it: new operators, new losses, and two moons that
# no straight line can tell apart.
