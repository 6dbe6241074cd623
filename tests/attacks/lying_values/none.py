# attack: returns None for a number
# family: lying_values
# outcomes: failed
# earns: mg2.value


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(None)
