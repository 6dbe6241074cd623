"""Arbitrary bytes at every door: one of the project's own errors, or an answer; never a traceback,
never a hang. The number of inputs tried is printed at the end of each test (`pytest -s` shows it).
"""

import contextlib
import copy
import io
import json
import os
import socket
import struct
import tarfile
import time
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course import COURSE_FILE, load_course, parse_course
from grader.errors import CourseError, SubmissionError
from grader.model import Outcome
from grader.render.json_format import render_json, report_from_data
from grader.sandbox.reply import ProtocolError, parse_error, parse_reply
from grader.sandbox.worker import Worker, WorkerGone
from grader.source_text import plain_python
from grader.submission import read_submission

COURSE = load_course()
COURSE_TABLE = tomllib.loads(COURSE_FILE.read_text(encoding="utf-8"))
TRIED: Counter[str] = Counter()
MOST_BYTES = 64 << 20  # of memory, beyond what the input itself takes

fuzz = settings(
    max_examples=200,
    deadline=2000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def warm() -> None:
    """Before the first input of a process, Hypothesis reads the sources of all modules for numbers
    and texts worth trying: that takes 200 MiB, once, and is none of what is tested."""

    @settings(max_examples=1, database=None)
    @given(json_values)
    def draw(value: Any) -> None:
        del value

    draw()


@pytest.fixture(autouse=True)
def counted(warm: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """Print how many inputs a test tried, and watch its memory."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak is now what is in use
    before = _peak()
    yield
    peak = _peak() - before
    name = request.node.originalname
    print(f"\n{name}: {TRIED[name]} inputs, at most {peak / 2**20:.1f} MiB")
    assert TRIED[name] > 0
    assert peak < MOST_BYTES


def _peak() -> int:
    """The most memory that this process has had, in bytes: counted by the kernel, at no cost."""
    status = Path("/proc/self/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.split("\n") if "VmHWM" in line)


class _NoZygote:
    """Stands where a zygote would fork a child: the test itself writes into the pipe."""

    alive = True

    def __init__(self) -> None:
        self.channel = -1

    def fork(self, channel: int, output: int) -> int:
        self.channel = os.dup(channel)
        return 0

    def kill(self, pid: int) -> int:
        return 9


@fuzz
@given(st.binary(max_size=200), st.booleans())
def test_bytes_on_the_channel(data: bytes, framed: bool) -> None:
    """What a worker writes, before it goes away, is a message or the end of the worker."""
    TRIED["test_bytes_on_the_channel"] += 1
    zygote = _NoZygote()
    worker = Worker(zygote, 16)  # type: ignore[arg-type]
    with socket.socket(fileno=zygote.channel) as theirs:
        theirs.sendall(struct.pack("!I", len(data)) + data if framed else data)
    try:
        worker.receive(time.monotonic() + 1.0)
    except WorkerGone as gone:
        assert gone.fault.outcome in (Outcome.CRASHED, Outcome.PROTOCOL)
    finally:
        worker.close()


@fuzz
@given(json_values | st.fixed_dictionaries({"id": st.just("x"), "n": st.just(0)}, optional={
    "values": json_values, "error": json_values}))  # fmt: skip
def test_replies(message: Any) -> None:
    """A reply of any shape is a Reply or a ProtocolError."""
    TRIED["test_replies"] += 1
    for parse in (lambda: parse_reply(message, "x", 0, 1), lambda: parse_error(message)):
        with contextlib.suppress(ProtocolError):
            parse()


@fuzz
@given(
    st.sampled_from([".py", ".ipynb", ".zip", ".tar", ".tar.gz", ".tgz"]), st.binary(max_size=400)
)
def test_files_of_any_bytes(tmp_path: Path, suffix: str, data: bytes) -> None:
    """A file with a lesson's or an archive's name and anything in it."""
    TRIED["test_files_of_any_bytes"] += 1
    _read(tmp_path / f"mg3_backpropagation{suffix}", data)


@fuzz
@given(st.data())
def test_damaged_archives(tmp_path: Path, data: st.DataObject) -> None:
    """A good archive with some of its bytes changed or cut off."""
    TRIED["test_damaged_archives"] += 1
    suffix = data.draw(st.sampled_from([".zip", ".tar", ".tar.gz"]))
    damaged = bytearray(ARCHIVES[suffix])
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    _read(tmp_path / f"work{suffix}", bytes(damaged[:cut] if data.draw(st.booleans()) else damaged))


@fuzz
@given(st.dictionaries(st.text(min_size=1, max_size=30), st.binary(max_size=40), max_size=5))
def test_names_in_archives(tmp_path: Path, members: dict[str, bytes]) -> None:
    """Members of any name."""
    TRIED["test_names_in_archives"] += 1
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            try:
                archive.writestr(name, content)
            except (ValueError, IndexError):  # the writer itself refuses it
                return
    _read(tmp_path / "work.zip", buffer.getvalue())


@fuzz
@given(json_values)
def test_notebooks_of_any_shape(tmp_path: Path, content: Any) -> None:
    """JSON that is no notebook, or one with odd cells."""
    TRIED["test_notebooks_of_any_shape"] += 1
    for notebook in (
        content,
        {"cells": content},
        {"cells": [{"cell_type": "code", "source": content}]},
    ):
        _read(tmp_path / "mg2_chain_rule.ipynb", json.dumps(notebook).encode())


@fuzz
@given(st.text(max_size=300))
def test_cells_of_any_text(source: str) -> None:
    """Taking magics out keeps the lines where they are."""
    TRIED["test_cells_of_any_text"] += 1
    plain = plain_python(source)
    assert plain == "" or plain.count("\n") == source.count("\n")


@fuzz
@given(st.data())
def test_course_files(data: st.DataObject) -> None:
    """course.toml with one value, anywhere, replaced by something else."""
    TRIED["test_course_files"] += 1
    table = copy.deepcopy(COURSE_TABLE)
    place: Any = table
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(json_values)
    try:
        parse_course(table, "course.toml")
    except CourseError as error:
        assert "course.toml" in str(error) and "\n" not in str(error)


@fuzz
@given(st.text(max_size=200))
def test_course_texts(tmp_path: Path, text: str) -> None:
    """Any text as a course file."""
    TRIED["test_course_texts"] += 1
    path = tmp_path / "course.toml"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    with pytest.raises(CourseError):
        load_course(path)


@fuzz
@given(st.data())
def test_reports(report_data: dict[str, Any], data: st.DataObject) -> None:
    """A report with one value, anywhere, replaced: read back, or ValueError."""
    TRIED["test_reports"] += 1
    table = json.loads(json.dumps(report_data))
    place: Any = table
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(json_values)
    with contextlib.suppress(ValueError):
        report_from_data(table)


@pytest.fixture(scope="module")
def report_data(cache: Path) -> dict[str, Any]:
    """A real report with a failure in it."""
    import grader

    path = Path(__file__).parent / "engines" / "faulty" / "sub_leaves_the_graph.py"
    report = grader.check(path, lessons=["mg2", "mg4"], cache_folder=cache)
    data = json.loads(render_json(report))
    assert report_from_data(data).score == report.score
    assert isinstance(data, dict)
    return data


def _read(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        read_submission(path, COURSE)
    except SubmissionError as error:
        assert str(path) in str(error) and "\n" not in str(error)
    finally:
        path.unlink()


def _archives() -> dict[str, bytes]:
    content = b"class Value:\n    pass\n" * 20
    zipped, tarred, gzipped = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("work/engine.py", content)
        archive.writestr("work/nn.py", content)
    for buffer, mode in ((tarred, "w"), (gzipped, "w:gz")):
        with tarfile.open(fileobj=buffer, mode=mode) as archive_file:
            info = tarfile.TarInfo("work/engine.py")
            info.size = len(content)
            archive_file.addfile(info, io.BytesIO(content))
    return {".zip": zipped.getvalue(), ".tar": tarred.getvalue(), ".tar.gz": gzipped.getvalue()}


ARCHIVES = _archives()
