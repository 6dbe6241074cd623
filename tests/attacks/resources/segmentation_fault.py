# attack: reads address zero
# family: resources
# outcomes: crashed
# outcomes-limits: error
# earns: mg2.value

import ctypes


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(ctypes.string_at(0))
