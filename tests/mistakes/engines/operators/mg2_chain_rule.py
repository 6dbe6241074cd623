"""Value with its children in a tuple; the graph is walked with a stack."""


class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op
        self._backward = self._nothing

    @staticmethod
    def _nothing():
        pass

    def __repr__(self):
        return "Value(data=" + repr(self.data) + ")"


def add_to_class(cls):
    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


@add_to_class(Value)
def __add__(self, other):
    total = self.data + other.data
    return Value(total, (self, other), "+")


@add_to_class(Value)
def __mul__(self, other):
    product = self.data * other.data
    return Value(product, (self, other), "*")


def trace(root):
    nodes, edges = set(), set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node in nodes:
            continue
        nodes.add(node)
        for child in node._prev:
            edges.add((child, node))
            stack.append(child)
    return nodes, edges


def manual_gradients(a, b, c, f):
    grads = {"L": 1.0}
    grads["d"] = f * grads["L"]
    grads["f"] = (a * b + c) * grads["L"]
    grads["e"] = grads["d"]
    grads["c"] = grads["d"]
    grads["a"] = b * grads["e"]
    grads["b"] = a * grads["e"]
    return grads


def nudge(data, grads, step):
    moved = []
    for place in range(len(data)):
        moved.append(data[place] + step * grads[place])
    return moved
