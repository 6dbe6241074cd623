# attack: skips its own checks the way a test module could
# family: ending_early
# outcomes: error
# earns: none
# earns-cells: mg2.value

import pytest

pytest.skip(allow_module_level=True)


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)
