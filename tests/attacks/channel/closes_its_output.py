# attack: closes its standard output and goes on
# family: channel
# outcomes: none
# earns: mg2.add, mg2.value

import os
import sys


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


sys.stdout.close()
os.close(1)
os.close(2)
