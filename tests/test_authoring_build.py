"""`mggrade course build`: exercises and notebooks from the solutions."""

import json
import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from grader import attempts
from grader.authoring import notebook as notebook_module
from grader.authoring.build import Standing, as_script, carry_out, plan
from grader.authoring.notebook import notebook
from grader.authoring.workshop import Workshop
from grader.cli import main
from grader.course import Course, load_course
from grader.errors import CourseError, UsageError
from tests.conftest import EXERCISES, SOLUTIONS

LESSON = '''# %% [markdown]
# # Slopes
#
# A line with $x^2$.

# %%
import math


# %%
def slope(x):
    """Return the slope."""
    ### BEGIN SOLUTION mg1.slope
    return 6 * x - 4
    ### END SOLUTION


# %%
if __name__ == "__main__":
    print(slope(3.0))
'''


@pytest.fixture
def course() -> Course:
    return load_course()


@pytest.fixture
def workshop(tmp_path: Path, course: Course) -> Workshop:
    """A course whose lessons are all the same short one, with nothing built yet."""
    solutions = tmp_path / "solutions"
    solutions.mkdir()
    for lesson in course.lessons:
        (solutions / f"{lesson.file}.py").write_text(LESSON)
    return Workshop(course, solutions, tmp_path / "exercises")


def standings(workshop: Workshop) -> dict[str, Standing]:
    return {item.path.name: item.standing for item in plan(workshop)}


def build(workshop: Workshop, *options: str) -> Result:
    folders = ("--solutions", str(workshop.solutions), "--exercises", str(workshop.exercises))
    with chdir(workshop.solutions.parent):
        return CliRunner().invoke(main, ["course", "build", *folders, *options])


def test_the_committed_exercises_are_what_the_solutions_give(course):
    items = plan(Workshop(course, SOLUTIONS, EXERCISES))
    assert len(items) == 2 * len(course.lessons)
    assert [item.path.name for item in items if item.standing is not Standing.FRESH] == []


def test_the_package_finds_these_folders():
    assert attempts.solutions_folder() == SOLUTIONS


def test_a_script_has_stubs_and_ends_with_one_newline():
    text = as_script(LESSON + "\n\n")
    assert text == LESSON.replace(
        "    ### BEGIN SOLUTION mg1.slope\n    return 6 * x - 4\n    ### END SOLUTION\n",
        '    raise NotImplementedError("mg1.slope")\n',
    ).replace("$x^2$", "x²")


def test_every_exercise_is_python_and_runs_no_stub_when_imported(course):
    imports = "; ".join(f"import {lesson.file}" for lesson in course.lessons)
    subprocess.run([sys.executable, "-Bc", imports], cwd=EXERCISES, check=True)


def test_a_notebook_is_valid_without_outputs_and_names_its_cells_by_place():
    made = nbformat.reads(notebook("mg1", LESSON), as_version=4)
    nbformat.validate(made)
    assert (made.nbformat, made.nbformat_minor) == (4, 5)
    kinds = ["code", "markdown", "code", "code", "code", "code"]
    assert [cell.cell_type for cell in made.cells] == kinds
    assert [cell.id for cell in made.cells] == [f"mg1-0{number}" for number in range(1, 7)]
    assert made.cells[1].source == "# Slopes\n\nA line with $x^2$."
    for cell in made.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count, cell.metadata) == ([], None, {})


def test_a_notebook_loads_the_extension_and_checks_each_concept_after_its_code(course):
    first, *others = nbformat.reads(notebook("mg1", LESSON), as_version=4).cells
    assert first.source == "%load_ext grader"
    assert others[2].source.startswith("def slope") and others[3].source == "%mggrade mg1.slope"
    for lesson in course.lessons:
        path = EXERCISES / "notebooks" / f"{lesson.file}.ipynb"
        sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
        for concept in lesson.concepts:
            check = sources.index(f"%mggrade {concept.id}")
            section = next(n for n, each in enumerate(sources) if f"(`{concept.id}`," in each)
            assert section < check
            gaps = [n for n, each in enumerate(sources) if f'Error("{concept.id}")' in each]
            assert not gaps or gaps[0] < check
            assert not any(each.startswith("## ") for each in sources[section + 1 : check])


def test_a_notebook_checks_a_concept_whose_gap_stands_in_an_earlier_section():
    text = LESSON.replace("# # Slopes", "# ## Slopes (`mg1.slope`, 1 point)").replace(
        "    return 6", "    ### END SOLUTION\n    ### BEGIN SOLUTION mg1.partial\n    return 6"
    )
    text += "\n# %% [markdown]\n# ## Later (`mg1.partial`, 2 points)\n\n# %%\nprint()\n"
    sources = [cell.source for cell in nbformat.reads(notebook("mg1", text), as_version=4).cells]
    assert sources[3].startswith("def slope") and sources[4] == "%mggrade mg1.slope"
    assert sources[-2:] == ["print()", "%mggrade mg1.partial"]


def test_a_notebooks_metadata_tells_the_kernel_and_nothing_of_jupytext():
    metadata = json.loads(notebook("mg1", LESSON))["metadata"]
    assert set(metadata) == {"kernelspec", "language_info"}
    assert metadata["kernelspec"] == {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    assert metadata["language_info"]["name"] == "python"


def test_a_notebook_is_the_same_every_time():
    again = "from grader.authoring.notebook import notebook; import sys; "
    again += "sys.stdout.write(notebook('mg1', sys.stdin.read()))"
    other = subprocess.run(
        [sys.executable, "-c", again],
        input=LESSON,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "5"},
    )
    assert other.stdout == notebook("mg1", LESSON)


