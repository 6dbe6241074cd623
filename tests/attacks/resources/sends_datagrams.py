# attack: sends a datagram, which Landlock alone would allow
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
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"score", ("127.0.0.1", 9))
        return Value(0.0)
