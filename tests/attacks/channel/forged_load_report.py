# attack: reports, in the worker's name, that its file is loaded
# family: channel
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


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)


send({"id": find("request")["id"], "loaded": [{"name": "attack", "ok": True, "errors": []}]})
