"""Other graders of notebooks, each in a virtual environment of its own: nbgrader, otter-grader.

Each gets the assignment of benchmarks/assignment.py in its own format, made by its own tools, and
grades as its documentation tells, in its quickest way: nbgrader a whole class in one run, with one
kernel a notebook; otter one notebook a run, hidden tests alone, no PDF. PyTorch is shared with
the interpreter that runs this, so that nothing big is installed twice.
"""

import csv
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.assignment import GIVEN, SECTIONS, TESTS, Student, as_json, code_cell

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
NAME = "micrograd"


@dataclass(frozen=True)
class Graded:
    """What a run over a class took, in seconds from start to exit, and each student's points."""

    seconds: float
    points: dict[str, float]


class Peer(Protocol):
    """A grader: set up once, then asked to grade as often as one likes."""

    name: str

    def set_up(self) -> None:
        """Install it and build its assignment, as far as that is not done. Raises
        CalledProcessError."""

    def grade(self, students: Sequence[Student]) -> Graded:
        """Grade a class that has handed in just now. Raises CalledProcessError."""


class Nbgrader:
    """`nbgrader autograde`, all students in one run."""

    name = "nbgrader 0.9.6"

    def __init__(self, cache: Path) -> None:
        self._tool = _Tool(cache / "nbgrader-0.9.6", "nbgrader==0.9.6")
        self._course = self._tool.folder / "course"

    def set_up(self) -> None:
        """See Peer."""
        self._tool.install()
        shutil.rmtree(self._course, ignore_errors=True)
        source = self._course / "source" / NAME
        source.mkdir(parents=True)
        (source / f"{NAME}.ipynb").write_text(as_json(self._master()), encoding="utf-8")
        (self._course / "nbgrader_config.py").write_text(
            'c = get_config()\nc.CourseDirectory.course_id = "benchmark"\n'
        )
        self._tool.run("nbgrader", "generate_assignment", NAME, cwd=self._course)

    def grade(self, students: Sequence[Student]) -> Graded:
        """See Peer."""
        course = self._tool.folder / "class"  # with a gradebook in which nobody is graded yet
        shutil.rmtree(course, ignore_errors=True)
        shutil.copytree(self._course, course)
        released = (course / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
        for student in students:
            folder = course / "submitted" / student.name / NAME
            folder.mkdir(parents=True)
            (folder / f"{NAME}.ipynb").write_text(filled(released, student), encoding="utf-8")
        seconds = self._tool.run("nbgrader", "autograde", NAME, cwd=course)
        self._tool.run("nbgrader", "export", cwd=course)
        with (course / "grades.csv").open(encoding="utf-8", newline="") as grades:
            rows = list(csv.DictReader(grades))
        return Graded(seconds, {row["student_id"]: float(row["raw_score"]) for row in rows})

    @staticmethod
    def _master() -> list[dict[str, Any]]:
        def told(name: str, **more: Any) -> dict[str, Any]:
            usual = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
            kind = {"grade_id": name, "task": False, "cell_type": "code"}
            return {"nbgrader": {**usual, **kind, **more}}

        cells = [code_cell(GIVEN, **told("given", locked=True))]
        for section in SECTIONS:
            gap = f"    ### BEGIN SOLUTION\n{section.answer}\n    ### END SOLUTION"
            cells.append(code_cell(section.cell(gap), **told(section.name, solution=True)))
            for test in section.tests:
                name = test.concept.replace(".", "-")
                graded = told(name, grade=True, locked=True, points=test.points)
                cells.append(code_cell(test.code, **graded))
        return cells


class Otter:
    """`otter run`, which takes one submission at a time."""

    name = "otter-grader 7"

    def __init__(self, cache: Path) -> None:
        self._tool = _Tool(cache / "otter-7", "otter-grader>=7,<8")
        self._built = self._tool.folder / "built"

    def set_up(self) -> None:
        """See Peer."""
        self._tool.install()
        shutil.rmtree(self._built, ignore_errors=True)
        self._built.mkdir()
        master = self._built / f"{NAME}.ipynb"
        master.write_text(as_json(self._master()), encoding="utf-8")
        self._tool.run("otter", "assign", "--no-run-tests", master.name, "dist", cwd=self._built)
        (archive,) = (self._built / "dist" / "autograder").glob("*.zip")
        archive.rename(self._built / "autograder.zip")

    def grade(self, students: Sequence[Student]) -> Graded:
        """See Peer."""
        released = self._built / "dist" / "student" / f"{NAME}.ipynb"
        given = released.read_text(encoding="utf-8")
        handed_in = self._tool.folder / "class"
        shutil.rmtree(handed_in, ignore_errors=True)
        seconds, points = 0.0, {}
        for student in students:
            folder = handed_in / student.name
            folder.mkdir(parents=True)
            (folder / f"{NAME}.ipynb").write_text(filled(given, student), encoding="utf-8")
            archive = str(self._built / "autograder.zip")
            seconds += self._tool.run(
                "otter", "run", "--no-logo", "-a", archive, f"{NAME}.ipynb", cwd=folder
            )
            results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
            points[student.name] = sum(float(test.get("score", 0)) for test in results["tests"])
        return Graded(seconds, points)

    @staticmethod
    def _master() -> list[dict[str, Any]]:
        def raw(text: str) -> dict[str, Any]:
            return {"cell_type": "raw", "metadata": {}, "source": text}

        options = ("init_cell: false", "export_cell: false", "check_all_cell: false")
        cells = [raw("\n".join(["# ASSIGNMENT CONFIG", *options])), code_cell(GIVEN)]
        for section in SECTIONS:
            cells.append(raw(f"# BEGIN QUESTION\nname: {section.name}"))
            cells.append(raw("# BEGIN SOLUTION"))
            gap = f"    # BEGIN SOLUTION\n{section.answer}\n    # END SOLUTION"
            cells.append(code_cell(section.cell(gap)))
            cells.append(raw("# END SOLUTION"))
            cells.append(raw("# BEGIN TESTS"))
            for test in section.tests:
                settings = f'""" # BEGIN TEST CONFIG\npoints: {test.points}\nhidden: true\n'
                cells.append(code_cell(f'{settings}""" # END TEST CONFIG\n{test.code}'))
            cells.append(raw("# END TESTS"))
            cells.append(raw("# END QUESTION"))
        return cells


def filled(released: str, student: Student) -> str:
    """The notebook that students get, with one's own answers in it."""
    book = json.loads(released)
    for section in SECTIONS:
        (cell,) = (
            each for each in book["cells"] if "".join(each["source"]).startswith(section.head)
        )
        cell["source"] = section.cell(student.answers.get(section.name))
    return json.dumps(book)


@dataclass(frozen=True)
class _Tool:
    """A package in a virtual environment, below `folder`."""

    folder: Path
    requirement: str

    def install(self) -> None:
        """Install it, unless it is there already."""
        done = self.folder / "installed"
        if done.exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        venv.create(self._environment, with_pip=True)
        python = self._environment / "bin" / "python"
        pip = [str(python), "-m", "pip", "install", "--quiet", "-c", str(CONSTRAINTS)]
        subprocess.run([*pip, self.requirement], check=True)
        (packages,) = self._environment.glob("lib/python*/site-packages")
        found = importlib.util.find_spec("torch")
        if found is None or found.origin is None:
            raise SystemExit("PyTorch is not installed here; install mggrade first")
        # After the tool's own: what both have is the tool's.
        (packages / "torch.pth").write_text(f"{Path(found.origin).parents[1]}\n")
        done.touch()

    def run(self, *command: str, cwd: Path) -> float:
        """Seconds of a command, start to exit."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        foreign = ("PYTHON", "JUPYTER", "IPYTHON", "VIRTUAL_ENV", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        path = f"{self._environment / 'bin'}{os.pathsep}{kept.get('PATH', '')}"
        started = time.perf_counter()
        done = subprocess.run(
            [str(self._environment / "bin" / command[0]), *command[1:]],
            cwd=cwd,
            env={**kept, "HOME": str(home), "PATH": path},
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            done.check_returncode()
        return seconds

    @property
    def _environment(self) -> Path:
        return self.folder / "environment"


MAX_POINTS = sum(test.points for test in TESTS)
