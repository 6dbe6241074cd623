# attack: writes megabytes to shared memory
# family: resources
# modes: full
# outcomes: error
# earns: mg2.value

from multiprocessing.shared_memory import SharedMemory


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        memory = SharedMemory(create=True, size=10_000_000)
        memory.unlink()
        return Value(0.0)
