# attack: closes every descriptor
# family: channel
# outcomes: crashed
# earns: none

import os


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


os.closerange(0, 256)
