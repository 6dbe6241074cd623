"""`mggrade graduate`: a package and a page, whole or not at all."""

import re
import shutil
import subprocess
import sys
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader import regions
from grader.cli import main
from grader.course import load_course
from grader.errors import INCOMPLETE, USAGE, InfrastructureError
from grader.graduation import graduate, package
from grader.graduation.graduate import Helped
from grader.graduation.training import train_on_moons
from grader.submission import read_submission
from tests.conftest import ROOT, SOLUTIONS

COURSE = load_course()
ODD = ROOT / "tests" / "engines" / "lessons"
DAY = date(2026, 11, 24)


def _files(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


@pytest.fixture
def run(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch):
    """The command, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["graduate", *arguments])

    return call


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The graduation of someone who writes differently."""
    folder = tmp_path_factory.mktemp("graduation")
    steps: list[str] = []
    graduation = graduate(
        ODD,
        folder / "mine",
        course=COURSE,
        today=DAY,
        cache_folder=cache,
        progress=steps.append,
        steps=12,
    )
    assert graduation.folder == folder / "mine" and len(steps) == 4
    assert list(folder.iterdir()) == [folder / "mine"]
    return graduation.folder


def test_everything_is_there(made: Path) -> None:
    modules = {"micrograd/__init__.py", "micrograd/engine.py", "micrograd/nn.py"}
    others = {"README.md", "graduation.html", "pyproject.toml", "tests/test_micrograd.py"}
    assert _files(made) == modules | others


def test_the_page_tells_of_it(made: Path) -> None:
    page = (made / "graduation.html").read_text(encoding="utf-8")
    lines = [
        package.lines_of_code((made / "micrograd" / name).read_text(encoding="utf-8"))
        for name in ("engine.py", "nn.py")
    ]
    assert f"<strong>{sum(lines)}</strong>" in page
    assert "24 November 2026" in page and "33 parameters" in page and "12 steps" in page
    assert page.count("<svg") == 2 and 'class="border yours"' in page and "<title>" in page
    assert not re.search(r"https?:|src=|<script|@import|url\(", page)
    assert "script-src 'none'" in unescape(page)


def test_pip_installs_it(made: Path, tmp_path: Path) -> None:
    """Into a folder of its own, by the tools that are here: nothing is fetched."""
    pytest.importorskip("setuptools", minversion="61")
    shutil.copytree(made, tmp_path / "mine")
    pip = [sys.executable, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--quiet"]
    there = tmp_path / "there"
    subprocess.run(
        [*pip, "--no-index", "--target", str(there), str(tmp_path / "mine")],
        check=True,
        capture_output=True,
    )
    lines = "import micrograd; a = micrograd.Value(3.0); (a * a).backward(); print(a.grad)"
    shown = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(there)!r}); {lines}; "
         "print(micrograd.__file__)"],
        check=True, capture_output=True, text=True, cwd=tmp_path,
    ).stdout.split()  # fmt: skip
    assert shown[0] == "6.0" and shown[1].startswith(str(there))


