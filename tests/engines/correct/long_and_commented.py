#!/usr/bin/env python3
# =============================================================================
#
#   my micrograd -- notes to self while following the lecture
#
#   A Value is a box around one number. Whenever boxes are combined, the new
#   box remembers which boxes it came from, so that later we can walk the way
#   back and ask of every box: "if I wiggle you, how much does the end wiggle?"
#   That answer is the gradient, and the walk is backpropagation.
#
# =============================================================================

# --- standard library only ---------------------------------------------------
import math      # exp, log
import random    # initial weights

# =============================================================================
# Part 1: the engine
# =============================================================================


class Value:
    """A scalar with a memory.

    Attributes
    ----------
    data : float
        The number itself.
    grad : float
        d(end)/d(this). Zero until somebody calls backward() on the end.
    _prev : list of Value
        The boxes this one was made from, in order, duplicates kept.
    _op : str
        A short name of the operation, good for drawings.
    label : str
        A name for humans.
    """

    # -------------------------------------------------------------------------
    # construction and printing
    # -------------------------------------------------------------------------

    def __init__(self, data, _children=(), _op='', label=''):
        # the number
        self.data = data
        # no influence on the end is known yet
        self.grad = 0.0
        # who made me? (a list: a * a has the same child twice, and that is fine)
        self._prev = list(_children)
        # how was I made?
        self._op = _op
        # what am I called?
        self.label = label

    def __repr__(self):
        if self.label:
            return f"Value(data={self.data}, grad={self.grad}, label={self.label})"
        return f"Value(data={self.data}, grad={self.grad})"

    # A leaf has nothing to do on the way back. Operations overwrite this with
    # a closure stored on the instance, which hides the method of the class.
    def _backward(self):
        return None

    # -------------------------------------------------------------------------
    # addition
    # -------------------------------------------------------------------------

    def __add__(self, other):
        # Python hands us whatever stands on the right; wrap bare numbers
        if isinstance(other, Value):
            right = other
        else:
            right = Value(other)

        result = Value(self.data + right.data, (self, right), '+')

        # d(a + b)/da = 1 and d(a + b)/db = 1, so the upstream gradient is
        # simply copied to both sides. Added, never assigned: the same box may
        # get gradient from several places.
        def add_backward():
            upstream = result.grad
            self.grad = self.grad + 1.0 * upstream
            right.grad = right.grad + 1.0 * upstream

        result._backward = add_backward
        return result

    # 1 + a comes here, because int does not know what a Value is
    def __radd__(self, other):
        return self.__add__(other)

    # -------------------------------------------------------------------------
    # multiplication
    # -------------------------------------------------------------------------

    def __mul__(self, other):
        if isinstance(other, Value):
            right = other
        else:
            right = Value(other)

        result = Value(self.data * right.data, (self, right), '*')

        # d(a * b)/da = b and d(a * b)/db = a: each side gets the *other* one
        def mul_backward():
            upstream = result.grad
            self.grad = self.grad + right.data * upstream
            right.grad = right.grad + self.data * upstream

        result._backward = mul_backward
        return result

    # 2 * a
    def __rmul__(self, other):
        return self.__mul__(other)

    # -------------------------------------------------------------------------
    # power, with a plain number as the exponent
    # -------------------------------------------------------------------------

    def __pow__(self, exponent):
        if not isinstance(exponent, (int, float)):
            message = "the exponent has to be an int or a float, but it is a "
            message = message + type(exponent).__name__
            raise TypeError(message)

        result = Value(self.data ** exponent, (self,), '**' + str(exponent))

        # d(a^n)/da = n * a^(n - 1)
        def pow_backward():
            upstream = result.grad
            local = exponent * self.data ** (exponent - 1)
            self.grad = self.grad + local * upstream

        result._backward = pow_backward
        return result

    # -------------------------------------------------------------------------
    # things made from other things
    # -------------------------------------------------------------------------

    # -a is a * -1
    def __neg__(self):
        return self.__mul__(-1)

    # a - b is a + (-b); for a number b Python's own minus does the right thing
    def __sub__(self, other):
        return self.__add__(-other)

    # 5 - a: other is the 5 and stands on the LEFT
    def __rsub__(self, other):
        negative_self = self.__neg__()
        return negative_self.__add__(other)

    # a / b is a * b^-1
    def __truediv__(self, other):
        if isinstance(other, Value):
            right = other
        else:
            right = Value(other)
        return self.__mul__(right.__pow__(-1))

    # 5 / a: again other stands on the LEFT
    def __rtruediv__(self, other):
        return self.__pow__(-1).__mul__(other)

    # -------------------------------------------------------------------------
    # functions
    # -------------------------------------------------------------------------

    def exp(self):
        result = Value(math.exp(self.data), (self,), 'exp')

        # e^x is its own derivative and we already have it
        def exp_backward():
            upstream = result.grad
            self.grad = self.grad + result.data * upstream

        result._backward = exp_backward
        return result

    def log(self):
        result = Value(math.log(self.data), (self,), 'log')

        # natural logarithm: 1/x
        def log_backward():
            upstream = result.grad
            self.grad = self.grad + (1.0 / self.data) * upstream

        result._backward = log_backward
        return result

    def tanh(self):
        # (e^x - e^-x) / (e^x + e^-x)
        plus = math.exp(self.data)
        minus = math.exp(-self.data)
        t = (plus - minus) / (plus + minus)
        result = Value(t, (self,), 'tanh')

        # 1 - tanh(x)^2: the square of the OUTPUT, not of the input
        def tanh_backward():
            upstream = result.grad
            local = 1.0 - t * t
            self.grad = self.grad + local * upstream

        result._backward = tanh_backward
        return result

    def relu(self):
        if self.data > 0:
            rectified = self.data
        else:
            rectified = 0.0
        result = Value(rectified, (self,), 'relu')

        # the gate is open where the INPUT was positive
        def relu_backward():
            upstream = result.grad
            if self.data > 0:
                self.grad = self.grad + upstream

        result._backward = relu_backward
        return result

    # -------------------------------------------------------------------------
    # the walk back
    # -------------------------------------------------------------------------

    def backward(self):
        # Step 1: an order in which everything comes after what it is made of.
        ordered = topological_order(self)

        # Step 2: the end moves one to one with itself.
        self.grad = 1.0

        # Step 3: walk from the end to the leaves.
        index = len(ordered) - 1
        while index >= 0:
            box = ordered[index]
            box._backward()
            index = index - 1


