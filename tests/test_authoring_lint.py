"""`mggrade course check`: each promise kept by this course, and found where it is broken."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from grader.authoring.build import carry_out, plan
from grader.authoring.lint import PROMISES, VALID, lint
from grader.authoring.workshop import Workshop
from grader.course import load_course
from tests.command import mggrade
from tests.conftest import EXERCISES, SOLUTIONS

POINTS = "the points add up to 100, and 20 as a bonus"
UNIQUE = "titles and names are unique"
HINTS = "hints are short and give no line away"
FILES = "every lesson has its solution, exercise, notebook and suite"
STRAYS = "no stray files among them"
STUBS = "every concept has a stub, every stub a concept"
NAMES = "every solution defines what its concepts name"
FRESH = "exercises and notebooks are fresh"
CHECKS = "every concept has a check, every check a concept"
FULL = "the solutions score everything, in both forms"
UNTOUCHED = "untouched exercises score 0, all todo"

HEAD = """
format = 1
title = "A small course"
version = "1.0"
seed = 1

[tolerance]
relative = 1e-6
absolute = 1e-9

[limits]
program_seconds = 2.0
lesson_seconds = 20.0
cell_seconds = 10.0
notebook_seconds = 30.0
memory_mib = 1024
output_kib = 64
file_kib = 1024
"""

COURSE = f"""{HEAD}
[[lesson]]
id = "mg1"
file = "mg1_slopes"
title = "Slopes"

[[lesson.concept]]
id = "mg1.slope"
title = "The slope"
points = 100
names = ["slope", "Line.rise"]
hints = ["Ask.", "Take the terms one by one.", "return out"]

[[lesson]]
id = "mg2"
file = "mg2_more"
title = "More"
bonus = true

[[lesson.concept]]
id = "mg2.all"
title = "All together"
points = 20
names = []
hints = ["Ask.", "Tell.", "Nearly say."]
"""

SLOPES = '''# %%
class Line:
    """A line."""


def add_to_class(cls):
    return lambda function: setattr(cls, function.__name__, function)


# %%
def slope(x):
    """Return the slope of 3x² - 4x + 5 at x."""
    ### BEGIN SOLUTION mg1.slope
    out = 6 * x - 4
    return out
    ### END SOLUTION


# %%
@add_to_class(Line)
def rise(self):
    """Return the rise."""
    ### BEGIN SOLUTION mg1.slope
    return 1.0
    ### END SOLUTION
'''

SUITE = """
from grader.harness import concept


@concept("{concept}")
def test_something(check, draw):
    pass
"""


@pytest.fixture(autouse=True)
def away_from_the_users_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


class Desk:
    """A small course of its own in a folder, all promises kept; broken by writing into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("course.toml", COURSE)
        self.write("solutions/mg1_slopes.py", SLOPES)
        self.write("solutions/mg2_more.py", "# %%\nimport mg1_slopes\n")
        self.write("suites/__init__.py", "")
        self.write("suites/test_mg1_slopes.py", SUITE.format(concept="mg1.slope"))
        self.write("suites/test_mg2_more.py", SUITE.format(concept="mg2.all"))
        self.build()

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def build(self) -> None:
        course = load_course(self.folder / "course.toml")
        carry_out(plan(Workshop(course, self.folder / "solutions", self.folder / "exercises")))

    def findings(self) -> dict[str, tuple[str, ...]]:
        """The promises that are not kept."""
        verdicts = lint(
            self.folder / "solutions",
            self.folder / "exercises",
            self.folder / "suites",
            self.folder / "course.toml",
            fast=True,
        )
        return {verdict.title: verdict.findings for verdict in verdicts if not verdict.kept}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for suite in ("suites", "suites.test_mg1_slopes", "suites.test_mg2_more"):
        monkeypatch.delitem(sys.modules, suite, raising=False)  # of an earlier test's desk
    return Desk(tmp_path)


def test_this_course_keeps_every_promise():
    """Those that grade all of it are kept by the last step of .ci/run."""
    broken = [verdict for verdict in lint(SOLUTIONS, EXERCISES, fast=True) if not verdict.kept]
    assert broken == []


def test_a_promise_has_a_check_function_named_so_and_a_title_of_its_own():
    assert all(promise.check.__name__.startswith("check_") for promise in PROMISES)
    assert len({promise.title for promise in PROMISES}) == len(PROMISES)


def test_a_course_in_order_has_no_findings(desk):
    assert desk.findings() == {}


