# -*- coding: latin-1 -*-
# attack: declares another encoding than it has
# family: intake
# outcomes: none
# earns: mg2.add, mg2.value


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)
