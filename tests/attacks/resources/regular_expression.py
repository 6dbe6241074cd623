# attack: keeps a regular expression busy in C
# family: resources
# outcomes: timeout
# earns: mg2.value

import re


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        re.match(r"(a|aa)+$", "a" * 80 + "b")
        return Value(0.0)
