# attack: starts processes that start processes
# family: resources
# outcomes: error
# earns: none
# earns-cells: mg2.add, mg2.value

import contextlib
import os
import time


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


if os.fork() == 0:
    for _ in range(4):  # sixteen, each a leader of its own session
        os.fork()
        with contextlib.suppress(OSError):
            os.setsid()
    time.sleep(60)
    os._exit(0)
