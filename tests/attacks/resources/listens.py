# attack: waits for callers on a socket without a file
# family: resources
# outcomes: error
# earns: mg2.value

import socket


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("\0mggrade-attack")
        return Value(0.0)
