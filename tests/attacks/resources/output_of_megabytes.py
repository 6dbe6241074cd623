# attack: prints five megabytes, then works as it should
# family: resources
# outcomes: none
# earns: mg2.add, mg2.value


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        print("x" * 5_000_000)
        return Value(self.data + other.data)
