# attack: sets every gradient to 1
# family: lying_values
# concepts: mg2.value, mg2.add, mg3.add-backward, mg3.mul-backward, mg3.backward
# outcomes: error, failed
# earns: mg2.add, mg2.value, mg3.add-backward, mg3.mul-backward


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
        self.grad = 1.0
        for child in self._prev:
            child.backward()
