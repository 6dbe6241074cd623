# attack: sends answers that take the reader seconds to read
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
        body = json.dumps({"id": find("request")["id"], "n": 0, "values": []}).encode()[:-2]
        body += b"{}," * 5_000_000 + b"0]}"
        view = struct.pack("!I", len(body)) + body
        while view:
            view = view[os.write(3, view) :]
        return Value(self.data + other.data)
