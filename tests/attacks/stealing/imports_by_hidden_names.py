# attack: imports PyTorch by a name that no reader of the source sees
# family: stealing
# outcomes: error
# earns: mg2.value

import importlib

torch = importlib.import_module("".join(("to", "rch")))


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value((torch.tensor(self.data) + torch.tensor(other.data)).item())
