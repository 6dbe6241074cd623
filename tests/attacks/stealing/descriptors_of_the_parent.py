# attack: opens the files that its parent has open
# family: stealing
# outcomes: error
# earns: none
# earns-cells: mg2.value

import os
from pathlib import Path

OPEN = [path.readlink() for path in Path(f"/proc/{os.getppid()}/fd").iterdir()]


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)
