# %% [markdown]
# # Lesson 6: Gradient Descent
#
# You have a network that answers, and an engine that can say how each answer depends on each
# weight. What is missing is a wish: a number that says how wrong the answers are. Then learning
# is simple to state: change the weights so that this number falls.
#
# At the end you will own a loss, the list of everything that can be learned, and the step that
# makes a network a little better.
#
# To check your work:
#
#     mggrade check --lesson mg6

# %%
from mg5_pytorch import MLP, Layer, Neuron, Value, add_to_class  # noqa: F401

# %% [markdown]
# ## How wrong are we? (`mg6.loss`, 3 points)
#
# A network gives many answers, but a gradient belongs to *one* number. So all that is wrong with
# all answers is gathered into a single number, the **loss**:
#
# $$L = \sum_i (p_i - t_i)^2$$
#
# with the predictions $p_i$ and the targets $t_i$. The square makes every mistake count as
# positive, and large ones far more than small ones. It is 0 only when every answer is exactly
# right.
#
# For two predictions, and the targets 1 and -1:
#
# <!-- graph data grad: p1 = 0.5; p2 = -0.25; d1 = p1 - 1; d2 = p2 + 1;
# s1 = d1 ** 2; s2 = d2 ** 2; L = s1 + s2 -->
#
#                           data   grad
#     L = s1 + s2         0.8125      1
#     ├─ s1 = d1**2         0.25      1
#     │  └─ d1 = p1 - 1     -0.5     -1
#     │     └─ p1            0.5     -1
#     └─ s2 = d2**2       0.5625      1
#        └─ d2 = p2 + 1     0.75    1.5
#           └─ p2          -0.25    1.5
#
# <!-- end of the graph -->
#
# **Your task:** write `squared_error`: the targets are plain numbers, the predictions are Values,
# and so is the result: the loss has to stay part of the graph, or `backward` would have nowhere to
# go.
#
# **Check yourself:** in the picture, the predictions 0.5 and -0.25 give 0.25 + 0.5625 = 0.8125.
# After `backward` they have the gradients -1.0 and 1.5, which is $2(p_i - t_i)$: the first should
# rise, the second should fall.
#
# **People often** take the mean. It would be a fine loss too, but its gradients are smaller, and
# it needs another learning rate; the loss of this course is the sum. And square each difference
# before you add: summed first, a mistake of +1 and one of -1 would cancel out and look like
# perfection.


# %%
def squared_error(targets, predictions):
    """Return the loss, one Value: the sum of the squared differences.

    `targets` is a list of numbers, `predictions` a list of as many Values.
    """
    ### BEGIN SOLUTION mg6.loss
    return sum((p - t) ** 2 for t, p in zip(targets, predictions))
    ### END SOLUTION


# %% [markdown]
# ## Everything that can be learned (`mg6.parameters`, 4 points)
#
# After `loss.backward()` each Value in the graph has a gradient: the weights, the biases, but also
# the sums in between and even the input data. Only some of them are ours to change. These are the
# **parameters**: all weights and all biases.
#
#     MLP.parameters()
#       ├─ Layer.parameters()
#       │    ├─ Neuron.parameters()   w, w, w, b
#       │    └─ Neuron.parameters()   w, w, w, b
#       └─ Layer.parameters() …
#
# **Your task:** write `parameters` three times. A neuron lists its weights and then its bias; a
# layer, those of its neurons in order; a network, those of its layers in order. Each time the
# result is one flat list, holding the Values themselves and not their numbers.
#
# **Check yourself:** `MLP(3, [4, 4, 1])` has 41 parameters, as you counted in lesson 5. Count
# yours: a missing bias or a missing layer raises no error, it only makes a network that learns
# with one hand tied behind its back. Without biases, you would find 32.
#
# **People often** build a list of lists where a flat one was meant, or keep the result under the
# same name as the method. The first call then works, and the second finds a list, which can't be
# called.


# %%
@add_to_class(Neuron)
def parameters(self):
    """Return the neuron's weights and then its bias, as one list of Values."""
    ### BEGIN SOLUTION mg6.parameters
    return [*self.w, self.b]
    ### END SOLUTION


@add_to_class(Layer)
def parameters(self):  # noqa: F811
    """Return the parameters of all neurons, in order, as one flat list."""
    ### BEGIN SOLUTION mg6.parameters
    return [p for neuron in self.neurons for p in neuron.parameters()]
    ### END SOLUTION


@add_to_class(MLP)
def parameters(self):  # noqa: F811
    """Return the parameters of all layers, in order, as one flat list."""
    ### BEGIN SOLUTION mg6.parameters
    return [p for layer in self.layers for p in layer.parameters()]
    ### END SOLUTION


# %% [markdown]
# ## One step downhill (`mg6.step`, 3 points)
#
# The gradient of a parameter says which way the loss would *rise*. We want it to fall, so every
# parameter goes the opposite way, by a little:
#
# $$p \leftarrow p - \eta \cdot \frac{\partial L}{\partial p}$$
#
# The **learning rate** $\eta$ is how much "a little" is. The gradient is only honest about the
# immediate surroundings, as in lesson 1 the slope was: with steps too small you will be old before
# you arrive, with steps too large you leap across the valley and up the other side.
#
#     loss │╲                    ╱
#          │  ●                ╱
#          │   ╲→            ╱
#          │     ╲__      _╱
#          │        ╲____╱
#          └────────────────────── p
#            slope negative: go right
#
# **Your task:** write `descend`: move the `data` of every parameter, in place. It returns nothing.
#
# **Check yourself:** a parameter of 3.0 with gradient 2.0 and the learning rate 0.1 becomes 2.8.
# With gradient -2.0, it becomes 3.2.
#
# **People often** walk the wrong way: if your loss grows with every step, however small, you are
# climbing. More hidden is the other mistake, putting a *new* Value in the place of the old one.
# The network still holds the old Value, and nothing has moved. Only the number inside may change.


# %%
def descend(parameters, learning_rate):
    """Move every parameter's data one step against its gradient, in place."""
    ### BEGIN SOLUTION mg6.step
    for p in parameters:
        p.data -= learning_rate * p.grad
    ### END SOLUTION


# %% [markdown]
# Try it: four examples, one backward pass, one step. The network does not know yet what the
# examples mean, but one step later it is wrong by less.

# %%
if __name__ == "__main__":
    import random

    random.seed(6)
    model = MLP(3, [4, 4, 1])
    inputs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    targets = [1.0, -1.0, -1.0, 1.0]
    print(len(model.parameters()), "parameters")

    loss = squared_error(targets, [model(x) for x in inputs])
    print("loss before the step:", loss.data)
    loss.backward()
    descend(model.parameters(), 0.05)
    print("loss after the step: ", squared_error(targets, [model(x) for x in inputs]).data)

# %% [markdown]
# ## Where we are
#
# You can measure a network's mistakes, list what is to blame, and move all of it a step in the
# right direction. Many steps make a training run, and there one old acquaintance lies in wait: in
# the next lesson, Final, you close the loop.
