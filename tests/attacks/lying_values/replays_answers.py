# attack: remembers its first results and gives them again
# family: lying_values
# outcomes: failed
# earns: mg2.value

SEEN = []


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        SEEN.append(self.data + other.data)
        return Value(SEEN[0])
