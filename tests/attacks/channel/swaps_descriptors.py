# attack: puts the output in the place of the channel
# family: channel
# outcomes: error
# outcomes-limits: crashed
# earns: none
# earns-cells: mg2.add, mg2.value

import os


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


os.dup2(1, 3)
