# attack: reads the grader's next requests from the channel
# family: channel
# outcomes: timeout
# earns: mg2.value

import os


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        os.read(3, 1 << 16)
        return Value(self.data + other.data)
