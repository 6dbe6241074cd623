# attack: reads the hidden suite from the disk
# family: stealing
# outcomes: error
# earns: none
# earns-cells: mg2.value

import re
import sys
from pathlib import Path

FOLDER = Path(sys.modules["worker"].__file__).parent.parent
SUITE = (FOLDER / "suites" / "test_mg2_chain_rule.py").read_text()
ANSWERS = [float(number) for number in re.findall(r"\d+\.\d+", SUITE)]


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(ANSWERS.pop())
