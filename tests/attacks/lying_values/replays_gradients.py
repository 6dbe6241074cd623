# attack: remembers the first gradients and gives them again
# family: lying_values
# concepts: mg2.value, mg2.add, mg3.add-backward, mg3.mul-backward, mg3.backward
# outcomes: error, failed
# earns: mg2.add, mg2.value, mg3.add-backward, mg3.mul-backward

LEAVES = []


class Value:
    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self._prev, self._backward = set(children), lambda: None

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for child in value._prev:
                    visit(child)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value._backward()
        LEAVES.extend(value.grad for value in order)
        for value, grad in zip(order, LEAVES, strict=False):
            value.grad = grad
