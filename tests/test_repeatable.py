"""The same submission gets the same report, whatever was graded before it.

In these engines the order of a set of Values decides about numbers, and Python orders sets by
addresses. What is forked from one zygote must find the same ones free, however much was forked.
"""

from pathlib import Path

import pytest

from grader import grade
from grader.diagnosis.catalogue import catalogue
from grader.model import Report
from grader.render.json_format import report_to_data
from grader.running import Runner
from tests.classes import student, write_student
from tests.conftest import SOLUTIONS

LESSONS = ("mg3", "mg4", "mg7")
# None that walks exponentially often (tests/classes.py): on a busy machine these end by time.
BY_ORDER = ("add-left-overwrites", "mul-overwrites", "add-overwrites")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Solutions with a mistake each, and some students to come between them."""
    folder = tmp_path_factory.mktemp("hall")
    found = []
    for mistake in catalogue():
        if mistake.id in BY_ORDER:
            files = {each.name: each.read_text() for each in SOLUTIONS.glob("mg[1-7]*.py")}
            name = next(each for each in files if each.startswith(mistake.lesson))
            files[name] = mistake.apply(files[name])
            found.append(write_student(files, folder / mistake.id))
    assert len(found) == len(BY_ORDER)
    return [*found, *(write_student(student(n, loops=False), folder / str(n)) for n in (1, 2, 3))]


def told(paths: list[Path], cache: Path) -> dict[str, object]:
    """Each one's report, less what varies."""
    found: dict[str, object] = {}

    def each(path: Path, report: object) -> None:
        assert isinstance(report, Report)
        data = report_to_data(report)
        for varying in ("reused", "started", "seconds"):
            del data[varying]
        found[path.name] = data

    grade.check_each(paths, each, lessons=LESSONS, fresh=True, cache_folder=cache)
    return found


def test_reports_do_not_hang_on_who_was_graded_before(hall, tmp_path):
    first, second = told(hall, tmp_path), told([*hall[::-1]], tmp_path)
    assert {name for name in first if first[name] != second[name]} == set()


def test_help_for_several_concepts_at_once_is_help_for_each(hall, tmp_path, monkeypatch):
    """What fails because of another concept is helped in one attempt: only time is saved."""
    joint: list[int] = []
    together = Runner._together

    def counted(self, concepts, checks):
        passed = together(self, concepts, checks)
        joint.append(len(passed))
        return passed

    monkeypatch.setattr(Runner, "_together", counted)
    at_once = told(hall, tmp_path)
    assert sum(joint) >= len(BY_ORDER)  # or this compares nothing
    monkeypatch.setattr(Runner, "_together", lambda self, concepts, checks: {})
    assert told(hall, tmp_path) == at_once
