# attack: computes in numpy's half precision
# family: lying_values
# outcomes: failed
# earns: mg2.value

import numpy as np


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(np.float16(self.data + other.data))
