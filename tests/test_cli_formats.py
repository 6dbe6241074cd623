"""Several formats at once, streams, and what is left when grading is stopped."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from grader import errors
from grader.model import State
from grader.render.json_format import report_from_data
from tests import format_rules
from tests.command import mggrade
from tests.conftest import SOLUTIONS

FILES = ("mg1_derivatives.py", "mg2_chain_rule.py")
CLASSROOM = {
    "CLASSROOM": "c", "ASSIGNMENT": "a", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "u",
    "RELEASE_URL": "r", "REVIEW_URL": "v",
}  # fmt: skip


@pytest.fixture
def handed_in(tmp_path, monkeypatch, cache):
    """Two lessons, solved but for one operator, in the current folder's `exercises`."""
    folder = tmp_path / "exercises"
    folder.mkdir()
    for name in FILES:
        text = (SOLUTIONS / name).read_text(encoding="utf-8")
        text = text.replace("self.data * other.data", "self.data + other.data")
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    for name in CLASSROOM:
        monkeypatch.delenv(name, raising=False)
    return folder


def check(*arguments, **variables):
    return mggrade("check", *arguments, env={**os.environ, **variables})


def test_every_format_at_once(handed_in, tmp_path):
    arguments = []
    for name in format_rules.RULES:
        arguments += ["--format", name, "--output", f"report.{name}"]
    result = check(*arguments, "--html", "report.html", "--json=-", **CLASSROOM)
    assert result.returncode == errors.INCOMPLETE and result.stderr == ""
    report = report_from_data(json.loads(result.stdout))
    assert (report.score, report.max_score) == (22, 24)
    for name, rules in format_rules.RULES.items():
        said = rules((tmp_path / f"report.{name}").read_text(encoding="utf-8"))
        assert said is None or (said.score, said.max_score) == (22, 24), name
    assert "<strong>22</strong> / 24" in (tmp_path / "report.html").read_text(encoding="utf-8")
    line = "::error file=exercises/mg2_chain_rule.py,line="
    assert line in (tmp_path / "report.github").read_text(encoding="utf-8")


def test_an_output_belongs_to_the_format_before_it(handed_in, tmp_path):
    result = check("--format", "junit", "--output=a.xml", "exercises", "--format", "markdown")
    assert result.stdout.startswith("## micrograd, by hand")
    format_rules.junit((tmp_path / "a.xml").read_text(encoding="utf-8"))


def test_people_are_told_where_no_format_goes_to_stdout(handed_in):
    result = check("--format", "junit", "--output", "a.xml", "--quiet")
    assert result.stdout.splitlines()[0] == "Score 22 / 24"
    assert check("--format", "text", "--quiet").stdout == result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--output", "report.xml"], "has no format; write it before: --format junit --output"),
        (["--format", "junit", "--output", "a", "--output", "b"], "--output b has no format"),
        (["--format", "junit", "--json", "-"], "junit and json can't share standard output"),
        (["--format", "junit", "--output", "a", "--html", "./a"], "name two files"),
        (["--format", "junit", "--output", "no/a"], "there is no folder"),
        (["--format", "xml"], "junit"),
        (["--format", "classroom50"], "CLASSROOM, ASSIGNMENT, SUBMISSION_TAG"),
    ],
)
def test_usage(handed_in, arguments, words):
    result = check(*arguments)
    assert (result.returncode, result.stdout) == (errors.USAGE, "")
    assert words in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="finds the worker in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle(handed_in, tmp_path, number):
    endless = handed_in / FILES[1]
    text = endless.read_text(encoding="utf-8")
    endless.write_text(f"while True: pass\n{text}", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "check", "--fresh", "--format", "junit", "--output",
         "report.xml", "--html", "report.html", "--json", "-"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for_a_worker(process.pid)
    process.send_signal(number)
    output, trouble = process.communicate(timeout=30)
    assert process.returncode == errors.INTERRUPTED
    assert trouble == "mggrade: interrupted; the reports hold what was graded until then\n"
    report = report_from_data(json.loads(output))
    assert report.interrupted and not report.complete
    assert report.max_score == 24
    states = {each.lesson: each.state for each in report.concepts if each.state != "absent"}
    assert states["mg2"] is State.NOT_RUN
    assert states["mg1"] in (State.PASSED, State.NOT_RUN)
    said = format_rules.junit((tmp_path / "report.xml").read_text(encoding="utf-8"))
    assert said.score == report.score
    assert "stopped early" in (tmp_path / "report.html").read_text(encoding="utf-8")


def wait_for_a_worker(pid):
    """Until the endless loop has had the processor for a while."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with open(f"/proc/{pid}/task/{pid}/children") as listed:  # noqa: PTH123
            children = listed.read().split()
        if any(_ticks(child) > 20 for child in _all_below(children)):
            return
        time.sleep(0.02)
    pytest.fail("no worker was started")


def _all_below(children):
    for each in children:
        yield each
        try:
            with open(f"/proc/{each}/task/{each}/children") as listed:  # noqa: PTH123
                yield from _all_below(listed.read().split())
        except OSError:
            continue


def _ticks(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
            return int(stat.read().rpartition(")")[2].split()[11])
    except OSError:
        return 0
