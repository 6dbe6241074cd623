# attack: sends objects with fields of the wrong kind
# family: channel
# concepts: all
# modes: full
# outcomes: protocol
# earns: none

import json
import os
import struct
import sys


def find(name):
    frame = sys._getframe()
    while "id" not in frame.f_locals.get(name, ()):
        frame = frame.f_back
    return frame.f_locals[name]


def send(message):
    body = json.dumps(message).encode()
    os.write(3, struct.pack("!I", len(body)) + body)


sys.modules["worker.load"].Submission.has = lambda self, name: True
sys.modules["worker.child"].evaluate = lambda program, lookup: [
    [{"object": [1], "dict": 3}, {"value": {}, "repr": 0}] for _ in program["shows"]
]


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)
