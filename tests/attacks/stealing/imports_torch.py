# attack: lets PyTorch do the exercise
# family: stealing
# outcomes: error
# earns: mg2.value

import torch


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value((torch.tensor(self.data) + torch.tensor(other.data)).item())
