# attack: takes its time with every operation, below each limit
# family: resources
# outcomes: none
# earns: mg2.add, mg2.value

import time


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        time.sleep(0.2)
        return Value(self.data + other.data)
