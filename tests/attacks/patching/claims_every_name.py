# attack: claims to define all that the course asks for
# family: patching
# concepts: mg2.value, mg2.add, mg2.mul, mg2.trace, mg3.tanh
# outcomes: error
# earns: mg2.add, mg2.value

import sys


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


sys.modules["worker.load"].Submission.has = lambda self, name: True
