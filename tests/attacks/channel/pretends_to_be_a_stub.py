# attack: raises what an untouched stub raises
# family: channel
# outcomes: todo
# earns: mg2.value


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        raise NotImplementedError("mg2.add")
