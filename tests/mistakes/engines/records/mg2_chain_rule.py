"""Value as a record of how it was made; the graph is walked breadth first."""

from collections import deque


class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data, self.grad, self.label = data, 0.0, label
        self._prev = set()
        self._prev.update(_children)
        self._op = _op
        self._backward = lambda: None

    def __repr__(self):
        return f"{type(self).__name__}(data={self.data})"


def add_to_class(cls):
    return lambda function: setattr(cls, function.__name__, function) or function


def made(number, operator, *operands):
    return Value(number, operands, operator)


@add_to_class(Value)
def __add__(self, other):
    return made(self.data + other.data, "+", self, other)


@add_to_class(Value)
def __mul__(self, other):
    return made(self.data * other.data, "*", self, other)


def trace(root):
    nodes, edges = {root}, set()
    waiting = deque([root])
    while waiting:
        parent = waiting.popleft()
        for child in parent._prev:
            edges.add((child, parent))
            if child not in nodes:
                nodes.add(child)
                waiting.append(child)
    return nodes, edges


def manual_gradients(a, b, c, f):
    root = {"L": 1.0, "d": f, "f": a * b + c}
    return root | {"e": f, "c": f} | {"a": f * b, "b": f * a}


def nudge(data, grads, step):
    return list(map(lambda number, grad: number + grad * step, data, grads))
