"""`mggrade watch` into a pipe: one line a verdict, and no control codes."""

import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.watching import COURSE, PATIENCE, begin, environment, save

COMMAND = [sys.executable, "-m", "grader", "watch"]


class Pipe:
    """The lines of a session, as they come."""

    def __init__(self, folder: Path, cache: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=folder, env=environment(cache), encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> str:
        line = self._lines.get(timeout=PATIENCE)
        assert line.isprintable() and line[2] == line[5] == ":", line
        return line[9:]

    def quiet(self, seconds: float) -> bool:
        time.sleep(seconds)
        return self._lines.empty()

    def end(self, number: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        return code, self.process.stderr.read()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))


@pytest.fixture(scope="module")
def session(tmp_path_factory, cache):
    folder = tmp_path_factory.mktemp("piped")
    exercises = begin(folder, "mg1", "mg2")
    pipe = Pipe(folder, cache)
    yield pipe, exercises
    if pipe.process.poll() is None:
        pipe.process.kill()


def test_a_line_a_verdict(session):
    pipe, exercises = session
    assert pipe.next().startswith("mg1 0 / 10 · next: mg1.slope → mg1_derivatives.py, line ")
    save(exercises, "mg1", "mg1.slope")
    assert pipe.next().startswith("mg1 1 / 10 · ✓ mg1.slope · next: mg1.difference-quotient → ")
    save(exercises, "mg1", "mg1.slope", slip=("6 * x - 4", "6 * x"))
    assert pipe.next().startswith("mg1 0 / 10 · ! no more: mg1.slope · ✗ mg1.slope failed: ")
    (exercises / "notes.txt").write_text("not code")
    assert pipe.quiet(0.5)
    file = exercises / "mg1_derivatives.py"
    other = file.with_suffix(".new")
    other.write_text("def parabola_slope(x):\n    return (6 * x\n")
    other.replace(file)
    line = pipe.next()
    assert line.startswith("mg1 0 / 10 · ! mg1 can't be loaded: SyntaxError: ")
    assert line.endswith("→ mg1_derivatives.py, line 2")
    save(exercises, "mg1", "all")
    line = pipe.next()
    assert "✓ mg1.slope, " in line and "★ mg1 Derivatives is complete" in line
    assert "next: mg2.value → mg2_chain_rule.py, line " in line
    file.unlink()
    (exercises / "mg2_chain_rule.py").unlink()
    while not (line := pipe.next()).startswith("! "):
        pass
    assert "nothing to grade here" in line
    save(exercises, "mg2", "mg2.value")
    assert "✓ mg2.value · ! gone: mg1_derivatives · next: mg2.add → " in pipe.next()
    code, said = pipe.end(signal.SIGINT)
    assert (code, said) == (130, "mggrade: interrupted\n")


def test_a_single_file(tmp_path, cache):
    file = save(tmp_path, "mg1")
    pipe = Pipe(tmp_path, cache, str(file))
    assert "next: mg1.slope" in pipe.next()
    other = save(tmp_path, "mg2")
    assert pipe.quiet(0.3) and other.exists()
    save(tmp_path, "mg1", "mg1.slope")
    assert "✓ mg1.slope" in pipe.next()
    code, said = pipe.end(signal.SIGTERM)
    assert code != 0 and said == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no such file or folder: nowhere"),
        ([], "no exercises/ here"),
        (["work.zip"], "unpack it, and watch the folder"),
    ],
)
def test_what_cant_be_watched_is_one_line(tmp_path, cache, arguments, words):
    (tmp_path / "work.zip").write_bytes(b"PK")
    result = subprocess.run(
        [*COMMAND, *arguments], cwd=tmp_path, env=environment(cache), capture_output=True, text=True
    )
    assert result.returncode == 2 and result.stdout == ""
    assert words in result.stderr and result.stderr.count("\n") == 1


def test_the_workers_end_with_it(tmp_path):
    begin(tmp_path, "mg1")
    pipe = Pipe(tmp_path, tmp_path / "cache")  # nothing is known yet, and so workers are needed
    pipe.next()
    save(tmp_path / "exercises", "mg1", "mg1.slope")
    pipe.next()
    children = _below(pipe.process.pid)
    assert children
    pipe.end(signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{each}").exists() for each in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _below(pid: int) -> set[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found: set[int] = set()
    while more := {each for each, up in parents.items() if up in {pid, *found}} - found:
        found |= more
    return found


def test_the_course_is_what_the_tests_take_it_for():
    assert [each.id for each in COURSE.lesson("mg1").concepts][:2] == [
        "mg1.slope",
        "mg1.difference-quotient",
    ]
