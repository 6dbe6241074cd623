# attack: changes a file's permissions, which Landlock alone would allow
# family: resources
# outcomes: error
# earns: mg2.value

import os


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        os.chmod("@FOLDER@/kept", 0o777)  # noqa: PTH101
        return Value(0.0)
