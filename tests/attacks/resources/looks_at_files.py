# attack: asks which files there are, which Landlock alone would allow
# family: resources
# outcomes: error
# outcomes-limits: failed
# earns: mg2.value

import os


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        os.stat("/etc/passwd")  # noqa: PTH116
        return Value(0.0)
