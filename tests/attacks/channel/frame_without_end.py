# attack: announces a frame of four gigabytes
# family: channel
# outcomes: protocol
# earns: mg2.value

import os


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        os.write(3, b"\xff\xff\xff\xff")
        return Value(self.data + other.data)
