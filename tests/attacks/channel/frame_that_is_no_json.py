# attack: sends a frame that is not JSON
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
        os.write(3, b"\x00\x00\x00\x04\x80abc")
        return Value(self.data + other.data)
