# attack: climbs out of its folder by a relative import
# family: intake
# outcomes: error
# earns: none
# earns-cells: mg2.value

from ...solutions import mg2_chain_rule  # noqa: F401


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data - other.data)
