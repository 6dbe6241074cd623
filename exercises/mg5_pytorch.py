# %% [markdown]
# # Lesson 5: PyTorch
#
# Your `Value` can differentiate any expression you build from it. In this lesson you meet the
# library that professionals use for the same job, see that it gives the same numbers, and then
# stack your Values into neurons, layers and a whole network.
#
# At the end you will own a multi-layer perceptron (an MLP) in about twenty lines.
#
# To check your work:
#
#     mggrade check --lesson mg5
#
# Only the first exercise needs PyTorch (`pip install torch`). The others work without it.

# %%
import random

from mg4_activation import Value, add_to_class  # noqa: F401 (lesson 6 takes add_to_class from here)

# %% [markdown]
# ## The same neuron in PyTorch (`mg5.torch-neuron`, 3 points)
#
# Is your engine a toy, or the real thing in small? The quickest way to find out is to compute
# one neuron in both. You know this one from lesson 3:
#
#     o = tanh(x1 w1 + x2 w2 + b)
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
# PyTorch's `Value` is called a *tensor*: an array of numbers which remembers, as yours does, how
# it was made. A tensor may hold a million numbers; here each holds one. The words are almost those
# of your own engine:
#
# | your engine | PyTorch |
# |---|---|
# | `Value(2.0)` | `torch.tensor(2.0, dtype=…, requires_grad=…)` |
# | `v.data` | `t.item()`: the number inside, as a Python float |
# | `v.grad` | `t.grad`: a tensor again, so it needs `.item()` too |
# | `o.backward()` | `o.backward()` |
#
# Two things are asked for explicitly. *Double precision*: Python's floats have 64 bits, but
# tensors made from them have 32 unless you say `torch.double`. And *gradients*: PyTorch saves
# the work for leaves that nobody wants to change, so a leaf that should get a gradient has to
# be made with `requires_grad` on.
#
# **Your task:** write `torch_neuron`: five tensors from five numbers, the formula, a backward
# pass, and then plain Python floats for the answer. Put the `import torch` inside the function, so
# that the rest of this file works without it.
#
# **Check yourself:** for x1 = 2, x2 = 0, w1 = -3, w2 = 1, b = 6.8813735870195432 the output is
# 0.70710678…, and the gradients are -1.5 for x1, 0.5 for x2, 1.0 for w1, 0.0 for w2, 0.5 for b.
#
# **People often** forget to ask for double precision: an answer that is right for seven digits
# and then wanders off was computed in 32 bits. And if you find `None` in a `.grad`, you may be
# looking at a converted copy: converting a tensor makes a new node of the graph, and the gradient
# waits at the leaf behind it.


# %%
def torch_neuron(x1, x2, w1, w2, b):
    """Compute o = tanh(x1*w1 + x2*w2 + b) and its gradients with PyTorch, in double precision.

    The arguments are numbers. Returns (out, grads): out is a Python float, grads a dict
    with the keys "x1", "x2", "w1", "w2" and "b" and a Python float for each.
    """
    raise NotImplementedError("mg5.torch-neuron")


# %% [markdown]
# Try it: the same neuron, once in each engine.

# %%
if __name__ == "__main__":
    x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.8813735870195432)
    o = (x1 * w1 + x2 * w2 + b).tanh()
    o.backward()
    print("yours: ", o.data, [v.grad for v in (x1, x2, w1, w2, b)])
    try:
        out, grads = torch_neuron(2.0, 0.0, -3.0, 1.0, 6.8813735870195432)
        print("torch: ", out, list(grads.values()))
    except ModuleNotFoundError:
        print("torch:  not installed here; the rest of the lesson works without it")

# %% [markdown]
# ## A neuron (`mg5.neuron`, 3 points)
#
# So far a neuron was an expression that you typed out. A network has many, and each must keep its
# own numbers between one use and the next, so a neuron becomes an object:
#
#     out = tanh(w · x + b) = tanh(w1 x1 + w2 x2 + … + b)
#
# The weights `w` say how strongly, and in which direction, it listens to each input. The bias `b`
# says how eager it is before anything has been said. The tanh squashes the sum into (-1, 1), and
# is what allows a network to bend: without it, a stack of neurons would be one straight line.
#
# **Your task:** write `Neuron`. It starts with one random weight for every input and one random
# bias, each drawn uniformly from [-1, 1] and kept as a `Value`, since these are what training will
# change. Calling the neuron with a list `x` gives one `Value`. The inputs may be plain numbers:
# your operators take them since lesson 4. (`random.uniform` draws; `zip` walks two lists in step.)
#
# Why random? Neurons that start equal receive equal gradients, and stay copies of each other for
# ever.
#
# **Check yourself:** set the weights of a `Neuron(2)` to -3 and 1 and its bias to
# 6.8813735870195432; called with `[2.0, 0.0]` it says 0.70710678…, the neuron from above.
#
# **People often** leave the bias out of the sum, and no error tells them: the network merely
# learns less well than it could.


