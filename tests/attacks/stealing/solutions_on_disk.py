# attack: executes the solutions' file from the disk
# family: stealing
# outcomes: error
# earns: none

import sys
from pathlib import Path

FOLDER = Path(sys.modules["worker"].__file__).parent.parent.parent
exec((FOLDER / "solutions" / "mg2_chain_rule.py").read_text())


class Value(Value):  # noqa: F821
    pass
