# attack: sends the verdict instead of an answer
# family: channel
# outcomes: protocol
# earns: mg2.value

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


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        send({"id": find("request")["id"], "n": 0, "outcome": "passed"})
        return Value(0.0)
