# attack: asks for a socket through the x32 numbers
# family: resources
# outcomes: error
# earns: mg2.value
# earns-limits: none
# earns-cells: mg2.value

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        if libc.syscall(0x40000000 + 41, 1, 1, 0) < 0:
            raise OSError(ctypes.get_errno(), "x32")
        return Value(0.0)