# =============================================================================
# Part 2: looking at the graph
# =============================================================================


def topological_order(root):
    """All boxes under root, each once, root last."""
    ordered = []
    already_seen = set()

    def visit(box):
        # a box that was seen before is in the list (or will be): skip it
        if box in already_seen:
            return
        already_seen.add(box)
        # first everything that I am made of ...
        for child in box._prev:
            visit(child)
        # ... and only then me
        ordered.append(box)

    visit(root)
    return ordered


def trace(root):
    """All boxes and all arrows (child, parent) under root."""
    nodes = set()
    edges = set()

    def visit(box):
        if box in nodes:
            return
        nodes.add(box)
        for child in box._prev:
            edges.add((child, box))
            visit(child)

    visit(root)
    return nodes, edges


# =============================================================================
# Part 3: neural networks
# =============================================================================


class Neuron:
    """tanh(w . x + b)"""

    def __init__(self, nin):
        # one weight for each input
        self.w = []
        for number in range(nin):
            self.w.append(Value(random.uniform(-1, 1), label='w' + str(number)))
        # one bias
        self.b = Value(random.uniform(-1, 1), label='b')

    def __call__(self, x):
        # the weighted sum ...
        activation = self.b
        for weight, signal in zip(self.w, x):
            activation = activation + weight * signal
        # ... through the squashing function
        return activation.tanh()

    def parameters(self):
        # weights, then bias
        result = []
        for weight in self.w:
            result.append(weight)
        result.append(self.b)
        return result


class Layer:
    """Some neurons side by side, all looking at the same inputs."""

    def __init__(self, nin, nout):
        self.neurons = []
        for _ in range(nout):
            self.neurons.append(Neuron(nin))

    def __call__(self, x):
        outputs = []
        for neuron in self.neurons:
            outputs.append(neuron(x))
        # a list of one is a nuisance, so unwrap it
        if len(outputs) == 1:
            return outputs[0]
        return outputs

    def parameters(self):
        result = []
        for neuron in self.neurons:
            result.extend(neuron.parameters())
        return result


class MLP:
    """Layers one after the other."""

    def __init__(self, nin, nouts):
        sizes = [nin] + list(nouts)
        self.layers = []
        for index in range(len(nouts)):
            self.layers.append(Layer(sizes[index], sizes[index + 1]))

    def __call__(self, x):
        signal = x
        for layer in self.layers:
            signal = layer(signal)
        return signal

    def parameters(self):
        result = []
        for layer in self.layers:
            result.extend(layer.parameters())
        return result


# =============================================================================
# Part 4: training
# =============================================================================


def squared_error(targets, predictions):
    """How wrong are we, all examples together?"""
    loss = Value(0.0)
    for target, prediction in zip(targets, predictions):
        difference = prediction - target
        loss = loss + difference * difference
    return loss


def zero_grad(parameters):
    """Forget the gradients of the last step."""
    for parameter in parameters:
        parameter.grad = 0.0


def descend(parameters, learning_rate):
    """A small step AGAINST the gradient."""
    for parameter in parameters:
        parameter.data = parameter.data - learning_rate * parameter.grad


def train(model, inputs, targets, steps, learning_rate):
    """The four beats: forward, forget, backward, step."""
    losses = []
    for _ in range(steps):
        # 1. forward
        predictions = []
        for x in inputs:
            predictions.append(model(x))
        loss = squared_error(targets, predictions)
        losses.append(loss.data)
        # 2. forget
        zero_grad(model.parameters())
        # 3. backward
        loss.backward()
        # 4. step
        descend(model.parameters(), learning_rate)
    return losses


# =============================================================================
# Part 5: does it work?
# =============================================================================


def main():
    a = Value(2.0, label='a')
    b = Value(-3.0, label='b')
    c = Value(10.0, label='c')
    d = a * b + c
    d.label = 'd'
    d.backward()
    print(a, b, c, d)

    model = MLP(3, [4, 4, 1])
    print(len(model.parameters()), 'parameters')


if __name__ == '__main__':
    main()
