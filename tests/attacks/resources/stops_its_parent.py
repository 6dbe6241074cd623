# attack: stops the process that it was forked from
# family: resources
# outcomes: error
# earns: none
# earns-cells: mg2.add, mg2.value

import os
import signal


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


os.kill(os.getppid(), signal.SIGSTOP)
