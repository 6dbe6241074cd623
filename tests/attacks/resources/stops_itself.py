# attack: stops, so that it neither answers nor ends
# family: resources
# outcomes: error
# outcomes-limits: timeout
# earns: mg2.value

import signal


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        signal.raise_signal(signal.SIGSTOP)
        return Value(0.0)
