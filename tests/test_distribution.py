"""What is released: versions from tags, what is in the archives, a walk with the wheel alone."""

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

    assert mggrade("--version").stdout.startswith("mggrade 1.2.3, course ")
    shutil.copytree(packages / "grader" / "data" / "exercises", tmp_path / "exercises")
    solution = packages / "grader" / "data" / "solutions" / "mg1_derivatives.py"
    shutil.copy(solution, tmp_path / "exercises")
    graded = mggrade("check", "--lesson", "mg1,mg2", "--fail-under", "0", "--format", "gradescope")
    assert (graded.returncode, graded.stderr) == (0, "")
    assert '"score": 10.0' in graded.stdout and '"max_score": 24' in graded.stdout
