# attack: sends an answer nested deeper than a reader may recurse
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
        request = find("request")
        nested = json.loads("[" * 450 + "]" * 450)
        send({"id": request["id"], "n": 0, "values": [nested, nested, nested]})
        return Value(self.data + other.data)
