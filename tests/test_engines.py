"""Micrograds that the grader has never seen: correct ones lose nothing, faulty ones exactly what
is theirs.

Each faulty file tells in its first lines what is wrong and which concepts that costs. A stranger's
file gets no help from the reference, so a concept that can't work without the broken part is lost
as well.
"""

import re
from pathlib import Path

import pytest

import grader
from grader.errors import GraderError
from grader.grade import check_each
from grader.model import State
from tests.naming import graded

ENGINES = Path(__file__).parent / "engines"
CORRECT = [each for each in sorted((ENGINES / "correct").iterdir()) if each.name != "__pycache__"]
FAULTY = sorted((ENGINES / "faulty").glob("*.py"))


def _lost(report: grader.Report) -> set[str]:
    return {
        concept.id
        for concept in report.concepts
        if concept.state not in (State.PASSED, State.ABSENT)
    }


def _told(path: Path) -> set[str]:
    """The concepts that a faulty file says it loses."""
    told = re.search(r"^# loses: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert told, "the file should tell what it loses"
    return set(told[1].split(", "))


@pytest.fixture(scope="module")
def reports(cache: Path) -> dict[str, grader.Report]:
    """The reports on all engines, by file."""
    return graded({str(path): path for path in (*CORRECT, *FAULTY)}, [], cache)


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_correct_engines_lose_nothing(path: Path, reports: dict[str, grader.Report]) -> None:
    report = reports[str(path)]
    assert _lost(report) == set()
    assert report.score == report.max_score > 50
    assert report.complete
    assert [each.id for each in report.concepts if each.diagnosis] == []


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_faulty_engines_lose_what_is_theirs(path: Path, reports: dict[str, grader.Report]) -> None:
    report = reports[str(path)]
    assert _lost(report) == _told(path)
    assert not report.infrastructure


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_other_seeds_judge_alike(seed: int, cache: Path) -> None:
    """The verdicts don't hang on the course's own seed."""
    correct = ENGINES / "correct" / "kahn_in_degree.py"
    faulty = ("mul_assigns_instead_of_accumulating", "rsub_returns_self_minus_other")
    paths = {path.stem: path for path in FAULTY if path.stem in faulty} | {correct.stem: correct}
    lost: dict[str, set[str]] = {}

    def keep(path: Path, result: grader.Report | GraderError) -> None:
        assert isinstance(result, grader.Report)
        lost[path.stem] = _lost(result)

    check_each(paths.values(), keep, seed=seed, cache_folder=cache)
    assert lost == {
        correct.stem: set(),
        **{name: _told(paths[name]) for name in faulty},
    }


def test_there_are_enough() -> None:
    assert len(CORRECT) >= 10
    assert len(FAULTY) >= 20
