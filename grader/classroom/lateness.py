"""When work is late, and what that costs."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from grader.errors import UsageError

SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(m|min|h|d|w)?", re.IGNORECASE)
_UNITS = {"m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*(%|points?)?\s*/\s*(hour|day|week)", re.IGNORECASE)
EXAMPLE = "10%/day,grace=30m,cap=50%"


@dataclass(frozen=True)
class Penalty:
    """What every hour, day or week that has begun after the grace costs: points, or per cent of
    what was earned; at most `cap` of it."""

    amount: Decimal
    percent: bool
    unit: str
    grace: int = 0  # seconds; nothing is taken within it, and then all of the time counts
    cap: Decimal | None = None  # like `amount`

    def of(self, earned: Decimal, late: float) -> Decimal:
        """The points that are taken for being so many seconds late: never more than was earned."""
        if late <= 0 or late <= self.grace:
            return Decimal(0)
        taken = self.amount * math.ceil(late / SECONDS[self.unit])
        if self.cap is not None:
            taken = min(taken, self.cap)
        if self.percent:
            taken = earned * taken / 100
        return min(taken, earned).quantize(Decimal("0.01"))


def read_penalty(text: str) -> Penalty:
    """`10%/day,grace=30m,cap=50%`. Raises UsageError."""
    first, *more = (each.strip() for each in text.split(","))
    rate = _RATE.fullmatch(first)
    if rate is None:
        raise UsageError(f"--late {text!r} can't be read; write for example {EXAMPLE}")
    percent, grace, cap = rate[2] == "%", 0, None
    for each in more:
        name, _, value = (part.strip() for part in each.partition("="))
        if name == "grace":
            grace = _span(value)
        elif name == "cap" and re.fullmatch(r"\d+(\.\d+)?%?", value):
            if value.endswith("%") != percent:
                raise UsageError(f"--late: {text!r} mixes points and per cent; write both alike")
            cap = Decimal(value.rstrip("%"))
        else:
            raise UsageError(f"--late: {each!r} can't be read; write for example {EXAMPLE}")
    return Penalty(Decimal(rate[1]), percent, rate[3].lower(), grace, cap)


def read_time(text: str) -> datetime:
    """`2026-11-24T23:59`, with or without a zone; without, the machine's own. Raises UsageError."""
    tidy = re.sub(r" ([+-]\d{2}:?\d{2}|UTC)$", r"\1", text.strip()).replace("UTC", "+00:00")
    try:
        return datetime.fromisoformat(tidy).astimezone()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{text!r} is no time; write for example 2026-11-24T23:59") from None


def extended(due: datetime, extension: str) -> datetime:
    """A due date of one's own: a time, or so much more (`2d`, `12h`). Raises UsageError."""
    if re.fullmatch(r"\+?\s*\d+(\.\d+)?\s*[a-z]+", extension.strip(), re.IGNORECASE):
        return due + timedelta(seconds=_span(extension.strip().lstrip("+").strip()))
    return read_time(extension)


def seconds_late(submitted: str, due: str, extension: str = "") -> float | None:
    """How late something is; None where no time is known. Earlier is negative."""
    if not submitted or not due:
        return None
    until = read_time(due)
    if extension:
        until = extended(until, extension)
    return (read_time(submitted) - until).total_seconds()


def to_data(penalty: Penalty) -> Mapping[str, object]:
    """For the gradebook's settings."""
    return {
        "amount": str(penalty.amount),
        "percent": penalty.percent,
        "unit": penalty.unit,
        "grace": penalty.grace,
        "cap": None if penalty.cap is None else str(penalty.cap),
    }


def from_data(data: Mapping[str, object] | None) -> Penalty | None:
    """Read back."""
    if not data:
        return None
    cap = data["cap"]
    return Penalty(
        Decimal(str(data["amount"])),
        bool(data["percent"]),
        str(data["unit"]),
        int(str(data["grace"])),
        None if cap is None else Decimal(str(cap)),
    )


def _span(text: str) -> int:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no length of time; write for example 30m, 12h or 2d")
    return int(float(match[1]) * _UNITS[(match[2] or "h").lower()])
