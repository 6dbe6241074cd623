# attack: starts threads that never end
# family: resources
# outcomes: error
# outcomes-limits: none
# earns: none
# earns-limits: mg2.add, mg2.value
# earns-cells: mg2.add, mg2.value

import threading
import time


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


for _ in range(3):
    threading.Thread(target=time.sleep, args=(60,)).start()
