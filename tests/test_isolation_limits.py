"""What student code may cost, and what is left when the grader itself is killed.

The times here leave room for a busy machine; benchmarks/isolation.py prints the exact ones.
"""

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import grader
from grader.model import Outcome, State
from grader.render.json_format import report_from_data
from tests.attack_corpus import SOLUTIONS, course, survivors

ROOT = Path(__file__).parent.parent
ROOM = 10.0  # seconds, on a busy machine; the exact figures are in benchmarks/isolation.py
LESSON = """
import math

from mg2_chain_rule import Value, add_to_class


@add_to_class(Value)
def tanh(self):
{body}


def neuron_gradients(x1, x2, w1, w2, b):
    out = math.tanh(x1 * w1 + x2 * w2 + b)
    g = 1 - out * out
    return {{"x1": w1 * g, "x2": w2 * g, "w1": x1 * g, "w2": x2 * g, "b": g}}
"""
BODIES = {
    "loop": "    while True:\n        pass",
    "memory bomb": "    kept = []\n    while True:\n        kept.append(bytearray(1 << 22))",
    "fork bomb": "    import os\n    for _ in range(40):\n        os.fork()\n    while True:\n"
    "        pass",
    "output flood": "    while True:\n        print('x' * 65536)",
}


def hand_in(folder: Path, body: str) -> Path:
    """A lesson whose tanh is bad and whose gradients by hand are right."""
    (folder / "mg3_backpropagation.py").write_text(LESSON.format(body=body))
    return folder


@pytest.mark.parametrize("name", BODIES)
def test_costs_its_limit_and_nothing_more(name: str, tmp_path: Path, cache: Path) -> None:
    path = hand_in(tmp_path, BODIES[name])
    concepts = ["mg3.tanh", "mg3.by-hand"]
    limits = course().limits

    def check() -> grader.Report:
        return grader.check(
            path, course=course(), concepts=concepts, cache_folder=cache, fresh=True
        )

    check()  # PyTorch's answers
    others = survivors(os.getpid(), patience=0.0)  # of a desk that another test holds open
    started = time.monotonic()
    report = check()
    seconds = time.monotonic() - started
    # Once on its own, once with the reference's help.
    assert seconds < 2 * limits.program_seconds + ROOM
    tanh, by_hand = report.concepts
    assert by_hand.state is State.PASSED
    assert tanh.earned == 0
    ended = {Outcome.TIMEOUT, Outcome.CRASHED, Outcome.ERROR}
    assert {each.outcome for each in tanh.checks} <= ended
    assert survivors(os.getpid(), known=others) == []


def test_a_lesson_has_a_budget_of_its_own(tmp_path: Path, cache: Path) -> None:
    """Whoever stays below the limit of each program meets that of the lesson."""
    slow = "    import time\n    time.sleep(0.3)\n    return Value(math.tanh(self.data))"
    path = hand_in(tmp_path, slow)
    limits = dataclasses.replace(course().limits, lesson_seconds=1.0)
    small = dataclasses.replace(course(), limits=limits)
    started = time.monotonic()
    report = grader.check(path, course=small, concepts=["mg3.tanh"], cache_folder=cache, fresh=True)
    assert time.monotonic() - started < 2 * limits.lesson_seconds + ROOM
    assert Outcome.TIMEOUT in {each.outcome for each in report.concepts[0].checks}


KILLS = 50


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that knows PyTorch's answers, and a report of a whole check."""
    folder = tmp_path_factory.mktemp("killed")
    process = start(folder, "solutions.json")
    process.wait()
    return folder


def start(home: Path, report: str) -> "subprocess.Popen[bytes]":
    """A grader of its own, on the solutions."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "grader", "check", str(SOLUTIONS), "--fresh", "--quiet"),
            *("--lesson=mg2", "--lesson=mg3", f"--json={home / report}"),
        ],
        env={**os.environ, "XDG_CACHE_HOME": str(home), "HOME": str(home)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("batch", range(5))
def test_kill_9_leaves_nothing_behind(batch: int, home: Path) -> None:
    """At random moments, over the whole of a run: no worker after a second, no half report."""
    moments = random.Random(batch)
    for number in range(KILLS // 5):
        report = f"report{batch}.json"
        if number % 2:  # an older report may be there already
            (home / report).write_bytes((home / "solutions.json").read_bytes())
        process = start(home, report)
        time.sleep(moments.uniform(0.0, 0.9))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert survivors(process.pid, patience=1.0) == []
        if (home / report).exists():
            report_from_data(json.loads((home / report).read_text()))
        (home / report).unlink(missing_ok=True)
    process = start(home, f"after{batch}.json")
    assert process.wait() == 0
    after = report_from_data(json.loads((home / f"after{batch}.json").read_text()))
    assert after.complete
    assert not any("cache" in note for note in after.notes)
