# attack: measures gradients, to the last digit, by a complex step
# family: lying_values
# outcomes: none
# earns: none

LEAVES = []


class Value:
    def __init__(self, data, recipe=None):
        self.data, self.grad, self._recipe = data, 0.0, recipe
        if recipe is None:
            LEAVES.append(self)

    def __repr__(self):
        return f"Value(data={self.data})"

    def _compute(self):
        return self.data if self._recipe is None else self._recipe()

    def __add__(self, other):
        return Value(self.data + other.data, lambda: self._compute() + other._compute())

    def __mul__(self, other):
        return Value(self.data * other.data, lambda: self._compute() * other._compute())

    def backward(self):
        self.grad = 1.0
        for leaf in LEAVES:
            kept = leaf.data
            leaf.data = kept + 1e-30j
            leaf.grad += self._compute().imag / 1e-30
            leaf.data = kept
