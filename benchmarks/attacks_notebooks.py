"""Every attack once more as a notebook, a cell for each statement, in both ways of reading.

    python benchmarks/attacks_notebooks.py [PART OF A NAME]

Prints what earned more than it names, was in any trouble, or came to other outcomes than as a file.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.attack_corpus import corpus  # noqa: E402
from tests.attack_servers import Servers, warm  # noqa: E402


def main(part: str) -> int:
    """Run, print, and return how many earned or left something."""
    cases = [
        (attack, mode, way)
        for attack in corpus()
        if part in attack.id
        for mode in attack.modes
        for way in ("execute", "auto")
    ]
    bad = others = 0
    with tempfile.TemporaryDirectory() as folder:
        warm(Path(folder) / "cache")
        servers = Servers(Path(folder))
        coming = [(case, servers.ask(*case)) for case in cases]
        for (attack, mode, way), future in coming:
            result = future.result()
            unearned = set(result.passed) - attack.earns(mode, notebook=True)
            name = f"{attack.id} ({mode}, {way})"
            if unearned or result.trouble:
                bad += 1
                print(f"{name}: earned {sorted(unearned)}, trouble {result.trouble}")
            elif set(result.outcomes) != attack.outcomes(mode):
                others += 1
                print(f"{name}: {result.outcomes}, as a file {sorted(attack.outcomes(mode))}")
        servers.close()
    print(f"{len(cases)} attacks, modes and ways: {bad} unearned or in trouble, {others} others")
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "") > 0)
