# attack: never comes to an end
# family: resources
# outcomes: timeout
# earns: mg2.value


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        while True:
            pass
