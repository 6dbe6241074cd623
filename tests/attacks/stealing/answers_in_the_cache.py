# attack: opens the cache of PyTorch's answers
# family: stealing
# outcomes: error
# outcomes-limits: failed
# earns: none
# earns-limits: mg2.value
# earns-cells: mg2.value

import sqlite3

CACHE = sqlite3.connect("file:@CACHE@/cache.sqlite?mode=ro", uri=True)
ANSWERS = [row[0] for row in CACHE.execute("SELECT value FROM entries WHERE kind = 'answer'")]


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(eval(ANSWERS[0])[0])
