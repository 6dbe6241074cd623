"""What a student has in the end: the one place where totals are made, for every way out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.classroom import lateness
from grader.classroom.gradebook import Gradebook
from grader.classroom.records import FAULT, REFUSED, Adjustment, Comment, Entry
from grader.classroom.roster import Student
from grader.model import Outcome, Report

MISSING = "missing"


@dataclass(frozen=True)
class Standing:
    """One student's line. All points are exact to the hundredth.

    `state` is "graded", "missing" (nothing handed in), "refused" (nothing to grade in it) or
    "fault" (of the grader: no verdict yet); `trouble` says more. `total` is score and bonus, less
    the penalty, and with what people adjusted; it is None where there is no verdict yet. `label`
    is what the download called the hand-in.
    """

    student: Student
    label: str
    state: str
    trouble: str
    report: Report | None
    submitted: str
    late: float | None  # seconds; None where no time is known
    marked_late: bool
    score: Decimal
    bonus: Decimal
    penalty: Decimal
    adjusted: Decimal
    total: Decimal | None
    concepts: Mapping[str, Decimal]
    adjustments: Sequence[Adjustment]
    comments: Sequence[Comment]
    notes: Sequence[str]

    @property
    def hung(self) -> bool:
        """Whether some check was stopped because it took too long."""
        return self._met(Outcome.TIMEOUT)

    @property
    def crashed(self) -> bool:
        """Whether some check ended the Python process."""
        return self._met(Outcome.CRASHED) or self._met(Outcome.PROTOCOL)

    def _met(self, outcome: Outcome) -> bool:
        return self.report is not None and any(
            check.outcome is outcome for each in self.report.concepts for check in each.checks
        )


def standings(book: Gradebook) -> Iterator[Standing]:
    """Every enrolled student, and whoever handed something in, by name."""
    due = str(book.setting("due") or "")
    penalty = lateness.from_data(book.setting("late"))
    extensions = book.setting("extensions") or {}
    for entry in book.entries():
        if entry.enrolled or entry.result is not None:
            yield _standing(entry, due, penalty, str(extensions.get(entry.student.key, "")))


def _standing(entry: Entry, due: str, rule: lateness.Penalty | None, extension: str) -> Standing:
    result, handin = entry.result, entry.handin
    report = result.report if result else None
    state = result.outcome if result else MISSING
    submitted = handin.submitted if handin else ""
    late = lateness.seconds_late(submitted, due, extension)
    score = Decimal(str(report.score)) if report else Decimal(0)
    bonus = Decimal(str(report.bonus)) if report else Decimal(0)
    taken = rule.of(score + bonus, late) if rule and late is not None else Decimal(0)
    given: dict[str, Decimal] = {}
    for each in entry.adjustments:
        given[each.concept] = given.get(each.concept, Decimal(0)) + Decimal(each.points)
    adjusted = sum(given.values(), Decimal(0))
    concepts = {
        each.id: Decimal(str(each.earned)) + given.get(each.id, Decimal(0))
        for each in (report.concepts if report else ())
    }
    total = None if state == FAULT else max(Decimal(0), score + bonus - taken + adjusted)
    return Standing(
        student=entry.student,
        label=handin.label if handin else "",
        state=state,
        trouble=result.message if result and state in (REFUSED, FAULT) else "",
        report=report,
        submitted=submitted,
        late=late,
        marked_late=handin.late if handin else False,
        score=score,
        bonus=bonus,
        penalty=taken,
        adjusted=adjusted,
        total=total,
        concepts=concepts,
        adjustments=entry.adjustments,
        comments=entry.comments,
        notes=handin.notes if handin else (),
    )
