"""README.md tells the truth: its commands run, what they print is what stands there.

Of its fenced blocks, `console` and `pycon` are run and their output compared (`...` stands for
anything), `bash` is run and must not fail. Left out are those below a comment `<!-- setup: … -->`,
which is what .ci/run runs, or `<!-- not run by the tests: … -->`.
"""

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import errors, regions
from grader.course import SUITES, load_course
from tests.conftest import EXERCISES, ROOT, SOLUTIONS

README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^(?:<!-- ([^\n]*) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TIMES = re.compile(r"(seed \d+) · .*")  # the seconds, and whether anything was reused


@dataclass(frozen=True)
class Block:
    """A fenced block: the comment above it, its language, its text."""

    comment: str
    language: str
    text: str

    def __str__(self) -> str:
        return self.text.split("\n", 1)[0]


BLOCKS = [Block(*match) for match in FENCE.findall(README)]


def _blocks(language: str) -> list[Block]:
    return [each for each in BLOCKS if each.language == language and not each.comment]


@pytest.fixture
def learner(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of someone half-way through; it becomes the current one."""
    folder = tmp_path / "exercises"
    shutil.copytree(EXERCISES / "notebooks", folder / "notebooks")
    for path in SOLUTIONS.glob("mg*.py"):
        (folder / path.name).write_text(_half_done(path), encoding="utf-8")
    engine = ROOT / "tests" / "engines" / "correct" / "terse.py"
    shutil.copy(engine, tmp_path / "my_micrograd.py")
    for student in ("ada", "grace"):
        (tmp_path / "submissions" / student).mkdir(parents=True)
        shutil.copy(folder / "mg2_chain_rule.py", tmp_path / "submissions" / student)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    return tmp_path


def _half_done(path: Path) -> str:
    """Lessons 1 and 2 done, of lesson 3 all but the last two concepts, with a slip in tanh."""
    source = path.read_text(encoding="utf-8")
    concepts = regions.concepts_in(source)
    done = {"mg1": concepts, "mg2": concepts, "mg3": concepts[:-2]}
    text = regions.exercise(source, done.get(path.name[:3], []))
    return text.replace("1 - out.data**2", "1 - self.data**2")


@pytest.mark.parametrize("block", _blocks("console"), ids=str)
def test_shown_output_is_real(learner: Path, block: Block) -> None:
    """One command behind a `$`, and all that it prints."""
    command, shown = block.text.removeprefix("$ ").split("\n", 1)
    result = subprocess.run(command, shell=True, capture_output=True, text=True, encoding="utf-8")
    assert result.stderr == ""
    _same(shown, result.stdout)


@pytest.mark.parametrize("block", _blocks("bash"), ids=str)
def test_commands_can_be_used_as_given(learner: Path, block: Block) -> None:
    """Every line of it ends complete or incomplete, with nothing to complain about."""
    strict = f"trap '(( $? <= {errors.INCOMPLETE} )) || exit 99' ERR\n"
    result = subprocess.run(["bash", "-c", strict + block.text], capture_output=True, text=True)
    assert result.returncode <= errors.INCOMPLETE
    assert result.stderr == ""
    if "reports" in block.text:
        assert len(list((learner / "reports").glob("*.json"))) == 2


@pytest.mark.parametrize("block", _blocks("pycon"), ids=str)
def test_python_examples_are_real(learner: Path, block: Block) -> None:
    example = doctest.DocTestParser().get_doctest(block.text, {}, "README", "README.md", 0)
    complaints: list[str] = []
    doctest.DocTestRunner().run(example, out=complaints.append)
    assert example.examples and not complaints, "".join(complaints)


def test_exit_codes_are_those_of_the_grader() -> None:
    documented = re.findall(r"^(\d+) +(\S.*)$", errors.__doc__ or "", re.MULTILINE)
    assert documented and _table("code") == [list(row) for row in documented]


def test_lessons_are_those_of_the_course() -> None:
    bonus = {True: " (bonus)", False: ""}
    lessons = [
        [lesson.id, lesson.title + bonus[lesson.bonus], str(sum(c.points for c in lesson.concepts))]
        for lesson in load_course().lessons
    ]
    assert [row[:3] for row in _table("lesson")] == lessons


def test_ci_runs_the_set_up_commands() -> None:
    """Each of them one logical line, taken from this very file."""
    shown = [each.text for each in BLOCKS if each.comment.startswith("setup: ")]
    listed = subprocess.run(
        [ROOT / ".ci" / "run", "--list"], capture_output=True, text=True, check=True
    )
    assert len(shown) == 2 and all(text.count("\n") == 1 for text in shown)
    assert listed.stdout.startswith("".join(shown))


def test_links_into_the_repository_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links and all((ROOT / link).exists() for link in links)


def test_examples_for_authors_are_real() -> None:
    """What CONTRIBUTING.md shows stands in a solution, a suite and an engine."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = (SUITES, SOLUTIONS, ROOT / "tests" / "engines" / "faulty")
    sources = [path.read_text(encoding="utf-8") for each in folders for path in each.glob("*.py")]
    examples = [block for _, language, block in FENCE.findall(text) if language == "python"]
    assert len(examples) == 5
    for example in examples:
        assert any(example in source for source in sources), example


def test_paths_in_the_text_exist() -> None:
    text = FENCE.sub("", README)
    paths = re.findall(r"`((?:exercises|solutions|grader|tests)/[\w./]*)`", text)
    assert paths and all((ROOT / path).exists() for path in paths)


def _same(shown: str, printed: str) -> None:
    """They are equal but for times and what `...` stands for."""
    shown, printed = TIMES.sub(r"\1", shown), TIMES.sub(r"\1", printed)
    if not doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS):
        assert printed == shown


def _table(head: str) -> list[list[str]]:
    """The rows of the Markdown table whose first column is called this."""
    table = re.search(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", README, re.MULTILINE)
    assert table, f"README.md has no table of {head}s"
    rows = table[1].replace("`", "").splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
