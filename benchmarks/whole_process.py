"""Whole-process times of `mggrade`, side by side with `python -c "import torch"`.

    python benchmarks/whole_process.py [ROUNDS]

Every round runs each command once, in turn, so that a busy moment hits all of them; the medians
are compared as ratios, which hold on any machine.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
MGGRADE = [sys.executable, "-m", "grader"]
WITHOUT_TORCH = [f"--lesson=mg{number}" for number in (1, 2, 3, 4, 6, 7, 8)]


def main(rounds: int) -> None:
    """Measure, and print one line a command."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        solutions = str(ROOT / "solutions")
        check = [*MGGRADE, "check", solutions, "--quiet"]
        commands: dict[str, tuple[Callable[[], float], float | None]] = {
            "import torch": (lambda: _run([sys.executable, "-c", "import torch"], cache), None),
            "check solutions --fresh, cold": (lambda: _cold([*check, "--fresh"], cache), 1.8),
            "the same, warm, without mg5": (
                lambda: _run([*check, "--fresh", *WITHOUT_TORCH], cache),
                0.6,
            ),
            "check solutions, unchanged": (lambda: _run(check, cache), 0.3),
            "mggrade --help": (lambda: _run([*MGGRADE, "--help"], cache), 0.2),
        }
        for measure, _ in commands.values():  # files into the page cache
            measure()
        _run(check, cache)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, (measure, _) in commands.items():
                times[name].append(measure())
                if "cold" in name:
                    _run(check, cache)  # remember everything again
        unit = statistics.median(times["import torch"])
        for name, (_, limit) in commands.items():
            middle = statistics.median(times[name])
            line = f"{name:32} {middle:6.3f} s   {middle / unit:5.2f} x import torch"
            print(line if limit is None else f"{line}   (at most {limit})")


def _cold(command: list[str], cache: Path) -> float:
    shutil.rmtree(cache / "mggrade", ignore_errors=True)
    return _run(command, cache)


def _run(command: list[str], cache: Path) -> float:
    """Seconds of one process, start to exit; it must succeed."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