def test_a_notebook_has_the_code_of_the_script(course):
    for lesson in course.lessons:
        script = (EXERCISES / f"{lesson.file}.py").read_text(encoding="utf-8")
        cells = json.loads((EXERCISES / "notebooks" / f"{lesson.file}.ipynb").read_text("utf-8"))
        code = ["".join(c["source"]) for c in cells["cells"] if c["cell_type"] == "code"]
        code = [each for each in code if not each.startswith(("%load_ext", "%mggrade"))]
        assert all(each in script for each in code)
        assert "\n".join(code).count("raise Not") == script.count("raise Not")


def test_building_writes_all_and_building_again_touches_nothing(workshop):
    assert set(standings(workshop).values()) == {Standing.MISSING}
    carry_out(plan(workshop))
    assert set(standings(workshop).values()) == {Standing.FRESH}
    files = sorted(path for path in workshop.exercises.rglob("*") if path.is_file())
    assert len(files) == 16
    before = [path.stat().st_mtime_ns for path in files]
    inodes = [path.stat().st_ino for path in files]
    carry_out(plan(workshop))
    assert [path.stat().st_mtime_ns for path in files] == before
    assert [path.stat().st_ino for path in files] == inodes


def test_a_changed_solution_makes_its_two_files_stale(workshop):
    carry_out(plan(workshop))
    workshop.solution(workshop.course.lesson("mg3")).write_text(LESSON + "\nanswer = 42\n")
    stale = [name for name, standing in standings(workshop).items() if standing is Standing.STALE]
    assert stale == ["mg3_backpropagation.py", "mg3_backpropagation.ipynb"]


def test_a_file_no_lesson_claims_is_reported_and_removed_only_by_prune(workshop):
    carry_out(plan(workshop))
    stray = workshop.exercises / "notebooks" / "mg9_old.ipynb"
    for path in (stray, workshop.exercises / "README.md", workshop.exercises / ".hidden"):
        path.write_text("{}")
    assert standings(workshop)["mg9_old.ipynb"] is Standing.UNCLAIMED
    assert not {"README.md", ".hidden"} & set(standings(workshop))
    carry_out(plan(workshop))
    assert stray.exists()
    carry_out(plan(workshop), prune=True)
    assert not stray.exists()
    assert (workshop.exercises / "README.md").exists()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(workshop, monkeypatch):
    carry_out(plan(workshop))
    lesson = workshop.course.lessons[0]
    workshop.solution(lesson).write_text(LESSON + "\nanswer = 42\n")
    before = workshop.exercise(lesson).read_bytes()

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match=r"mg1_derivatives.py: can't be changed \(No space left"):
        carry_out(plan(workshop))
    assert workshop.exercise(lesson).read_bytes() == before
    assert len(list(workshop.exercises.iterdir())) == 9


def test_a_folder_in_the_place_of_a_file_is_named(workshop):
    workshop.exercise(workshop.course.lessons[0]).mkdir(parents=True)
    with pytest.raises(UsageError, match=r"mg1_derivatives.py: can't be changed"):
        carry_out(plan(workshop))


def test_nothing_is_written_if_one_solution_is_not_usable(workshop):
    last = workshop.solution(workshop.course.lessons[-1])
    last.write_text("### BEGIN SOLUTION mg8.log\n")
    with pytest.raises(CourseError, match=r"solutions/mg8_challenge.py: the region of mg8.log"):
        plan(workshop)
    last.unlink()
    with pytest.raises(CourseError, match=r"solutions/mg8_challenge.py: is missing; write"):
        plan(workshop)
    last.write_bytes(b"\xff")
    with pytest.raises(CourseError, match=r"solutions/mg8_challenge.py: is not UTF-8"):
        plan(workshop)


def test_without_the_extra_the_remedy_is_named(monkeypatch):
    def gone(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(notebook_module, "import_module", gone)
    with pytest.raises(UsageError, match=r"pip install 'mggrade\[authoring\]'"):
        notebook("mg1", LESSON)


def test_the_command_tells_each_file_and_what_became_of_it(workshop):
    first = build(workshop)
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout.splitlines()[0].split() == ["written", "exercises/mg1_derivatives.py"]
    assert len(first.stdout.splitlines()) == 16
    (workshop.exercises / "old.py").write_text("")
    second = build(workshop)
    assert [line.split()[0] for line in second.stdout.splitlines()] == [
        *["unchanged"] * 16,
        "unclaimed",
    ]
    assert build(workshop, "--prune").stdout.splitlines()[-1].split() == [
        "removed",
        "exercises/old.py",
    ]


def test_check_writes_nothing_and_fails_if_anything_is_stale(workshop):
    found = build(workshop, "--check")
    assert found.exit_code == 1
    assert not workshop.exercises.exists()
    build(workshop)
    assert build(workshop, "--check").exit_code == 0
    stray = workshop.exercises / "old.py"
    stray.write_text("")
    assert build(workshop, "--check").exit_code == 0
    assert build(workshop, "--check", "--prune").exit_code == 1
    assert stray.exists()


def test_the_command_speaks_of_faults_in_one_line(workshop):
    workshop.solution(workshop.course.lessons[0]).write_text("### END SOLUTION")
    found = build(workshop)
    assert found.exit_code == 2
    assert found.stderr == (
        "mggrade: solutions/mg1_derivatives.py: line 1: ### END SOLUTION without its beginning\n"
    )
