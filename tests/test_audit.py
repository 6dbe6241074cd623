"""The audit hook that stands in for the kernel's layers: what it refuses, and what it lets be."""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "grader"
BEGIN = (
    "import builtins, collections, dataclasses, gc, marshal, math, os, random, signal, socket\n"
    "import subprocess, sys, time, types\n"
)
APPLY = f"sys.path.insert(0, {str(PACKAGE)!r})\nfrom worker import audit\naudit.apply()\n"


def _run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + APPLY + code], capture_output=True, text=True, timeout=30
    )
    return (done.stdout + done.stderr).strip()


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "os.open('/tmp/mggrade-audit', os.O_CREAT | os.O_WRONLY)",
        "os.listdir('/')",
        "os.remove('/nowhere')",
        "os.fork()",
        "os.system('true')",
        "subprocess.run(['true'])",
        "socket.socket()",
        "os.kill(os.getpid(), 0)",
        "gc.get_objects()",
        "types.CodeType.replace((lambda: 0).__code__)",
        "marshal.loads(b'N')",
        "import _testcapi",
    ],
)
def test_refused(attempt: str) -> None:
    told = _run(attempt)
    assert "PermissionError" in told or "ModuleNotFoundError" in told, told


@pytest.mark.parametrize(
    "attempt",
    [
        "builtins.PermissionError = lambda *anything: None\nopen('/etc/hostname')",
        "sys.modules['worker.audit']._refuse = None\nopen('/etc/hostname')",
        "sys.settrace(lambda *anything: None)\nopen('/etc/hostname')",
    ],
)
def test_not_to_be_talked_round(attempt: str) -> None:
    told = _run(attempt + "\nprint('opened')")
    assert "opened" not in told
    assert "Error" in told


def test_what_lessons_do_is_let_be() -> None:
    code = (
        "from dataclasses import dataclass\n"
        "from collections import namedtuple\n"
        "os.environ['KMP_DUPLICATE_LIB_OK'] = 'TRUE'\n"
        "import math, random, time\n"
        "@dataclass\nclass Value:\n    data: float\n"
        "print(Value(1.0), namedtuple('P', 'x')(2), eval('1 + 1'))\n"
    )
    assert _run(code) == "Value(data=1.0) P(x=2) 2"
