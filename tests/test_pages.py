"""Large pages, of which a fork and an end copy and take down fewer."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

CODE = """
import re, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from worker import pages

def large():
    [found] = re.findall(r"AnonHugePages: +(\\d+) kB", Path("/proc/self/smaps_rollup").read_text())
    return int(found)

held = [bytes([number % 256]) * 4000 for number in range(8000)]  # 32 MB, from many small pieces
before = large()
pages.collapse()
assert all(each[0] == number % 256 for number, each in enumerate(held))
print(before, large())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="large pages are Linux's")
def test_what_is_held_stays_and_takes_fewer_pages():
    command = [sys.executable, "-c", CODE, str(ROOT / "grader")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    before, after = map(int, ran.stdout.split())
    if after == before:
        pytest.skip("this kernel gives no large pages when asked (Linux 6.1 and later do)")
    assert after - before >= 8 << 10
