# attack: starts thirty processes that stay
# family: resources
# outcomes: error
# earns: none
# earns-cells: mg2.add, mg2.value

import os
import time


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


for _ in range(30):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
