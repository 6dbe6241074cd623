"""The promises of the design, a test or two each, named after it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

import grader
from grader import errors
from grader.course import SUITES, load_course
from grader.model import Outcome, State
from grader.render.json_format import report_to_data

from .command import mggrade
from .conftest import EXERCISES, SOLUTIONS

COURSE = load_course()
LIGHT = [lesson.id for lesson in COURSE.lessons if lesson.id != "mg5"]  # no torch in a worker
MG1, MG2, MG3 = "mg1_derivatives.py", "mg2_chain_rule.py", "mg3_backpropagation.py"


@pytest.fixture
def mine(tmp_path):
    """A folder with some of the solutions, and more code at the end of the last one."""

    def hand_in(*files, old="", new="", more=""):
        folder = tmp_path / "mine"
        folder.mkdir()
        for file in files:
            shutil.copy(SOLUTIONS / file, folder)
        path = folder / files[-1]
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text((text.replace(old, new) if old else text) + more, encoding="utf-8")
        return folder

    return hand_in


def command(*arguments, folder, **variables):
    """Runs the real command with this cache folder."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder), "COLUMNS": "200", **variables}
    return mggrade(*arguments, env=environment, timeout=120.0)


def graded(folder, cache, **options):
    report = grader.check(folder, cache_folder=cache, **options)
    return {concept.id: concept for concept in report.concepts}


# 1. Student code never runs in a process that can see the suites, torch's answers, the gradebook


PROBE = """
import errno, json, os, sys

GRADERS = {"grader", "pytest", "_pytest", "torch", "suites", "solutions", "mg1"}

def parabola_slope(x):
    frames, names = set(), set()
    frame = sys._getframe()
    while frame is not None:
        frames.add(frame.f_globals.get("__name__", "").partition(".")[0])
        names |= {*frame.f_locals, *frame.f_globals}
        frame = frame.f_back
    descriptors = []
    for number in range(256):
        try:
            os.lseek(number, 0, os.SEEK_CUR)
            descriptors.append(number)
        except OSError as error:
            if error.errno == errno.ESPIPE:  # a pipe or a socket
                descriptors.append(number)
    print(json.dumps({
        "modules": sorted({name.partition(".")[0] for name in sys.modules} & GRADERS),
        "names": sorted({"expected", "oracle", "answers", "tolerance", "concept"} & names),
        "frames": sorted(frames), "path": sys.path, "arguments": sys.argv,
        "environment": dict(os.environ), "descriptors": descriptors,
    }))
    return "seen"
"""


def test_promise_1_nothing_of_the_graders_is_in_the_students_process(mine, cache):
    folder = mine(MG1, more=PROBE)
    concept = graded(folder, cache, concepts=["mg1.slope"])["mg1.slope"]
    seen = json.loads(concept.checks[0].output.splitlines()[0])
    assert (seen["modules"], seen["names"]) == ([], [])
    assert set(seen["frames"]) <= {"__main__", "mg1_derivatives", "worker"}
    ours = str(SUITES.parent)
    assert not [each for each in (*seen["path"], *seen["arguments"]) if each.startswith(ours)]
    assert set(seen["environment"]) <= {"PYTHONHASHSEED", "LC_CTYPE"}
    assert seen["descriptors"] == [0, 1, 2, 3]


def test_promise_1_the_verdict_is_not_asked_of_the_students_objects(mine, cache):
    liar = """
class Liar(float):
    def _true(self, *other): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _true
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __repr__(self): return "PASSED"

def parabola_slope(x):
    return Liar(1.0)
"""
    concept = graded(mine(MG1, more=liar), cache, concepts=["mg1.slope"])["mg1.slope"]
    assert (concept.state, concept.earned) == (State.FAILED, 0)


# 2. Fail closed


FORGED = {
    "prints": "print('PASSED', 'mg1.slope 1/1', '::set-output score=100'); return None",
    "exits": "import sys; sys.exit(0)",
    "ends": "import os; os._exit(0)",
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "segfaults": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "closes": "import os; os.closerange(0, 20)",
    "forges": """import os, json, struct
    for body in ({"id": "0" * 16, "n": 0, "values": [1.0]}, {"outcome": "passed"}):
        text = json.dumps(body).encode()
        os.write(3, struct.pack("!I", len(text)) + text)""",
    "babbles": "import os; os.write(3, b'PASSED' * 100)",
    "boasts": "import os; os.write(3, b'\\x7f\\xff\\xff\\xff')",
    "truncates": "import os; os.write(3, b'\\0\\0\\1\\0{'); os._exit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "writes": "open('report.json', 'w').write('{\"score\": 100}'); return None",
}


