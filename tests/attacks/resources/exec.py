# attack: becomes another program
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
        os.execv("/bin/true", ["true"])
