# attack: has an alarm clock end the process later
# family: resources
# outcomes: error
# outcomes-limits: crashed
# earns: none
# earns-cells: mg2.add, mg2.value

import signal
import time


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0
        time.sleep(0.005)  # all would be done before the alarm goes off

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


signal.setitimer(signal.ITIMER_REAL, 0.001)