@pytest.mark.parametrize("deed", FORGED)
def test_promise_2_nothing_but_the_right_answer_earns(mine, cache, tmp_path, deed):
    folder = mine(MG1, more=f"\ndef parabola_slope(x):\n    {FORGED[deed]}\n")
    before = sorted(tmp_path.rglob("*"))
    concepts = graded(folder, cache, concepts=["mg1.slope", "mg1.gradient"])
    assert concepts["mg1.slope"].earned == 0
    assert len(concepts["mg1.slope"].checks) == 1  # the list of checks is the trusted side's
    assert concepts["mg1.slope"].checks[0].outcome in {
        Outcome.FAILED, Outcome.ERROR, Outcome.CRASHED, Outcome.PROTOCOL
    }  # fmt: skip
    assert concepts["mg1.gradient"].state is State.PASSED  # in a fresh worker
    assert sorted(tmp_path.rglob("*")) == before


# 3. One bug costs one concept (tests/test_planted_mistakes.py has the mistakes)


def test_promise_3_carried_is_in_the_report(mine, cache):
    folder = mine(MG3, MG2, old="self._prev = set(_children)", new="self._prev = set()")
    data = report_to_data(grader.check(folder, cache_folder=cache))
    concepts = {each["id"]: each for each in data["concepts"] if each["state"] != "absent"}
    lost = [name for name, each in concepts.items() if each["state"] != "passed"]
    assert lost == ["mg2.graph"]
    assert concepts["mg3.backward"]["carried"] and concepts["mg3.backward"]["earned"] == 3
    assert not concepts["mg2.add"]["carried"]
    assert data["max_score"] - data["score"] <= 2


# 4. A fault of the grader is never a fault of the student


CHECK = """
from grader.harness import concept


@concept("mg1.slope")
def test_it(check):
"""
BROKEN = {
    "import": ("import nonsense_that_is_not_there\n", "can't be collected: "),
    "syntax": ("def test(:\n", "can't be collected: "),
    "no marks": ("def test_it(check):\n    pass\n", "0 concept marks"),
}


@pytest.fixture
def suite(tmp_path, monkeypatch):
    """Puts another suite in the place of the first lesson's."""

    def write(text):
        (tmp_path / "test_mg1_derivatives.py").write_text(text)
        monkeypatch.setattr("grader.course.SUITES", tmp_path)
        for name in [each for each in sys.modules if each.endswith("test_mg1_derivatives")]:
            monkeypatch.delitem(sys.modules, name)  # pytest would take the one it knows

    return write


@pytest.mark.parametrize("fault", BROKEN)
def test_promise_4_a_broken_suite(mine, tmp_path, suite, fault):
    text, words = BROKEN[fault]
    suite(text)
    with pytest.raises(errors.InfrastructureError, match=words) as caught:
        grader.check(mine(MG1), cache_folder=tmp_path / "cache")
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("body", ["1 / 0", "pass", "assert False"])
def test_promise_4_a_broken_check_is_not_scored(mine, tmp_path, suite, body):
    suite(f"{CHECK}    {body}\n")
    folder = mine(MG1)
    for _ in range(2):  # and it is not remembered
        report = grader.check(folder, lessons=["mg1"], cache_folder=tmp_path)
        concept = report.concepts[0]
        assert concept.checks[0].outcome is Outcome.INFRASTRUCTURE
        assert (report.score, report.max_score, concept.possible) == (0, 0, 0)
        assert (report.infrastructure, report.complete, report.reused) == (True, False, 0)


@pytest.mark.parametrize("torch", ["raise ImportError('no driver')", "import os; os._exit(1)"])
def test_promise_4_a_torch_that_does_not_import(mine, tmp_path, torch):
    fake = tmp_path / "site" / "numpy"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text(torch)
    result = command("check", mine(MG1), folder=tmp_path / "cache", PYTHONPATH=str(fake.parent))
    assert (result.returncode, result.stdout) == (errors.INFRASTRUCTURE, "")
    assert result.stderr.startswith("mggrade: the torch worker process can't be used")
    assert result.stderr.count("\n") == 1


def test_promise_4_no_torch_at_all(mine, tmp_path, monkeypatch):
    monkeypatch.setattr("grader.sandbox.zygote.available", lambda package: package != "torch")
    with pytest.raises(errors.InfrastructureError, match=r"torch is not installed.*pip install"):
        grader.check(mine(MG1), cache_folder=tmp_path / "cache")


# 5. A stub is todo


def test_promise_5_every_stub_is_todo(cache):
    report = grader.check(EXERCISES, lessons=LIGHT, cache_folder=cache)
    assert {concept.state for concept in report.concepts} == {State.TODO}
    assert (report.score, report.bonus, report.complete) == (0, 0, False)
    places = {each.id: each.place for each in report.concepts if each.id != "mg7.integration"}
    for concept, place in places.items():
        line = (EXERCISES / place.file).read_text(encoding="utf-8").split("\n")[place.line - 1]
        assert line.strip() == f'raise NotImplementedError("{concept}")'


def test_promise_5_a_foreign_not_implemented_error_is_no_stub(mine, cache):
    folder = mine(MG1, more="\ndef parabola_slope(x):\n    raise NotImplementedError('later')\n")
    assert graded(folder, cache)["mg1.slope"].state is State.ERROR


