"""What diagnosis adds to a check: five failing concepts, and none.

    python benchmarks/diagnosis.py [RUNS]

Side by side in one run: the same check with diagnosis and without. PyTorch's answers are known and
the lessons are run afresh in both; `first` has never seen these mistakes, `again` remembers them.
"""

import contextlib
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import grader  # noqa: E402
from grader.diagnosis.catalogue import catalogue  # noqa: E402
from grader.diagnosis.diagnose import Diagnostician  # noqa: E402

CONCEPTS = ("mg3.tanh-backward", "mg3.backward", "mg4.exp", "mg4.relu", "mg4.sub")
LESSONS = ("mg3", "mg4")


def main(runs: int) -> None:
    """Print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        base, cache = Path(folder), Path(folder) / "cache"
        faulty, odd = _faulty(base / "faulty"), _odd(base / "odd")
        sound = ROOT / "solutions"
        for path in (faulty, odd, sound):
            _check(path, cache)
            print(f"{path.name}: {', '.join(_diagnosed(_check(path, cache)))}")
        for name, path in (
            ("five failing concepts, known mistakes", faulty),
            ("five failing concepts, unknown mistakes", odd),
            ("nothing failing", sound),
        ):
            plain, first, again = [], [], []
            for _ in range(runs):
                with _without_diagnosis():
                    plain.append(_seconds(lambda path=path: _check(path, cache)))
                _forget(cache)
                first.append(_seconds(lambda path=path: _check(path, cache)))
                again.append(_seconds(lambda path=path: _check(path, cache)))
            without = statistics.median(plain)
            print(
                f"{name}: without diagnosis {without:.3f} s, "
                f"first +{statistics.median(first) - without:.3f} s, "
                f"again +{statistics.median(again) - without:.3f} s"
            )


def _faulty(folder: Path) -> Path:
    """The solutions with the first mistake of the catalogue in each of five concepts."""
    shutil.copytree(ROOT / "solutions", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for concept in CONCEPTS:
        mistake = next(each for each in catalogue() if each.concept == concept)
        (path,) = folder.glob(f"{mistake.lesson}_*.py")
        path.write_text(mistake.apply(path.read_text()))
    return folder


ODD = (
    ("mg3", "(1 - out.data**2) * out.grad", "(1.1 - out.data**2) * out.grad"),
    ("mg3", "self.grad = 1.0\n", "self.grad = 1.3\n"),
    ("mg4", "self.grad += out.data * out.grad", "self.grad += out.data * out.grad * 1.7"),
    ("mg4", "self.grad += (out.data > 0) * out.grad", "self.grad += (out.data > 0) * 0.3"),
    ("mg4", "return self + (-other)", "return self + (-other) * 1.2"),
)


def _odd(folder: Path) -> Path:
    """Five mistakes that nobody has seen before."""
    shutil.copytree(ROOT / "solutions", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for lesson, old, new in ODD:
        (path,) = folder.glob(f"{lesson}_*.py")
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new))
    return folder


def _check(path: Path, cache: Path) -> grader.Report:
    return grader.check(path, lessons=LESSONS, fresh=True, cache_folder=cache)


def _diagnosed(report: grader.Report) -> list[str]:
    return [f"{each.id} ({each.diagnosis.mistake})" for each in report.concepts if each.diagnosis]


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _forget(cache: Path) -> None:
    with contextlib.closing(sqlite3.connect(cache / "cache.sqlite")) as connection, connection:
        connection.execute("DELETE FROM entries WHERE kind = 'mistake'")


@contextlib.contextmanager
def _without_diagnosis() -> Iterator[None]:
    diagnose = Diagnostician.diagnose
    Diagnostician.diagnose = lambda *anything: None
    try:
        yield
    finally:
        Diagnostician.diagnose = diagnose


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
