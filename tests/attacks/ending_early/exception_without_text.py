# attack: raises an exception whose text raises another
# family: ending_early
# outcomes: error
# earns: mg2.value


class Untold(Exception):
    def __str__(self):
        raise self


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        raise Untold
