# attack: answers every program with a Value
# family: lying_values
# concepts: all
# modes: full
# outcomes: failed
# earns: none

import sys

SAYS = {"value": 0, "object": "Value"}


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)


sys.modules["worker.load"].Submission.has = lambda self, name: True
sys.modules["worker.child"].evaluate = lambda program, lookup: [SAYS for _ in program["shows"]]
