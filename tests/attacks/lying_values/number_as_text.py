# attack: returns the right number as a text
# family: lying_values
# outcomes: error, failed
# earns: mg2.value


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(str(self.data + other.data))
