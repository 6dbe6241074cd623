"""A notebook like those in which people follow a lecture: one class, restated until it is whole."""

from tests.notebook_examples import code, made_of, words

FIRST = """class Value:
    def __init__(self, data):
        self.data = data

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)

    def __mul__(self, other):
        return Value(self.data * other.data)
"""
SECOND = '''class Value:
    """Remembers how it was made; gradients are still set by hand."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self._prev = set(_children)
        self._op = _op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), "*")
'''
THIRD = (
    SECOND.replace(
        "        self._prev", "        self._backward = lambda: None\n        self._prev"
    )
    + """
    def tanh(self):
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad = (1 - t**2) * out.grad  # a bug, mended in the last version

        out._backward = _backward
        return out
"""
)
ENGINE = '''class Value:
    """The whole of it."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, other):
        assert isinstance(other, (int, float)), "only numbers as exponents for now"
        out = Value(self.data**other, (self,), f"**{other}")

        def _backward():
            self.grad += other * self.data ** (other - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0.0, (self,), "ReLU")

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1
'''
ENGINE = ENGINE.replace(
    "        return self * other**-1",
    "        other = other if isinstance(other, Value) else Value(other)\n"
    "        return self * other**-1",
)
DRAWING = """from graphviz import Digraph

def draw_dot(root):
    dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
    nodes, edges = trace(root)
    for n in nodes:
        dot.node(name=str(id(n)), label="{ %s | data %.4f }" % (n.label, n.data), shape="record")
    return dot
"""
TRACE = """def trace(root):
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges
"""
NEURON = """x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")
n = x1 * w1 + x2 * w2 + b
o = n.tanh()
o.grad = 1.0
o._backward()
print(n.grad)
draw_dot(o)
"""
NETWORKS = """import random

class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.tanh()

    def parameters(self):
        return self.w + [self.b]

class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]

class MLP:
    def __init__(self, nin, nouts):
        sz = [nin] + nouts
        self.layers = [Layer(sz[i], sz[i + 1]) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
"""
WITHOUT_PARAMETERS = NETWORKS.replace("def parameters(", "def params(")
TRAINING = """%%time
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
n = MLP(3, [4, 4, 1])
for k in range(20):
    ypred = [n(x) for x in xs]
    loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred))
    for p in n.parameters():
        p.grad = 0.0
    loss.backward()
    for p in n.parameters():
        p.data += -0.05 * p.grad
    print(k, loss.data)
"""


def tour():
    """The notebook's data: what was printed is in it, and cells that can't be run here."""
    printed = {"output_type": "stream", "name": "stdout", "text": ["0 4.1\n", "1 3.2\n"]}
    drawn = {"output_type": "display_data", "data": {"image/svg+xml": "<svg/>"}, "metadata": {}}
    return made_of(
        words("# A tour of backpropagation"),
        code("!pip install -q graphviz matplotlib"),
        code(
            "import math\nimport numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline"
        ),
        code("import math\nimport random"),
        code("def f(x):\n    return 3*x**2 - 4*x + 5\n\nf(3.0)"),
        code("xs = np.arange(-5, 5, 0.25)\nplt.plot(xs, f(xs))"),
        code(FIRST),
        code("a = Value(2.0)\nb = Value(-3.0)\na*b + a"),
        words("Now it remembers."),
        code(SECOND),
        code(DRAWING, outputs=[drawn]),
        code(TRACE),
        code("d = Value(2.0) * Value(4.0)\ndraw_dot(d)", outputs=[drawn]),
        code(THIRD),
        code(NEURON, outputs=[printed, drawn]),
        code(ENGINE),
        code(NEURON.replace("o._backward()", "o.backward()"), outputs=[drawn]),
        code("import torch\nx = torch.Tensor([2.0]).double()\nx.requires_grad = True\nprint(x)"),
        code(WITHOUT_PARAMETERS),
        code("n = MLP(3, [4, 4, 1])\nn([2.0, 3.0, -1.0])"),
        code(NETWORKS),
        code(TRAINING, outputs=[printed]),
        code("ypred"),
        code(ENGINE),
        code(NETWORKS),
        code(TRAINING, outputs=[printed]),
        code(""),
    )
