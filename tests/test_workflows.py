"""The workflows that are handed out: valid, and their own commands do what they should."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import format_rules
from tests.conftest import ROOT, SOLUTIONS

CI = ROOT / "grader" / "ci"
SECRET = "20260711"
VALUES = {
    "inputs.path": "exercises",
    "inputs.repository": "school/micrograd-ada",
    "inputs.seed": SECRET,
    "inputs.fail-under": "0",
    "inputs.html": "page.html",
    "secrets.seed": SECRET,
    "github.action_path": str(ROOT),
}


@pytest.fixture
def runner(tmp_path, cache):
    """Runs the `run` steps of a job as GitHub does; mggrade counts as installed."""
    places = {name: tmp_path / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    folder = tmp_path / "exercises"
    folder.mkdir()
    shutil.copy(SOLUTIONS / "mg1_derivatives.py", folder)
    shutil.copytree(folder, tmp_path / "submission" / "exercises")
    environment = {
        **os.environ,
        **{name: str(place) for name, place in places.items()},
        "RUNNER_TEMP": str(tmp_path),
        "XDG_CACHE_HOME": str(cache),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CI": "true",
    }

    def run(steps):
        log = ""
        for step in steps:
            if "run" not in step or "pip install" in step["run"]:
                continue
            more = {name: filled(value) for name, value in step.get("env", {}).items()}
            result = subprocess.run(
                ["bash", "-eo", "pipefail", "-c", filled(step["run"])],
                cwd=tmp_path,
                env={**environment, **more},
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=60,
            )
            assert result.returncode == 0, result.stderr
            log += result.stdout
        return log

    run.folder = tmp_path
    return run


def filled(text):
    """With the values that GitHub would put in."""
    return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda match: VALUES[match[1]], str(text))


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_a_learners_workflow(runner):
    log = runner(load(CI / "github.yml")["jobs"]["check"]["steps"])
    assert format_rules.github(log).score == 10
    summary = (runner.folder / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    assert format_rules.markdown(summary).score == 10
    assert (runner.folder / "report.html").exists()


def test_a_classs_workflow_grades_with_its_own_seed(runner):
    steps = load(CI / "github-grade.yml")["jobs"]["grade"]["steps"]
    names = [next(iter(step)) if "uses" not in step else step["uses"] for step in steps]
    assert names.index("run") < next(
        number for number, name in enumerate(names) if name.startswith("actions/checkout")
    )
    runner(steps)
    report = json.loads((runner.folder / "report.json").read_text(encoding="utf-8"))
    assert (report["score"], report["seed"]) == (10, int(SECRET))
    output = (runner.folder / "GITHUB_OUTPUT").read_text(encoding="utf-8")
    assert output == "name=report-school-micrograd-ada\n"


def test_the_action_tells_the_score(runner):
    log = runner(load(ROOT / "action.yml")["runs"]["steps"])
    assert format_rules.github(log).score == 10
    output = (runner.folder / "GITHUB_OUTPUT").read_text(encoding="utf-8")
    assert output == "score=10.0\nmax-score=10\n"
    assert (runner.folder / "page.html").exists()


def test_gitlabs_job(runner):
    job = load(CI / "gitlab.yml")["mggrade"]
    runner([{"run": line} for line in job["script"]])
    report = (runner.folder / job["artifacts"]["reports"]["junit"]).read_text(encoding="utf-8")
    assert format_rules.junit(report).score == 10


@pytest.mark.parametrize(
    "path", [*CI.glob("*.yml"), ROOT / "action.yml"], ids=lambda each: each.name
)
def test_nothing_from_outside_is_pasted_into_a_script(path):
    """An input in a script is a command for whoever writes the input."""
    assert not re.findall(r"run:.*\$\{\{", path.read_text(encoding="utf-8"))
    steps = re.findall(
        r"run: [|>].*?(?=\n {4,6}- |\Z)", path.read_text(encoding="utf-8"), re.DOTALL
    )
    assert not [each for each in steps if "${{" in each.partition("\n      - ")[0]]


@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is not installed")
def test_actionlint_finds_nothing(tmp_path):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for path in (*CI.glob("github*.yml"), *(ROOT / ".github" / "workflows").glob("*.yml")):
        shutil.copy(path, folder / path.name.replace("github-", "mggrade-"))
    result = subprocess.run(["actionlint"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
