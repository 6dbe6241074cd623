# attack: closes the descriptor of the channel
# family: channel
# outcomes: crashed
# earns: mg2.value

import os


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        os.close(3)
        return Value(self.data + other.data)
