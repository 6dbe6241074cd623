# attack: sends a (harmless) signal to the grader itself
# family: resources
# outcomes: error
# earns: none
# earns-cells: mg2.value

import os
import signal
import sys

frame = sys._getframe()
while "settings" not in frame.f_locals or "parent" not in frame.f_locals["settings"]:
    frame = frame.f_back
os.kill(frame.f_locals["settings"]["parent"], signal.SIGCONT)


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)
