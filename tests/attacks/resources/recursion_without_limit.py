# attack: takes the limit away and calls itself until the stack is full
# family: resources
# outcomes: crashed
# earns: mg2.value

import sys

sys.setrecursionlimit(10**9)


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return sum([self, other], self)
