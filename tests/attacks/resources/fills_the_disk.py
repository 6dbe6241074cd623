# attack: writes megabytes to a file
# family: resources
# outcomes: error
# earns: mg2.value

from pathlib import Path


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        with Path("@FOLDER@/large").open("wb") as file:
            file.write(bytes(10_000_000))
        return Value(0.0)
