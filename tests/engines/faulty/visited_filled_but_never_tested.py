# mistake: visited nodes are remembered but nobody asks, so shared nodes are listed more than once.
# loses: mg3.topological-order, mg3.backward, mg4.accumulate, mg7.integration
"""Autograd after the fashion of the big frameworks: every operation is a Function with a context."""
import math
import random


class Function:
    """One application of an operation; kept on its result as `_ctx`."""

    def __init__(self, *parents):
        self.parents = parents

    @classmethod
    def apply(cls, *args, **settings):
        parents = [a if isinstance(a, Value) else Value(a) for a in args]
        ctx = cls(*parents)
        result = Value(ctx.forward(*(p.data for p in parents), **settings))
        result._ctx = ctx
        return result

    def forward(self, *args):
        raise NotImplementedError

    def backward(self, upstream):
        """Return one gradient for each parent."""
        raise NotImplementedError


class Add(Function):
    def forward(self, x, y):
        return x + y

    def backward(self, upstream):
        return upstream, upstream


class Sub(Function):
    def forward(self, x, y):
        return x - y

    def backward(self, upstream):
        return upstream, -upstream


class Mul(Function):
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, upstream):
        return self.y * upstream, self.x * upstream


class Div(Function):
    def forward(self, x, y):
        self.x, self.y = x, y
        return x / y

    def backward(self, upstream):
        return upstream / self.y, -upstream * self.x / self.y**2


class Neg(Function):
    def forward(self, x):
        return -x

    def backward(self, upstream):
        return (-upstream,)


class Pow(Function):
    def forward(self, x, n):
        self.x, self.n = x, n
        return x**n

    def backward(self, upstream):
        return (upstream * self.n * self.x ** (self.n - 1),)


class Tanh(Function):
    def forward(self, x):
        self.t = math.tanh(x)
        return self.t

    def backward(self, upstream):
        return (upstream * (1.0 - self.t * self.t),)


class Exp(Function):
    def forward(self, x):
        self.e = math.exp(x)
        return self.e

    def backward(self, upstream):
        return (upstream * self.e,)


class Log(Function):
    def forward(self, x):
        self.x = x
        return math.log(x)

    def backward(self, upstream):
        return (upstream / self.x,)


class ReLU(Function):
    def forward(self, x):
        self.on = x > 0
        return x if self.on else 0.0

    def backward(self, upstream):
        return (upstream if self.on else 0.0,)


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._ctx = None

    def __repr__(self):
        made_by = type(self._ctx).__name__ if self._ctx else "leaf"
        return f"Value(data={self.data}, grad={self.grad}, by={made_by})"

    def __add__(self, other):
        return Add.apply(self, other)

    def __radd__(self, other):
        return Add.apply(other, self)

    def __sub__(self, other):
        return Sub.apply(self, other)

    def __rsub__(self, other):
        return Sub.apply(other, self)

    def __mul__(self, other):
        return Mul.apply(self, other)

    def __rmul__(self, other):
        return Mul.apply(other, self)

    def __truediv__(self, other):
        return Div.apply(self, other)

    def __rtruediv__(self, other):
        return Div.apply(other, self)

    def __neg__(self):
        return Neg.apply(self)

    def __pow__(self, exponent):
        if not isinstance(exponent, (int, float)):
            raise TypeError(f"exponent must be int or float, not {type(exponent).__name__}")
        return Pow.apply(self, n=exponent)

    def tanh(self):
        return Tanh.apply(self)

    def exp(self):
        return Exp.apply(self)

    def log(self):
        return Log.apply(self)

    def relu(self):
        return ReLU.apply(self)

    def backward(self):
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            if node._ctx is None:
                continue
            for parent, gradient in zip(node._ctx.parents, node._ctx.backward(node.grad)):
                parent.grad += gradient


def topological_order(root):
    order, seen = [], set()

    def visit(node):
        seen.add(node)
        if node._ctx is not None:
            for parent in node._ctx.parents:
                visit(parent)
        order.append(node)

    visit(root)
    return order


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        total = self.b
        for weight, value in zip(self.w, x):
            total = total + weight * value
        return total.tanh()

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        if len(outs) == 1:
            return outs[0]
        return outs

    def parameters(self):
        params = []
        for neuron in self.neurons:
            params += neuron.parameters()
        return params


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        for nout in nouts:
            self.layers.append(Layer(nin, nout))
            nin = nout

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        params = []
        for layer in self.layers:
            params += layer.parameters()
        return params
