"""`mggrade init`: a workspace out of nothing, and never at the cost of somebody's work."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from grader import errors, exercise_text, progress
from grader.attempts import reference_text
from grader.cli import main
from grader.cli.paths import default_path
from grader.course import load_course
from grader.selfstudy.requirement import NEWEST, requirement
from grader.selfstudy.setting_up import CI_FILES, TEMPLATES
from grader.submission import read_submission
from tests.conftest import EXERCISES

COURSE = load_course()
FIRST = Path("exercises", "mg1_derivatives.py")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder; it becomes the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, code=errors.COMPLETE):
    result = CliRunner().invoke(main, ["init", *arguments], env={"COLUMNS": "80"})
    assert result.exit_code == code, result.output
    if code:
        assert result.stdout == "" and result.stderr.count("\n") == 1
    return result.stdout + result.stderr


def files(folder):
    return {
        each.relative_to(folder): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


def test_an_empty_folder_becomes_a_workspace_that_check_finds(here):
    said = run()
    assert said.count("wrote") == 10 and "mggrade next" in said and "cd " not in said
    path = default_path(COURSE, "")
    submission = read_submission(path, COURSE)
    assert list(submission.lessons) == [lesson.id for lesson in COURSE.lessons]
    assert progress.workspace(path) == here
    for lesson in COURSE.lessons:
        assert submission.lessons[lesson.id].text == exercise_text.script(reference_text(lesson))
        committed = (EXERCISES / f"{lesson.file}.py").read_text(encoding="utf-8")
        assert submission.lessons[lesson.id].text == committed


def test_notebooks_instead_are_found_as_well(here):
    said = run("my course", "--notebooks")
    assert "cd 'my course'" in said
    folder = here / "my course"
    submission = read_submission(folder / "exercises", COURSE)
    assert all(each.notebook for each in submission.lessons.values())
    assert len(submission.lessons) == len(COURSE.lessons)
    assert "as notebooks" in (folder / "README.md").read_text()


def test_once_more_is_harmless(here):
    run()
    before = files(here)
    assert "Nothing is missing" in run()
    assert files(here) == before


def test_work_is_kept_and_what_is_missing_added(here):
    run()
    mine = "# my own work\n"
    FIRST.write_text(mine)
    Path("README.md").write_text(mine)
    Path("exercises", "mg3_backpropagation.py").unlink()
    said = run("--ci", "github")
    assert f"kept   {FIRST}, which is your own; to begin it again: mggrade reset mg1" in said
    assert "kept   README.md, which is your own\n" in said
    assert said.count("wrote") == 2
    assert FIRST.read_text() == Path("README.md").read_text() == mine
    assert Path("exercises", "mg3_backpropagation.py").exists()
    assert Path(CI_FILES["github"]).exists()


def test_a_dry_run_says_what_it_would_and_does_nothing(here):
    Path("README.md").write_text("mine")
    said = run(".", "--dry-run")
    assert said.count("would write") == 9 and "kept   README.md" in said
    assert list(files(here)) == [Path("README.md")]


@pytest.mark.parametrize("platform", ["github", "gitlab"])
def test_the_workflow_runs_a_check(here, platform):
    run("--ci", platform)
    text = Path(CI_FILES[platform]).read_text()
    assert "mggrade check --fail-under 0" in text
    assert "report.html" in text
    assert f"pip install {requirement()}\n" in text
    assert not re.search(r"@[A-Z]+@", text)  # a mark that nothing was put in for


ORIGIN = {"url": "https://example.org/school/mggrade", "vcs_info": {"vcs": "git"}}
ORIGIN["vcs_info"] |= {"requested_revision": "main", "commit_id": "0123abc"}


@pytest.mark.parametrize(
    ("version", "origin", "wanted"),
    [
        ("1.2.3", {}, "mggrade==1.2.3"),
        ("1.2.4.dev5+g0123abc", ORIGIN, f"'mggrade @ git+{ORIGIN['url']}@0123abc'"),
        ("1.2.4.dev5", {"url": "file:///home/ada/mggrade", "dir_info": {"editable": True}}, NEWEST),
        ("1.2.3+local", {}, NEWEST),
    ],
)
def test_a_workflow_installs_what_can_be_had(here, monkeypatch, version, origin, wanted):
    """A development version is on no index."""
    about = here / "elsewhere" / "mggrade-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Name: mggrade\nVersion: 1\n")
    (about / "direct_url.json").write_text(json.dumps(origin))
    monkeypatch.syspath_prepend(about.parent)
    monkeypatch.setattr("grader.selfstudy.requirement.__version__", version)
    said = run("course", "--ci", "github")
    steps = yaml.safe_load(Path("course", CI_FILES["github"]).read_text())["jobs"]["check"]["steps"]
    assert f"pip install {wanted}" in [step.get("run") for step in steps]
    assert ("development version" in said) == (wanted == NEWEST)


def test_a_lesson_that_is_there_as_a_notebook_is_there(here):
    run("--notebooks")
    Path("exercises", "mg5_pytorch.ipynb").unlink()
    assert run().count("wrote  exercises") == 1
    assert read_submission(here / "exercises", COURSE).lessons["mg5"].notebook is False


def test_what_cannot_become_a_workspace(here, monkeypatch):
    Path("Documents").mkdir()
    Path("a file").touch()
    assert "holds other things (Documents, a file)" in run(code=errors.USAGE)
    assert "a file" in run("a file", code=errors.USAGE)
    run("scripts")
    assert "can't be there twice" in run("scripts", "--notebooks", code=errors.USAGE)
    Path("loose").mkdir()
    shutil.copy(Path("scripts") / FIRST, "loose")
    assert "holds mg1_derivatives.py already" in run("loose", code=errors.USAGE)
    monkeypatch.chdir("loose")
    assert "this folder holds mg1_derivatives.py already" in run(code=errors.USAGE)
    monkeypatch.chdir(here)
    Path("odd").mkdir()
    Path("odd", "exercises").touch()
    assert "exercises is a file" in run("odd", code=errors.USAGE)
    assert "can't write a file/below" in run("a file/below", code=errors.USAGE)
    assert "name another folder" in run("x" * 300, code=errors.USAGE)
    assert not list(Path("loose").glob("exercises"))


def test_hidden_files_and_an_environment_leave_a_folder_empty(here):
    Path(".git").mkdir()
    Path("venv").mkdir()
    run()


def test_from_a_wheel_the_exercises_come_with_the_package(here, monkeypatch):
    """In a wheel they are in the package itself, and there is no folder beside it."""
    package = here / "site" / "grader"
    for kind in ("exercises", "solutions"):
        shutil.copytree(EXERCISES.parent / kind, package / "data" / kind)
    monkeypatch.setattr("grader.attempts.HERE", package)
    run("course", "--notebooks")
    shutil.rmtree(package / "data" / "exercises")
    assert run("scripts").count("wrote") == 10  # these are made from the solutions
    said = CliRunner().invoke(main, ["init", "more", "--notebooks"])
    assert said.exit_code == errors.INFRASTRUCTURE and "install mggrade again" in said.stderr


def test_a_notebook_somebody_worked_in_is_not_handed_out(here, monkeypatch):
    """In a clone, one works where the exercises come from."""
    clone = here / "clone"
    shutil.copytree(EXERCISES, clone / "exercises")
    path = clone / "exercises" / "notebooks" / "mg1_derivatives.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = [
            line.replace('raise NotImplementedError("mg1.slope")', "return 6 * x - 4")
            for line in cell["source"]
        ]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    shutil.copytree(EXERCISES.parent / "solutions", clone / "solutions")
    monkeypatch.setattr("grader.attempts.HERE", clone / "grader")
    assert "has been worked in" in run("more", "--notebooks", code=errors.USAGE)


def test_every_command_in_the_readme_is_there():
    from grader.cli import COMMANDS

    text = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    named = {line.split("`")[1].split()[1] for line in text.splitlines() if "| `mggrade " in line}
    assert len(named) > 5 and named <= set(COMMANDS)
