"""`mggrade doctor`, and honest reporting of what isolation there is."""

import json
import subprocess
from pathlib import Path

import pytest

import grader
from grader import canary, doctor
from grader.course import load_course
from grader.errors import InfrastructureError
from grader.sandbox import sandbox

from .command import mggrade
from .conftest import SOLUTIONS


def _sealed() -> bool:
    return all(canary.release(load_course().limits, __file__).layers.values())


@pytest.fixture
def beyond_this_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for a layer that no system has."""
    layers = (*sandbox.LAYERS, "moat")
    modes = {"full": (layers, True), "auto": (layers, False), "none": (("limits",), False)}
    monkeypatch.setattr(sandbox, "LAYERS", layers)
    monkeypatch.setattr(sandbox, "MODES", modes)


def test_the_canary_is_denied_everything() -> None:
    seen = canary.release(load_course().limits, __file__)
    if not all(seen.layers.values()):
        pytest.skip(f"this machine has not all layers: {seen.layers}")
    assert len(seen.attempts) >= 10
    assert all(seen.attempts.values()), seen.attempts


def test_the_interpreter_steps_in_where_nothing_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The canary's attempts are real: what an audit hook can't see gets through."""
    monkeypatch.setitem(sandbox.MODES, "auto", (("limits",), False))
    seen = canary.release(load_course().limits, __file__)
    assert seen.layers["landlock"] is False
    assert seen.attempts["look at a file's size"] is False
    through = {name for name, denied in seen.attempts.items() if not denied}
    assert not through & {"read a file", "write a file", "start a process", "run a program"}


def test_the_command_says_it_all(tmp_path: Path) -> None:
    result = _doctor(tmp_path)
    for words in ("environment", "packages", "torch", "cache", "isolation", "seccomp"):
        assert words in result.stdout
    assert result.returncode == (0 if _sealed() else 3)
    assert result.stderr == ""


def test_json_for_programs(tmp_path: Path) -> None:
    data = json.loads(_doctor(tmp_path, "--json").stdout)
    assert {"section", "name", "value", "good", "remedy"} == set(data["findings"][0])
    assert data["healthy"] == all(each["good"] is not False for each in data["findings"])


def test_a_missing_package_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED", ("no-such-package",))
    (finding,) = [each for each in doctor.examine(load_course()) if each.name == "no-such-package"]
    assert finding.good is False
    assert finding.remedy == "pip install no-such-package"


def test_a_spoilt_cache_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_bytes(b"no database at all, but long enough" * 100)
    monkeypatch.setattr(doctor, "default_folder", lambda: tmp_path)
    found = [each for each in doctor.examine(load_course()) if each.section == "cache"]
    assert any(each.good is False and "remove" in each.remedy for each in found)


@pytest.mark.usefixtures("beyond_this_system")
def test_what_is_missing_is_reported(tmp_path: Path) -> None:
    report = grader.check(SOLUTIONS, lessons=["mg1"], fresh=True, cache_folder=tmp_path)
    assert report.isolation.level == "reduced"
    assert report.isolation.missing[-1] == "moat"
    assert report.score == 10


@pytest.mark.usefixtures("beyond_this_system")
def test_full_means_full(cache: Path) -> None:
    with pytest.raises(InfrastructureError, match=r"no .*moat.*mggrade doctor"):
        grader.check(SOLUTIONS, lessons=["mg1"], fresh=True, isolation="full", cache_folder=cache)


def test_none_is_called_none(tmp_path: Path) -> None:
    """Also when the outcomes are remembered."""
    for _ in range(2):
        report = grader.check(SOLUTIONS, lessons=["mg1"], isolation="none", cache_folder=tmp_path)
        assert report.isolation.level == "none"
        assert "seccomp" in report.isolation.missing
    assert report.reused == 1


def _doctor(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {"XDG_CACHE_HOME": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return mggrade("doctor", *options, env=environment)
