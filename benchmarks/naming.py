"""How many mistakes are named, and what they cost: the catalogue planted in every engine, whole.

    python benchmarks/naming.py [ENGINE ...]

Engines: solutions, and the folders of tests/mistakes/engines. Prints for each engine how many are
named first and right, those that are not, and those that cost more or other than their own concept.
"""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from grader.diagnosis.catalogue import catalogue  # noqa: E402
from tests.naming import named_in  # noqa: E402
from tests.plants import engines  # noqa: E402

CONCEPTS = {mistake.id: mistake.concept for mistake in catalogue()}


def main(chosen: list[str]) -> None:
    """Print one paragraph an engine."""
    right = whole = 0
    with tempfile.TemporaryDirectory() as folder:
        for engine in chosen or ["solutions", *engines()]:
            started = time.perf_counter()
            told = named_in({engine: 0}, Path(folder), Path(folder) / "cache")
            seconds = time.perf_counter() - started
            good = [each for each in told if each.right]
            right, whole = right + len(good), whole + len(told)
            print(
                f"{engine}: {len(good)} of {len(told)} named first and right "
                f"({len(good) / len(told):.1%}); {1000 * seconds / len(told):.0f} ms each"
            )
            for each in told:
                if not each.right:
                    print(f"    {each.mistake}: {each.named or 'no name'}")
                if each.lost - {"mg7.integration"} != {CONCEPTS[each.mistake]}:
                    print(f"    {each.mistake} costs {', '.join(sorted(each.lost))}")
    print(f"all: {right} of {whole} ({right / whole:.1%})")


if __name__ == "__main__":
    main(sys.argv[1:])
