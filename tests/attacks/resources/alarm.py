# attack: has an alarm clock end the process later
# family: resources
# outcomes: error
# outcomes-limits: crashed
# earns: none
# earns-cells: mg2.add, mg2.value

import signal


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


signal.setitimer(signal.ITIMER_REAL, 0.001)
