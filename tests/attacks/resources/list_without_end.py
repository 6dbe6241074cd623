# attack: returns a list that tells of one entry and never stops giving them
# family: resources
# outcomes: timeout
# earns: mg2.value

import itertools


class Endless(list):
    def __len__(self):
        return 1

    def __iter__(self):
        return itertools.repeat(1.0)


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(Endless())