# %%
class Neuron:
    """One neuron: tanh(w·x + b)."""

    def __init__(self, nin):
        """Draw the weights `w` (a list of `nin` Values) and the bias `b` (a Value) from [-1, 1]."""
        raise NotImplementedError("mg5.neuron")

    def __call__(self, x):
        """Return the activation for the inputs `x`, a list of `nin` numbers or Values."""
        raise NotImplementedError("mg5.neuron")


# %% [markdown]
# ## A layer (`mg5.layer`, 3 points)
#
# A layer is several neurons side by side. All of them see the same inputs; none of them sees
# another. Since each has weights of its own, each can look out for something different.
#
#              ┌──> neuron ──> out1
#     x1, x2 ──┼──> neuron ──> out2
#              └──> neuron ──> out3
#
# **Your task:** write `Layer`: `Layer(nin, nout)` keeps `nout` neurons in the list `neurons`.
# Calling it gives the list of their outputs, in their order, with one courtesy: a layer of a
# single neuron gives that one `Value` itself and not a list around it, so that a network with one
# output can be used like a number.
#
# **Check yourself:** `Layer(2, 3)` holds three neurons, each with two weights, and gives a list of
# three Values; `Layer(2, 1)` gives one `Value`.
#
# **People often** multiply a list that holds one neuron, and get a list that holds the *same*
# neuron many times. And some extend the courtesy to every layer: if a layer of three hands out its
# first output alone, the other two never learn.


# %%
class Layer:
    """Neurons side by side, all fed the same inputs."""

    def __init__(self, nin, nout):
        """Make `neurons`, a list of `nout` independent neurons with `nin` inputs each."""
        raise NotImplementedError("mg5.layer")

    def __call__(self, x):
        """Return the list of the neurons' outputs; with one neuron, its output itself."""
        raise NotImplementedError("mg5.layer")


# %% [markdown]
# ## A multi-layer perceptron (`mg5.mlp`, 3 points)
#
# Let the outputs of one layer be the inputs of the next, and you have a network. The first layer
# looks at the data, the second at what the first has noticed, and so on to the answer.
#
#     3 inputs ──> [4 neurons] ──> [4 neurons] ──> [1 neuron] ──> a Value
#
# **Your task:** write `MLP`: `MLP(3, [4, 4, 1])` takes three inputs and has layers of 4, 4 and 1
# neurons, in the list `layers`. The sizes interlock: each layer has as many inputs as the one
# before has outputs. Calling the network passes `x` through the layers one after another.
#
# **Check yourself:** the layers of `MLP(3, [4, 4, 1])` have 3, 4 and 4 weights per neuron. That
# makes (3+1)·4 + (4+1)·4 + (4+1)·1 = 41 numbers to learn.
#
# **People often** hand the original `x` to each layer, and it runs without complaint whenever the
# sizes happen to fit. Every layer must receive what the previous one said. (Keep hidden layers at
# least two neurons wide: a hidden layer of one would unwrap its output, where the next layer waits
# for a list.)


# %%
class MLP:
    """A multi-layer perceptron: layers in a row, each fed with the outputs of the one before."""

    def __init__(self, nin, nouts):
        """Make `layers`; `nin` is the number of inputs, `nouts` the list of the layers' sizes."""
        raise NotImplementedError("mg5.mlp")

    def __call__(self, x):
        """Pass the inputs `x` through all layers; return what the last one gives."""
        raise NotImplementedError("mg5.mlp")


# %% [markdown]
# Try it: build a network, ask it something, and send one backward pass through all of it.

# %%
if __name__ == "__main__":
    random.seed(5)
    model = MLP(3, [4, 4, 1])
    answer = model([2.0, 3.0, -1.0])
    answer.backward()
    first = model.layers[0].neurons[0]
    print("the untrained network says", answer.data)
    print("its very first weight is", first.w[0].data, "with gradient", first.w[0].grad)

# %% [markdown]
# ## Where we are
#
# You have a neural network that is built from nothing but your own `Value`, and you have seen
# PyTorch agree with your gradients. So far it guesses: in the next lesson, Gradient Descent, you
# will measure how wrong a guess is, and take the first step towards a better one.
