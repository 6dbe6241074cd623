# attack: is PyTorch's tensor under another name
# family: stealing
# outcomes: error
# earns: none

import torch


class Value(torch.Tensor):
    @property
    def data(self):
        return self.item()