def test_if_the_course_file_is_not_valid_that_is_all_that_is_said(desk):
    desk.change("course.toml", 'title = "Slopes"', "title = 3")
    assert desk.findings() == {
        VALID: ("course.toml: lesson 'mg1': title is 3; write a text, like \"Backpropagation\"",)
    }


def test_points(desk):
    desk.change("course.toml", "points = 100", "points = 99")
    desk.change("course.toml", "points = 20", "points = 30")
    assert desk.findings() == {
        POINTS: (
            "course.toml: the lessons add up to 99 points; share out 100",
            "course.toml: the bonus lessons add up to 30 points; share out 20",
        )
    }


def test_titles_and_names_stand_once(desk):
    desk.change("course.toml", '"All together"', '"The slope"')
    desk.change("course.toml", '["slope", "Line.rise"]', '["slope", "slope"]')
    assert desk.findings() == {
        UNIQUE: (
            "course.toml: the title 'The slope' stands twice; reword one",
            "course.toml: mg1.slope: the name 'slope' stands twice; remove one",
        )
    }


def test_hints_are_short(desk):
    desk.change("course.toml", '"Tell."', f'"{"x" * 241}"')
    assert desk.findings() == {
        HINTS: ("course.toml: mg2.all: hint 2 has 241 characters; shorten it to 240",)
    }


@pytest.mark.parametrize("spelt", ["out = 6 * x - 4", "out=6*x-4"])
def test_hints_give_no_line_away(desk, spelt):
    desk.change("course.toml", '"Ask."', f'"Write {spelt} there."')
    assert desk.findings() == {
        HINTS: ("course.toml: mg1.slope: hint 1 gives away 'out = 6 * x - 4'; say it in words",)
    }


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("solutions/mg1_slopes.py", "write lesson mg1"),
        ("exercises/mg1_slopes.py", "run mggrade course build"),
        ("exercises/notebooks/mg1_slopes.ipynb", "run mggrade course build"),
        ("suites/test_mg1_slopes.py", "write the checks of mg1"),
    ],
)
def test_a_missing_file_is_named(desk, name, remedy):
    (desk.folder / name).unlink()
    assert desk.findings() == {FILES: (f"{name}: is missing; {remedy}",)}


def test_stray_files_are_named(desk):
    desk.write("solutions/notes.txt", "")
    desk.write("solutions/.hidden", "")
    desk.write("suites/test_mg9_old.py", "")
    desk.write("suites/__pycache__/x.pyc", "")
    desk.write("exercises/mg9_old.py", "")
    assert desk.findings() == {
        STRAYS: (
            "solutions/notes.txt: belongs to no lesson; remove it or rename it",
            "suites/test_mg9_old.py: belongs to no lesson; remove it or rename it",
            "exercises/mg9_old.py: belongs to no lesson; run mggrade course build --prune",
        )
    }


def test_stubs_and_concepts_belong_together(desk):
    text = SLOPES.replace("mg1.slope", "mg1.slop")
    desk.write("solutions/mg1_slopes.py", text)
    desk.build()
    assert desk.findings() == {
        STUBS: (
            "solutions/mg1_slopes.py: nothing to write for mg1.slope; mark a region for it",
            "solutions/mg1_slopes.py: a region for mg1.slop, which mg1 does not have; "
            "use one of mg1.slope",
        )
    }


def test_markers_that_do_not_pair_up_are_said_once(desk):
    desk.change("solutions/mg1_slopes.py", "    ### END SOLUTION\n", "")
    [(title, findings)] = desk.findings().items()
    assert title == STUBS
    assert findings[0].startswith("solutions/mg1_slopes.py: line ")


def test_names_are_defined(desk):
    desk.change("solutions/mg1_slopes.py", "@add_to_class(Line)", "@print")
    desk.build()
    assert desk.findings() == {
        NAMES: (
            "solutions/mg1_slopes.py: does not define Line.rise, which mg1.slope names; write it",
        )
    }


def test_a_solution_that_is_no_python_is_named(desk):
    desk.write("solutions/mg2_more.py", "def :\n")
    desk.build()
    assert desk.findings() == {
        NAMES: ("solutions/mg2_more.py: line 1 is not Python (invalid syntax); mend it",)
    }


def test_stale_files_are_named(desk):
    desk.change("exercises/mg1_slopes.py", "3x²", "2x²")
    desk.change("exercises/notebooks/mg1_slopes.ipynb", "3x²", "2x²")
    assert desk.findings() == {
        FRESH: (
            "exercises/mg1_slopes.py: is stale; run mggrade course build",
            "exercises/notebooks/mg1_slopes.ipynb: is stale; run mggrade course build",
        )
    }


