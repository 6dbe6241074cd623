"""What is released: versions from tags, what is in the archives, a walk with the wheel alone."""

import io
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

from grader.course import load_course
from tests.release import environment_of, fresh_environment, needs_clone

pytestmark = needs_clone


def test_versions_are_those_of_tags(built):
    assert built.sdist.name == "mggrade-1.2.3.tar.gz"
    assert built.wheel.name == "mggrade-1.2.3-py3-none-any.whl"  # made from the sdist, without git


def test_a_tree_without_git_has_a_version(built, tmp_path):
    shutil.copytree(built.tree, tmp_path / "tree", ignore=shutil.ignore_patterns(".git"))
    program = [sys.executable, "-m", "hatchling", "version"]
    shown = subprocess.check_output(program, cwd=tmp_path / "tree", text=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev0)?\n", shown)


def test_the_archives_are_fit_to_publish(built):
    program = [sys.executable, "-m", "twine", "check", "--strict", built.sdist, built.wheel]
    result = subprocess.run(program, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert result.stdout.count("PASSED") == 2


def test_the_wheel_holds_the_package_and_the_course(built):
    with zipfile.ZipFile(built.wheel) as wheel:
        names = set(wheel.namelist())
    package = {
        path.relative_to(built.tree).as_posix()
        for path in (built.tree / "grader").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    data = {
        f"grader/data/{path.relative_to(built.tree).as_posix()}"
        for folder in ("solutions", "exercises")
        for path in (built.tree / folder).rglob("*")
        if path.is_file()
    }
    about = {name for name in names if name.startswith("mggrade-1.2.3.dist-info/")}
    assert names - about == package | data | {"grader/_version.py"}
    for lesson in load_course().lessons:
        for wanted in ("solutions/{}.py", "exercises/{}.py", "exercises/notebooks/{}.ipynb"):
            assert f"grader/data/{wanted.format(lesson.file)}" in names
        assert f"grader/suites/{lesson.suite.name}" in names


def test_the_sdist_holds_what_the_wheel_is_made_of(built):
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    tops = {name.partition("/")[0] for name in names}
    assert tops == {
        "grader", "solutions", "exercises", "CHANGELOG.md", "LICENSE", "README.md", "PKG-INFO",
        "constraints.txt", "pyproject.toml", ".gitignore",
    }  # fmt: skip
    assert not [name for name in names if name.endswith(".pyc")]


def test_a_walk_with_the_wheel_alone(built, tmp_path, cache):
    """In a fresh environment, far from any clone; what it depends on is borrowed from here."""
    place = tmp_path / "venv"
    packages = fresh_environment(place, built.wheel)

    def mggrade(*arguments):
        return subprocess.run(
            [place / "bin" / "mggrade", *arguments],
            cwd=tmp_path,
            env=environment_of(place, tmp_path, cache),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
        )

    def done(*arguments):
        result = mggrade(*arguments)
        assert (result.returncode, result.stderr) == (0, ""), arguments
        return result.stdout

    assert done("--version").startswith("mggrade 1.2.3, course ")
    assert "mg8_challenge.py" in done("init", "course", "--ci", "github")
    workflow = (tmp_path / "course" / ".github" / "workflows" / "mggrade.yml").read_text()
    assert "pip install mggrade==1.2.3\n" in workflow
    exercises = tmp_path / "course" / "exercises"
    shutil.copy(packages / "grader" / "data" / "solutions" / "mg1_derivatives.py", exercises)
    graded = done(
        "check", exercises, "--lesson", "mg1,mg2", "--fail-under", "0", "--format", "gradescope"
    )
    assert '"score": 10.0' in graded and '"max_score": 24' in graded
    for name in ("ada", "grace"):
        shutil.copytree(exercises, tmp_path / "class" / name)
    assert "2 graded" in done("grade", "class", "--lesson", "mg1", "--jobs", "1")
    assert "ada" in done("export", "--format", "csv", "-")
    assert "10 points" in done("package", "gradescope", "autograder.zip", "--lesson", "mg1")
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        [name] = [each for each in archive.namelist() if each.endswith(".whl")]
        inside = set(zipfile.ZipFile(io.BytesIO(archive.read(name))).namelist())
    with zipfile.ZipFile(built.wheel) as wheel:
        released = set(wheel.namelist())
    left = {each for each in released if "data/exercises/" in each or "/licenses/" in each}
    assert inside == released - left
