"""What a gradebook holds: results, hand-ins, and what people add to them."""

import json
import zlib
from dataclasses import dataclass

from grader.classroom.roster import Student
from grader.errors import InfrastructureError
from grader.model import Report
from grader.render.json_format import report_from_data, report_to_data

GRADED, REFUSED, FAULT = "graded", "refused", "fault"


@dataclass(frozen=True)
class Result:
    """What grading some content gave.

    `ground` is what decides whether a stored result still holds: course, seed, what was asked,
    grader version; `stamp` changes with every byte of the grader's code. `outcome` is "graded",
    "refused" (nothing to grade; `message` says why) or "fault" (the grader's own, never a zero).
    """

    digest: str
    ground: str
    stamp: str
    course_version: str
    grader_version: str
    seed: int
    isolation: str
    outcome: str
    message: str = ""
    report: Report | None = None
    started: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Handin:
    """What a student handed in: `submitted` in ISO form, as far as it is known."""

    student: str
    label: str
    submitted: str = ""
    late: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adjustment:
    """Points given or taken by a person; of a concept, or of the whole (`concept` empty)."""

    student: str
    concept: str
    points: str  # a decimal number
    reason: str
    author: str
    recorded: str = ""


@dataclass(frozen=True)
class Comment:
    """A person's words to a student."""

    student: str
    concept: str
    text: str
    author: str
    recorded: str = ""


@dataclass(frozen=True)
class Entry:
    """All that the gradebook holds of one student today; no hand-in: nothing came."""

    student: Student
    handin: Handin | None
    result: Result | None
    adjustments: tuple[Adjustment, ...]
    comments: tuple[Comment, ...]
    enrolled: bool


def packed(report: Report | None) -> bytes | None:
    """A report as compressed JSON."""
    if report is None:
        return None
    text = json.dumps(report_to_data(report), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "backslashreplace"))


def unpacked_report(blob: bytes | None) -> Report | None:
    """A report read back. Raises InfrastructureError where it is none."""
    if blob is None:
        return None
    try:
        return report_from_data(json.loads(zlib.decompress(blob)))
    except (ValueError, TypeError, zlib.error) as error:
        raise InfrastructureError(
            f"a stored report can't be read ({error}); grade again with --regrade all"
        ) from None
