# attack: connects to a service of this machine
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
        socket.create_connection(("127.0.0.1", 9), timeout=0.1)
        return Value(0.0)
