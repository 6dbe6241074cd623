"""Days of work in a row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Streak:
    """Lengths in days: the row that goes on until today or yesterday, the longest, and all days."""

    current: int
    longest: int
    days: int


def streak(days: Iterable[str], today: date) -> Streak:
    """The streaks in dates such as 2026-03-01; what is no date doesn't count."""
    worked = sorted({day for each in days if (day := _date(each)) is not None})
    longest, row, previous = 0, 0, None
    for day in worked:
        row = row + 1 if previous and day - previous == timedelta(days=1) else 1
        longest, previous = max(longest, row), day
    alive = previous is not None and today - previous <= timedelta(days=1)
    return Streak(row if alive else 0, longest, len(worked))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
