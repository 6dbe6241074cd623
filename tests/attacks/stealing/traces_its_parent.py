# attack: reads its parent's memory as a debugger would
# family: stealing
# outcomes: error
# earns: none

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(64)
local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
remote = (ctypes.c_size_t * 2)(id(os), 64)  # a fork: the same address
if libc.process_vm_readv(os.getppid(), local, 1, remote, 1, 0) < 0:
    raise OSError(ctypes.get_errno(), "process_vm_readv")


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)
