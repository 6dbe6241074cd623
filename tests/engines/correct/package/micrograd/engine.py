"""Scalar reverse-mode automatic differentiation."""
import math
import operator

__all__ = ["Value", "topological_order", "trace"]


class Value:
    """A scalar; `_node` is None for a leaf, else (name, parents, vjp)."""

    def __init__(self, data, _node=None):
        self.data = data
        self.grad = 0.0
        self._node = _node

    @property
    def _parents(self):
        return self._node[1] if self._node else ()

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    @classmethod
    def _of(cls, x):
        return x if isinstance(x, cls) else cls(x)

    def _apply(self, name, f, vjp, *others):
        parents = (self, *map(self._of, others))
        return Value(f(*(p.data for p in parents)), (name, parents, vjp))

    def __add__(self, other):
        return self._apply("+", operator.add, lambda g, y, a, b: (g, g), other)

    def __sub__(self, other):
        return self._apply("-", operator.sub, lambda g, y, a, b: (g, -g), other)

    def __mul__(self, other):
        return self._apply("*", operator.mul, lambda g, y, a, b: (g * b, g * a), other)

    def __truediv__(self, other):
        return self._apply(
            "/", operator.truediv, lambda g, y, a, b: (g / b, -g * y / b), other
        )

    def __neg__(self):
        return self._apply("neg", operator.neg, lambda g, y, a: (-g,))

    def __pow__(self, n):
        if isinstance(n, Value) or not isinstance(n, (int, float)):
            raise TypeError("Value ** n is defined for int and float n only")
        return self._apply("pow", lambda a: a**n, lambda g, y, a: (g * n * a ** (n - 1),))

    def __radd__(self, other):
        return self._of(other) + self

    def __rsub__(self, other):
        return self._of(other) - self

    def __rmul__(self, other):
        return self._of(other) * self

    def __rtruediv__(self, other):
        return self._of(other) / self

    def tanh(self):
        return self._apply("tanh", math.tanh, lambda g, y, a: (g * (1 - y * y),))

    def exp(self):
        return self._apply("exp", math.exp, lambda g, y, a: (g * y,))

    def log(self):
        return self._apply("log", math.log, lambda g, y, a: (g / a,))

    def relu(self):
        return self._apply("relu", lambda a: max(a, 0.0), lambda g, y, a: (g * (a > 0),))

    def backward(self):
        self.grad = 1.0
        for value in reversed(topological_order(self)):
            if value._node:
                _, parents, vjp = value._node
                gradients = vjp(value.grad, value.data, *(p.data for p in parents))
                for parent, gradient in zip(parents, gradients):
                    parent.grad += gradient


def _walk(value, seen):
    if value not in seen:
        seen.add(value)
        for parent in value._parents:
            yield from _walk(parent, seen)
        yield value


def topological_order(root):
    return list(_walk(root, set()))


def trace(root):
    nodes = set(topological_order(root))
    return nodes, {(parent, value) for value in nodes for parent in value._parents}
