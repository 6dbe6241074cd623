# attack: announces a frame and sends half of it
# family: channel
# outcomes: timeout
# earns: mg2.value

import os
import time


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        os.write(3, b"\x00\x00\x10\x00[1, 2")
        time.sleep(60)
