# attack: sends well-formed replies with an id of its own
# family: channel
# outcomes: protocol
# earns: mg2.value

import json
import marshal
import os
import struct
import sys


def find(name):
    frame = sys._getframe()
    while "id" not in frame.f_locals.get(name, ()):
        frame = frame.f_back
    return frame.f_locals[name]


def read(program):
    return (json.loads if isinstance(program, str) else marshal.loads)(program)


def send(message):
    body = json.dumps(message).encode()
    os.write(3, struct.pack("!I", len(body)) + body)


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        for number, program in enumerate(find("request")["run"]):
            send({"id": "0123456789abcdef", "n": number, "values": [0.0] * len(read(program)["shows"])})
        sys.modules["worker.child"].write_frame = lambda *message: None
        return Value(0.0)
