# attack: imports a file that was not handed in
# family: intake
# outcomes: error
# earns: none
# earns-cells: mg2.value

import attack_helper  # noqa: F401


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)
