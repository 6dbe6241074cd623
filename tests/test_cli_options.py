"""Thresholds: points or percent, the bonus not counted."""

from dataclasses import replace

import pytest

from grader.cli.options import Threshold, ThresholdType
from grader.model import Isolation, Report

REPORT = Report(
    course="c", course_version="1", grader_version="0", seed=1, isolation=Isolation("none"),
    submission="s", concepts=(), score=59.99, max_score=100, bonus=20.0, max_bonus=20,
    complete=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "met"), [("59.99", True), ("60", False), ("60%", False), ("59.99%", True)]
)
def test_threshold_counts_no_bonus(asked, met):
    assert read_threshold(asked).met(REPORT) is met


def test_threshold_of_bonus_lessons_alone():
    alone = replace(REPORT, score=0.0, max_score=0, bonus=5.0)
    assert not read_threshold("60%").met(alone)
    assert read_threshold("25%").met(alone)


def read_threshold(text) -> Threshold:
    return ThresholdType().convert(text, None, None)
