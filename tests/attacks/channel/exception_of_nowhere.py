# attack: sends an exception with places that do not exist
# family: channel
# outcomes: error
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
        frames = [["attack.py", line, "f", "text"] for line in (-1, 0, 10**30, None)]
        frames += [["../../etc/passwd", 1, "g", ""], ["attack.py[cell 99999999]", 2, "h", ""]]
        error = {
            "type": "infrastructure",
            "message": "NotImplementedError: mg2.add",
            "frames": frames,
        }
        send({"id": find("request")["id"], "n": 0, "error": error})
        sys.modules["worker.child"].write_frame = lambda *message: None
        return Value(0.0)
