"""Notebooks a minute, by execution, beside nbgrader and otter-grader: the same eight concepts.

    python benchmarks/notebooks.py [--rounds N] [--cache FOLDER] [--peers nbgrader otter]

The peers are installed below the cache folder (the user's own by default) and found there again.
First each grades every submission once, which shows whether it grades rightly and warms its caches;
then every round runs each grader over the whole class, in turn, so that a busy moment hits all of
them. A notebook's seconds are a run's, from start to exit, by the number of its notebooks; the
medians of the rounds are compared.
"""

import argparse
import contextlib
import inspect
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import platformdirs

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.assignment import (  # noqa: E402
    CONCEPTS,
    POINTS,
    STUDENTS,
    Student,
    plain_notebook,
)
from benchmarks.peers import Graded, Nbgrader, Otter, Peer  # noqa: E402
from grader.grade import check_each  # noqa: E402

GOALS = {"nbgrader": 5, "otter": 8}
EXECUTED = "notebooks" in inspect.signature(check_each).parameters
CLASS = f"""
import json, pathlib, sys
from grader.grade import check_each

def each(path, report):
    print(json.dumps([path.stem, report.score]))

options = {{"notebooks": "execute"}} if {EXECUTED} else {{}}
paths = sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb"))
check_each(paths, each, concepts={CONCEPTS}, fresh=True, **options)
"""


class MggradeGrade:
    """`mggrade grade` into a new gradebook, by one process, as the others are one; it grades every
    concept that it finds in the notebooks, a few more than the eight."""

    name = "mggrade grade"

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "mggrade-grade"

    def set_up(self) -> None:
        """Nothing to do: it is this very checkout."""

    def grade(self, students: Sequence[Student]) -> Graded:
        """See Peer."""
        handed_in, book = self._folder / "class", self._folder / "book.sqlite"
        for old in self._folder.glob("book.sqlite*"):
            old.unlink()
        _hand_in(students, handed_in)
        _forget_outcomes(self._folder / "mggrade" / "cache.sqlite")
        more = ("--notebooks", "execute", "--jobs", "1", "--gradebook", str(book))
        seconds, _ = _timed(self._folder, "-m", "grader", "grade", str(handed_in), *more)
        wanted = ("-m", "grader", "export", "-", "--format", "jsonl", "--gradebook", str(book))
        _, lines = _timed(self._folder, *wanted)
        points = {}
        for told in map(json.loads, lines.splitlines()):
            earned = {each["id"]: each["earned"] for each in told["report"]["concepts"]}
            points[told["student"]] = sum(earned[each] for each in CONCEPTS)
        return Graded(seconds, points)


class Mggrade:
    """A class at one desk, or `mggrade check` notebook by notebook."""

    def __init__(self, cache: Path, one_by_one: bool = False) -> None:
        self.name = "mggrade check, one by one" if one_by_one else "mggrade, a class"
        self._folder = cache / "mggrade"
        self._one_by_one = one_by_one

    def set_up(self) -> None:
        """Nothing to do: it is this very checkout."""

    def grade(self, students: Sequence[Student]) -> Graded:
        """See Peer."""
        handed_in = self._folder / "class"
        _hand_in(students, handed_in)
        if not self._one_by_one:
            seconds, printed = _timed(self._folder, "-c", CLASS, str(handed_in))
            return Graded(seconds, dict(map(json.loads, printed.splitlines())))
        options = [f"--concept={each}" for each in CONCEPTS]
        options += ["--notebooks=execute"] if EXECUTED else []
        whole, points = 0.0, {}
        for path in sorted(handed_in.iterdir()):
            asked = ("check", str(path), "--fresh", "--json=-", *options)
            seconds, printed = _timed(self._folder, "-m", "grader", *asked)
            whole += seconds
            points[path.stem] = json.loads(printed)["score"]
        return Graded(whole, points)


def _forget_outcomes(store: Path) -> None:
    """Or unchanged notebooks would not be graded again; what PyTorch answered stays known."""
    if store.exists():
        with contextlib.closing(sqlite3.connect(store)) as entries, entries:
            entries.execute("DELETE FROM entries WHERE kind = 'lesson'")


def _hand_in(students: Sequence[Student], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for student in students:
        path = folder / f"{student.name}.ipynb"
        path.write_text(plain_notebook(student.cells()), encoding="utf-8")


def _timed(cache: Path, *arguments: str) -> tuple[float, str]:
    """A Python of this checkout: seconds from start to exit, and what it printed."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 1):
        raise SystemExit(f"mggrade failed: {done.stderr}")
    return seconds, done.stdout


def main(rounds: int, cache: Path, chosen: Sequence[str]) -> None:
    """Set up, verify, measure, and print a table of each."""
    kinds = {"nbgrader": Nbgrader, "otter": Otter}
    peers: dict[str, Peer] = {name: kinds[name](cache) for name in chosen}
    graders: dict[str, Peer] = {
        "class": Mggrade(cache),
        "single": Mggrade(cache, one_by_one=True),
        "grade": MggradeGrade(cache),
        **peers,
    }
    if not EXECUTED:
        print("note: this mggrade can't execute notebooks yet; it reads their code cells")
    for each in graders.values():
        print(f"setting up {each.name}", file=sys.stderr)
        each.set_up()
    first = {name: each.grade(STUDENTS).points for name, each in graders.items()}
    _show_points(graders, first)
    times: dict[str, list[float]] = {name: [] for name in graders}
    for _ in range(rounds):
        for name, each in graders.items():
            graded = each.grade(STUDENTS)
            if graded.points != first[name]:
                raise SystemExit(f"{each.name} graded otherwise than before: {graded.points}")
            times[name].append(graded.seconds / len(STUDENTS))
    _show_times(graders, {name: statistics.median(each) for name, each in times.items()})


def _show_points(graders: dict[str, Peer], points: dict[str, dict[str, float]]) -> None:
    """Each submission's points by every grader; ends the run where a verdict can't be right."""
    print(f"\n{len(STUDENTS)} submissions, {len(CONCEPTS)} concepts, {POINTS} points")
    for student in STUDENTS:
        row = [f"{points[name][student.name]:g} {each.name}" for name, each in graders.items()]
        print(f"  {student.name:22} {', '.join(row)}")
        for name, each in graders.items():
            if (points[name][student.name] == POINTS) != student.name.startswith("right"):
                raise SystemExit(f"{each.name} grades {student.name} wrongly")


def _show_times(graders: dict[str, Peer], seconds: dict[str, float]) -> None:
    print("\n                            s a notebook   notebooks a minute   times mggrade's class")
    for name, each in graders.items():
        ratio = seconds[name] / seconds["class"]
        goal = f"   (at least {GOALS[name]})" if name in GOALS else ""
        middle = seconds[name]
        print(f"{each.name:26}  {middle:12.2f}   {60 / middle:18.0f}   {ratio:21.1f}{goal}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Notebooks a minute, beside other graders.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=None, help="where the peers are installed")
    parser.add_argument("--peers", nargs="*", choices=list(GOALS), default=list(GOALS))
    asked = parser.parse_args()
    folder = asked.cache or platformdirs.user_cache_path("mggrade-benchmarks")
    folder.mkdir(parents=True, exist_ok=True)
    main(asked.rounds, folder.resolve(), asked.peers)
