"""What isolation costs, and what attacks on resources cost over their limit.

    python benchmarks/isolation.py [ROUNDS]

Every round runs each measurement once, in turn, so that a busy moment hits all of them.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import grader  # noqa: E402
from grader.course import load_course  # noqa: E402
from grader.sandbox import Engine, Sandbox, Source  # noqa: E402
from tests.test_isolation_limits import BODIES, hand_in  # noqa: E402

SOLUTIONS = ROOT / "solutions"
WITHOUT_TORCH = ["mg1", "mg2", "mg3", "mg4", "mg6", "mg7", "mg8"]
HARMLESS = "    return self"


def main(rounds: int) -> None:
    """Measure, and print one line each."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        _whole_checks(base / "cache", rounds)
        _forks(10 * rounds)
        _attacks(base, max(1, rounds // 3))


def _whole_checks(cache: Path, rounds: int) -> None:
    """A check of all lessons but mg5, PyTorch's answers known, with all layers and with limits."""

    def check(isolation: str) -> float:
        return _seconds(
            lambda: grader.check(
                SOLUTIONS,
                lessons=WITHOUT_TORCH,
                fresh=True,
                isolation=isolation,
                cache_folder=cache,
            )
        )

    check("auto")
    times: dict[str, list[float]] = {"auto": [], "none": []}
    for _ in range(rounds):
        for isolation, measured in times.items():
            measured.append(check(isolation))
    sealed, bare = (statistics.median(times[each]) for each in ("auto", "none"))
    print(f"check with all layers        {1000 * sealed:7.0f} ms")
    print(f"check with limits alone      {1000 * bare:7.0f} ms")
    print(f"ratio                        {sealed / bare:7.2f}      (at most 1.15)")


def _forks(rounds: int) -> None:
    """A fork with student code loaded: a whole lesson and those before it."""
    names = ("mg2_chain_rule", "mg3_backpropagation", "mg4_activation")
    sources = [
        Source(name, ((f"{name}.py", (SOLUTIONS / f"{name}.py").read_text(encoding="utf-8")),))
        for name in names
    ]
    for isolation, label in (("auto", "all layers"), ("none", "limits alone")):
        with Sandbox(load_course().limits, isolation) as sandbox:
            measured = []
            for _ in range(rounds + 1):
                engine = Engine(sandbox, "plain", sources)
                measured.append(_seconds(engine.load))
                engine.close()
            middle = 1000 * statistics.median(measured[1:])  # the first waits for the zygote
            print(f"fork and load, {label:13} {middle:7.1f} ms")


def _attacks(base: Path, rounds: int) -> None:
    """Each attack on resources beside the same file without it: the dearest of one check's
    attempts (alone, and with the reference's help), and what it is over the limit."""
    limit = load_course().limits.program_seconds

    def check(body: str) -> float:
        folder = base / "attack"
        folder.mkdir(exist_ok=True)
        path = hand_in(folder, body)
        return _seconds(
            lambda: grader.check(
                path,
                concepts=["mg3.tanh", "mg3.by-hand"],
                fresh=True,
                cache_folder=base / "cache",
            )
        )

    for name, body in BODIES.items():
        over = []
        for _ in range(rounds):
            harmless = check(HARMLESS)
            over.append((check(body) - harmless) / 2 - limit)
        middle = statistics.median(over)
        print(f"{name:20} over its limit {1000 * middle:7.0f} ms   (at most 500)")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