def test_checks_and_concepts_belong_together(desk):
    desk.change("suites/test_mg1_slopes.py", "mg1.slope", "mg1.slop")
    assert desk.findings() == {
        CHECKS: (
            "suites/test_mg1_slopes.py: no check for mg1.slope; write one",
            "suites/test_mg1_slopes.py: a check for mg1.slop, which mg1 does not have; "
            "use one of mg1.slope",
        )
    }


def test_a_suite_that_is_broken_does_not_hide_the_others(desk):
    desk.write("suites/test_mg1_slopes.py", "import nothing_of_this_name\n")
    desk.change("suites/test_mg2_more.py", "mg2.all", "mg2.al")
    [(title, findings)] = desk.findings().items()
    assert title == CHECKS
    assert findings[0].startswith("suites/test_mg1_slopes.py: the course's suites can't be")
    assert "No module named 'nothing_of_this_name'" in findings[0]
    assert findings[1] == "suites/test_mg2_more.py: no check for mg2.all; write one"


def test_every_finding_is_one_line_that_ends_with_a_remedy(desk):
    desk.change("course.toml", "points = 100", "points = 99")
    desk.change("course.toml", '"All together"', '"The slope"')
    desk.write("solutions/mg1_slopes.py", SLOPES.replace("slope", "slop"))
    desk.write("suites/test_mg2_more.py", "")
    desk.write("exercises/old.py", "")
    found = [finding for findings in desk.findings().values() for finding in findings]
    assert len(found) >= 6
    assert all(":" in finding and ";" in finding and "\n" not in finding for finding in found)


# The promises that grade the whole course, on copies of this one with something broken.


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "solutions"
    folder.mkdir()
    for path in SOLUTIONS.glob("*.py"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def broken(solutions: Path, title: str) -> tuple[str, ...]:
    [promise] = [each for each in PROMISES if each.title == title]
    workshop = Workshop(load_course(), solutions, solutions.parent / "exercises")
    return tuple(promise.check(workshop))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_wrong_solution_is_found_in_both_forms(copy):
    replace(copy / "mg1_derivatives.py", "return 6 * x - 4", "return 6 * x + 4")
    script, notebook = broken(copy, FULL)
    assert script.startswith("solutions/mg1_derivatives.py: as .py, mg1.slope is failed (test_mg1")
    assert notebook.startswith("solutions/mg1_derivatives.py: as .ipynb, mg1.slope is failed (")


def test_an_exercise_that_is_solved_already_is_found_in_both_forms(copy):
    replace(copy / "mg1_derivatives.py", "    ### BEGIN SOLUTION mg1.slope\n", "")
    replace(copy / "mg1_derivatives.py", "    ### END SOLUTION\n", "")
    script, notebook = broken(copy, UNTOUCHED)
    assert script.startswith("mg1_derivatives.py: untouched, mg1.slope is passed (test_mg1_")
    assert notebook.startswith("mg1_derivatives.ipynb: untouched, mg1.slope is passed (test_mg1_")


def test_without_a_suite_nothing_is_run(desk):
    (desk.folder / "suites/test_mg2_more.py").unlink()
    [verdict] = [
        verdict
        for verdict in lint(
            desk.folder / "solutions",
            desk.folder / "exercises",
            desk.folder / "suites",
            desk.folder / "course.toml",
        )
        if verdict.title == FULL
    ]
    assert verdict.findings == ("course.toml: mg2 can't be run; complete their files first",)


# The command.


def run(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return mggrade("course", "check", *options)


def test_the_command_has_one_line_for_each_promise():
    found = run("--fast")
    kept = [promise.title for promise in PROMISES if not promise.runs]
    assert found.stdout.splitlines() == [f"✓ {title}" for title in [VALID, *kept]]
    assert (found.returncode, found.stderr) == (0, "")


def test_the_command_lists_what_is_broken_and_fails(copy):
    (copy / "notes.txt").write_text("")
    found = run("--fast", "--solutions", copy, "--exercises", EXERCISES)
    assert found.returncode == 1
    assert (
        dedent(
            f"""
            ✗ {STRAYS}
              solutions/notes.txt: belongs to no lesson; remove it or rename it
            ✓ {STUBS}
            """
        )
        in found.stdout
    )


def test_a_folder_that_is_not_there_is_named(tmp_path):
    found = run("--solutions", tmp_path / "nowhere")
    assert found.returncode == 2
    assert found.stderr.startswith(f"mggrade: no such folder: {tmp_path / 'nowhere'}; give")
