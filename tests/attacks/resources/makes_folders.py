# attack: makes folders, links and permissions
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
        os.mkdir("@FOLDER@/made")  # noqa: PTH102
        os.symlink("/", "@FOLDER@/link")  # noqa: PTH211
        os.chmod("@FOLDER@", 0o755)  # noqa: PTH101
        return Value(0.0)
