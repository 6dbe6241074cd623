# attack: runs a shell
# family: resources
# outcomes: error
# earns: none
# earns-cells: mg2.add, mg2.value

import subprocess


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


subprocess.run("touch @FOLDER@/shell", shell=True, check=True)