# 6. No traceback of ours, only the student's frames (tests/test_bad_input.py has the bad input)


def test_promise_6_only_the_students_frames(mine, tmp_path, cache):
    code = "\ndef helper(x):\n    return {}[x]\n\ndef parabola_slope(x):\n    return helper(x)\n"
    folder = mine(MG1, more=code)
    result = command("check", folder, "--verbose", folder=cache)
    assert result.returncode == errors.INCOMPLETE
    assert "KeyError: " in result.stdout and "return {}[x]" in result.stdout
    assert re.search(rf"{MG1}, line \d+, in helper", result.stdout)
    for ours in ("Traceback", "evaluate.py", "worker", "grader/", str(tmp_path), sys.prefix):
        assert ours not in result.stdout + result.stderr


# 7. Nothing is lost


def test_promise_7_two_runs_at_once_share_a_cache(tmp_path):
    line = [sys.executable, "-m", "grader", "check", str(SOLUTIONS / MG1), "--json", "-"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    runs = [
        subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    reports = [json.loads(run.communicate(timeout=60)[0]) for run in runs]
    assert [run.returncode for run in runs] == [errors.COMPLETE] * 3
    assert [report["notes"] for report in reports] == [[], [], []]
    after = command("check", SOLUTIONS / MG1, "--json", "-", folder=tmp_path)
    assert json.loads(after.stdout)["reused"] == 1


def test_promise_7_a_killed_run_leaves_a_sound_cache(mine, tmp_path):
    folder = mine(MG1)
    line = [sys.executable, "-m", "grader", "check", str(folder), "-q"]
    for pause in (0.2, 0.8, 1.6):
        run = subprocess.Popen(
            line, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)}, stdout=subprocess.DEVNULL
        )
        time.sleep(pause)
        run.send_signal(signal.SIGKILL)
        run.wait()
    result = command("check", folder, "--json", "-", folder=tmp_path)
    report = json.loads(result.stdout)
    assert (result.returncode, report["score"], report["notes"]) == (errors.COMPLETE, 10, [])


# 8. The same seed, submission and course give the same score on every run


@pytest.mark.parametrize("seed", ["1986", "7"])
def test_promise_8_the_same_report_again(mine, cache, seed):
    folder = mine(
        MG2, "mg4_activation.py", MG3, old="reversed(topological_order(self))",
        new="set(topological_order(self))",
    )  # fmt: skip
    reports = []
    for hash_seed in ("1", "2"):
        result = command(
            *("check", folder, "--seed", seed, "--fresh", "--json", "-"),
            folder=cache,
            PYTHONHASHSEED=hash_seed,
        )
        report = json.loads(result.stdout)
        assert set(report) >= {"reused", "started", "seconds"}
        reports.append({k: v for k, v in report.items() if k not in _VARYING})
    assert reports[0] == reports[1]
    assert reports[0]["seed"] == int(seed)


_VARYING = {"reused", "started", "seconds"}


def test_promise_8_chance_falls_the_same_way(mine, cache):
    folder = mine(MG1, more="\nimport random\ndef parabola_slope(x):\n    return random.random()\n")
    first, second = (
        graded(folder, cache, concepts=["mg1.slope"])["mg1.slope"].checks for _ in range(2)
    )
    assert first == second
    assert first[0].outcome is Outcome.FAILED


def test_promise_8_remembered_or_fresh(mine, cache):
    folder = mine(MG2, MG3, old="(1 - out.data**2)", new="(1 - self.data**2)")
    first, second = (
        {**report_to_data(grader.check(folder, cache_folder=cache)), **dict.fromkeys(_VARYING)}
        for _ in range(2)
    )
    assert first == second


# 9. Every format shows the same totals


def test_promise_9_the_same_totals_everywhere(mine, cache, tmp_path):
    folder = mine("mg8_challenge.py", MG3, MG2, old="self._prev = set(_children)", new="pass")
    file = tmp_path / "report.json"
    text = command("check", folder, "--json", file, folder=cache).stdout
    report = json.loads(file.read_text(encoding="utf-8"))
    assert 0 < report["score"] < report["max_score"]
    for total, possible, bonus in (("score", "max_score", False), ("bonus", "max_bonus", True)):
        concepts = [
            each for each in report["concepts"]
            if each["bonus"] is bonus and each["state"] != "absent"
        ]  # fmt: skip
        assert round(sum(each["earned"] for each in concepts), 2) == report[total]
        assert sum(each["possible"] for each in concepts) == report[possible]
    shown = re.search(r"^Score (\S+) / (\S+)   Bonus (\S+) / (\S+)$", text, re.MULTILINE)
    names = ("score", "max_score", "bonus", "max_bonus")
    assert [float(each) for each in shown.groups()] == [report[name] for name in names]
    lessons = re.findall(r"^ mg\d .* ([\d.]+) / (\d+)$", text, re.MULTILINE)
    assert sum(float(earned) for earned, _ in lessons) == pytest.approx(
        report["score"] + report["bonus"]
    )
