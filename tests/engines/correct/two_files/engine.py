import math


class Value:

    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0
        self.children = children

    def __repr__(self):
        return "Value(data={}, grad={})".format(self.data, self.grad)

    def local_grads(self):
        """One local derivative for each child; operations replace this."""
        return ()

    def _make(self, data, children, local_grads):
        out = Value(data, children)
        out.local_grads = local_grads
        return out

    def __add__(self, other):
        other = to_value(other)
        return self._make(self.data + other.data, (self, other), lambda: (1, 1))

    def __mul__(self, other):
        other = to_value(other)
        return self._make(
            self.data * other.data, (self, other), lambda: (other.data, self.data)
        )

    def __pow__(self, n):
        if not isinstance(n, (int, float)):
            raise TypeError("n must be int or float")
        return self._make(self.data ** n, (self,), lambda: (n * self.data ** (n - 1),))

    def exp(self):
        y = math.exp(self.data)
        return self._make(y, (self,), lambda: (y,))

    def tanh(self):
        y = math.tanh(self.data)
        return self._make(y, (self,), lambda: (1 - y * y,))

    def relu(self):
        return self._make(max(0, self.data), (self,), lambda: (int(self.data > 0),))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -to_value(other)

    def __truediv__(self, other):
        return self * to_value(other) ** -1

    def __radd__(self, other):
        return to_value(other) + self

    def __rsub__(self, other):
        return to_value(other) - self

    def __rmul__(self, other):
        return to_value(other) * self

    def __rtruediv__(self, other):
        return to_value(other) / self

    def backward(self):
        self.grad = 1
        for v in postorder(self, [], set())[::-1]:
            for child, local in zip(v.children, v.local_grads()):
                child.grad += local * v.grad


def to_value(x):
    return x if isinstance(x, Value) else Value(x)


def postorder(v, order, seen):
    if v not in seen:
        seen.add(v)
        for child in v.children:
            postorder(child, order, seen)
        order.append(v)
    return order
