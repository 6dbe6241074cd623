# attack: never comes to the end of its file
# family: resources
# outcomes: timeout
# earns: none
# earns-cells: mg2.add, mg2.value


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


while True:
    pass
