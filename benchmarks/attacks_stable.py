"""Whether every attack comes to the same end in every run.

    python benchmarks/attacks_stable.py [RUNS] [PART OF A NAME]

Prints attacks x runs x modes, and each attack whose outcomes, earned concepts or troubles differed.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.attack_corpus import Result, corpus  # noqa: E402
from tests.attack_servers import Servers, warm  # noqa: E402


def main(runs: int, part: str) -> int:
    """Run, print, and return how many were unstable."""
    cases = [(each, mode) for each in corpus() if part in each.id for mode in each.modes]
    seen: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        warm(Path(folder) / "cache")
        servers = Servers(Path(folder))
        coming = [
            (f"{attack.id} ({mode})", servers.ask(attack, mode))
            for _ in range(runs)
            for attack, mode in cases
        ]
        for name, result in coming:
            seen.setdefault(name, Counter())[_ending(result.result())] += 1
        servers.close()
    unstable = {name: endings for name, endings in seen.items() if len(endings) > 1}
    for name, endings in unstable.items():
        print(name)
        for ending, count in endings.most_common():
            print(f"    {count:3} x {ending}")
    print(f"{len(cases)} attacks and modes x {runs} runs: {len(unstable)} unstable")
    return len(unstable)


def _ending(result: Result) -> str:
    trouble = [line.splitlines()[-1] for line in result.trouble]
    words = (", ".join(each) or "none" for each in (result.outcomes, result.passed, trouble))
    return " | ".join(words)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(int(given[0]) if given else 20, given[1] if len(given) > 1 else "") > 0)