def test_its_own_test_passes_and_can_fail(made: Path, tmp_path: Path) -> None:
    """Beside PyTorch, once as it is and once with a slip in tanh's closure."""
    for name in ("right", "wrong"):
        shutil.copytree(made, tmp_path / name)
    engine = tmp_path / "wrong" / "micrograd" / "engine.py"
    text = engine.read_text(encoding="utf-8")
    assert "1 - y * y" in text
    engine.write_text(text.replace("1 - y * y", "1 - y"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", BOTH], cwd=tmp_path, capture_output=True, text=True
    )  # fmt: skip
    assert re.findall(r"\d (?:passed|failed)", done.stdout) == ["2 passed", "2 failed"]


# In one process: PyTorch takes a second to import.
BOTH = """
import os, sys, pytest
for name in ("right", "wrong"):
    os.chdir(name)
    pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", ".", "--import-mode", "importlib"])
    os.chdir("..")
    for each in [one for one in sys.modules if "micrograd" in one]:
        del sys.modules[each]
"""


def test_lessons_that_do_not_pass_are_named(run, tmp_path: Path) -> None:
    """One is not there, and two have gaps."""
    for path in SOLUTIONS.glob("mg*.py"):
        shutil.copy(path, tmp_path)
    (tmp_path / "mg6_gradient_descent.py").unlink()
    engine = tmp_path / "mg3_backpropagation.py"
    text = engine.read_text(encoding="utf-8")
    done = [each for each in regions.concepts_in(text) if each != "mg3.tanh-backward"]
    engine.write_text(regions.exercise(text, done), encoding="utf-8")
    last = tmp_path / "mg7_final.py"
    last.write_text(regions.exercise(last.read_text(encoding="utf-8")), encoding="utf-8")
    result = run()
    assert result.exit_code == INCOMPLETE
    assert "mg6_gradient_descent.py is not there" in result.stdout
    assert re.search(r"· todo +mg3.tanh-backward +tanh, backward\n", result.stdout)
    assert re.search(r"· todo +mg7.train ", result.stdout)
    assert "next: mg3.tanh-backward → mg3_backpropagation.py, line" in result.stdout
    assert not (tmp_path / "my-micrograd").exists()


def test_nothing_is_overwritten(run, tmp_path: Path) -> None:
    for there in ("my-micrograd", "link"):
        (tmp_path / "my-micrograd").mkdir(exist_ok=True)
        if there == "link":
            (tmp_path / there).symlink_to(tmp_path / "nowhere")
        result = run(there, "--lessons", str(SOLUTIONS))
        assert result.exit_code == USAGE and "exists already" in result.stderr
    assert list((tmp_path / "my-micrograd").iterdir()) == []


def test_a_folder_that_can_not_be_made(run) -> None:
    result = run("no/such/folder", "--lessons", str(SOLUTIONS))
    assert result.exit_code == USAGE and "there is no folder no/such" in result.stderr


def test_someone_s_own_micrograd_is_no_lessons(run) -> None:
    result = run("--lessons", str(ROOT / "tests" / "engines" / "correct" / "terse.py"))
    assert result.exit_code == USAGE and "no lessons" in result.stderr


def test_a_package_that_grades_otherwise_is_not_written(tmp_path: Path, cache: Path) -> None:
    """Lessons that find out in what file they stand, which a merged one does not keep."""
    lessons = tmp_path / "lessons"
    shutil.copytree(ODD, lessons)
    path = lessons / "mg6_gradient_descent.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "each.data -= learning_rate", 'each.data -= ("mg6" in __name__) * learning_rate'
        ),
        encoding="utf-8",
    )
    with pytest.raises(InfrastructureError, match=r"mg6\.step \(failed\)") as raised:
        graduate(lessons, tmp_path / "mine", course=COURSE, today=DAY, cache_folder=cache, steps=2)
    assert "nothing was written" in str(raised.value)
    assert list(tmp_path.iterdir()) == [lessons]


def test_lessons_that_pass_only_with_help_are_named(tmp_path: Path, cache: Path) -> None:
    """Lesson 2 has a fault that shows in lesson 4 alone, where the reference stands in for it."""
    lessons = tmp_path / "lessons"
    lessons.mkdir()
    for each in COURSE.lessons[1:7]:
        shutil.copy(SOLUTIONS / f"{each.file}.py", lessons)
    path = lessons / "mg2_chain_rule.py"
    text = path.read_text(encoding="utf-8")
    first = "        self.label = label\n"
    path.write_text(text.replace(first, f"{first}        assert _op != 'ReLU'\n"), "utf-8")
    with pytest.raises(Helped, match=r"^mg4\.relu passed only with the reference's") as raised:
        graduate(lessons, tmp_path / "mine", course=COURSE, today=DAY, cache_folder=cache, steps=2)
    assert raised.value.exit_code == INCOMPLETE
    assert list(tmp_path.iterdir()) == [lessons]


def test_training_that_hangs_is_ended(made: Path, tmp_path: Path) -> None:
    """Code of the learner's stays in the sandbox, with a clock."""
    shutil.copytree(made / "micrograd", tmp_path / "micrograd")
    nn = tmp_path / "micrograd" / "nn.py"
    loop = "def train(model, inputs, targets, steps, learning_rate):\n"
    text = nn.read_text(encoding="utf-8")
    nn.write_text(text.replace(loop, f"{loop}    while True: pass\n"), encoding="utf-8")
    submission = read_submission(tmp_path / "micrograd", COURSE)
    with pytest.raises(InfrastructureError, match="did not work: it took too long"):
        train_on_moons(submission, COURSE.limits, "auto", steps=2, seconds=0.5)
