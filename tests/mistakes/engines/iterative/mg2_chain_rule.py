"""Value in the lecture's manner, with a list of distinct children."""


class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data, self.label = data, label
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = list(dict.fromkeys(_children))
        self._op = _op

    def __repr__(self):
        return f"Value(data={self.data!r})"

    def __add__(self, that):
        return Value(self.data + that.data, (self, that), "+")

    def __mul__(self, that):
        return Value(self.data * that.data, (self, that), "*")


def add_to_class(cls):
    def attach(method):
        setattr(cls, method.__name__, method)
        return method

    return attach


def trace(root):
    nodes, edges = set(), set()

    def look_at(node):
        nodes.add(node)
        for child in node._prev:
            edges.add((child, node))
            if child not in nodes:
                look_at(child)

    look_at(root)
    return nodes, edges


def manual_gradients(a, b, c, f):
    d = a * b + c
    L_d, L_f = f, d
    L_e = L_c = L_d
    L_a, L_b = L_e * b, L_e * a
    return {"a": L_a, "b": L_b, "c": L_c, "d": L_d, "e": L_e, "f": L_f, "L": 1.0}


def nudge(data, grads, step):
    return [d + step * g for d, g in zip(data, grads, strict=True)]
