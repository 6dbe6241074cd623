# attack: looks for answers among all objects of the process
# family: stealing
# outcomes: failed
# outcomes-limits: error
# earns: mg2.value

import gc


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        found = [
            each["expected"]
            for each in gc.get_objects()
            if type(each) is dict and "expected" in each
        ]
        return Value(found[0] if found else 0.0)
