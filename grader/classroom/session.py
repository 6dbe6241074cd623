"""A run: what was handed in, less what is known, graded, into the gradebook as it comes."""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader import reuse
from grader.classroom.crew import Crew, Mark, mark_all
from grader.classroom.gradebook import Gradebook
from grader.classroom.handins import Work, by_owner, gather
from grader.classroom.layouts import Owner, Piece, open_source, pieces
from grader.classroom.marking import Marked, Setup, mark
from grader.classroom.records import FAULT, GRADED, Handin, Result
from grader.classroom.roster import Matched, Student, match, student_of
from grader.course import Course
from grader.errors import SubmissionError
from grader.version import __version__


@dataclass(frozen=True)
class ClassHandins:
    """Who handed in what: the pieces of each student, read only when it is their turn."""

    students: Mapping[str, Student]
    pieces: Mapping[str, Sequence[Piece]]
    owners: Mapping[str, Owner]
    matched: Matched


@dataclass
class Tally:
    """How far a run is. `kept` had a stored result, `shared` the same files as another; `in_hand`
    are the names of those whose work is being graded."""

    total: int = 0
    done: int = 0
    kept: int = 0
    shared: int = 0
    in_hand: tuple[str, ...] = ()
    outcomes: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def count(self, outcome: str, who: str, message: str) -> None:
        """One more is done."""
        self.done += 1
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if outcome != GRADED:
            self.faults.append((who, message))


Progress = Callable[[Tally], None]
Again = Callable[[Student, int], bool]  # whether to grade anew what has this stored result


def collect(sources: Sequence[Path], students: Sequence[Student], course: Course) -> ClassHandins:
    """Take the sources apart and put the hand-ins to students. Raises SubmissionError."""
    found: list[Piece] = []
    for order, path in enumerate(sources):
        found += pieces(open_source(path), course, order)
    grouped = by_owner(found)
    if not grouped:
        names = ", ".join(map(str, sources))
        raise SubmissionError(
            f"{names}: holds no Python file, notebook or archive of anyone; "
            "name the folder or the archive with the submissions"
        )
    matched = match(grouped, students)
    known = {each.key: each for each in students}
    mine, owners = {}, {}
    for key, several in matched.students.items():
        known.setdefault(key, student_of(several[0]))
        mine[key] = [piece for owner in several for piece in grouped[owner]]
        owners[key] = max(several, key=lambda owner: (owner.submitted, owner.late))
    return ClassHandins(known, mine, owners, matched)


def ground_of(course: Course, setup: Setup) -> str:
    """What decides whether a stored result still holds, beside the content itself."""
    told = [course.digest, setup.seed, setup.lessons, setup.isolation, setup.notebooks, __version__]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def stamp_of(course: Course) -> str:
    """Changes with every byte of the grader's code, the course and Python."""
    return hashlib.sha256(reuse.stamp(course)).hexdigest()


def run(
    book: Gradebook,
    handed_in: ClassHandins,
    course: Course,
    setup: Setup,
    crew: Crew,
    *,
    again: Again = lambda student, result: False,
    progress: Progress = lambda tally: None,
    marker: Mark = mark,
) -> Tally:
    """Grade what has no stored result, and store each result as it comes.

    Interrupted at any moment, a second run goes on where this one stopped.
    """
    tally = Tally(total=len(handed_in.pieces))
    ground, stamp = ground_of(course, setup), stamp_of(course)
    waiting: dict[str, list[Handin]] = {}  # by content: who handed it in while it is graded
    found: dict[str, int] = {}  # results of this run
    anew: set[str] = set()

    def tell() -> None:
        # Work is taken up in the order in which it was given out; the rest of it waits.
        first = itertools.islice(waiting.values(), crew.size)
        tally.in_hand = tuple(handed_in.students[each[0].student].shown for each in first)
        progress(tally)

    def works() -> Iterator[Work]:
        for key, mine in handed_in.pieces.items():
            student = handed_in.students[key]
            work = gather(student.key, mine, course)
            owner, digest = handed_in.owners[key], work.digest
            handin = Handin(key, owner.label, owner.submitted, owner.late, work.notes)
            if digest in waiting:
                waiting[digest].append(handin)
                tally.shared += 1
                continue
            number = found.get(digest) or book.stored(digest, ground)
            if number is not None and (digest in found or not again(student, number)):
                book.hand_in(handin, number)
                tally.kept += 1
                tally.done += 1
                tell()
                continue
            if number is not None:
                anew.add(digest)
            waiting[digest] = [handin]
            tell()
            yield work

    for work, marked in mark_all(crew, setup, works(), marker):
        mine = waiting.pop(marked.digest)
        result = _result(marked, course, setup, ground, stamp)
        number = book.record(result, mine, again=work.digest in anew, report=marked.report)
        if marked.outcome != FAULT:
            found[marked.digest] = number
        for handin in mine:
            tally.count(marked.outcome, handed_in.students[handin.student].shown, marked.message)
        tell()
    return tally


def regrading(
    wanted: Iterable[str], book: Gradebook, course: Course, students: Mapping[str, Student]
) -> Again:
    """Who is graded anew by `--regrade`: "all", "changed" (since then, the grader's code or the
    course has), a student, a lesson, a concept: whoever did not have all of its points.

    Raises UsageError for what is none of these.
    """
    from grader.classroom.roster import find
    from grader.errors import UsageError

    people: set[str] = set()
    concepts: set[str] = set()
    everyone = changed = False
    for each in wanted:
        if each in ("all", "changed"):
            everyone, changed = everyone or each == "all", changed or each == "changed"
            continue
        lesson = next((one for one in course.lessons if one.id == each), None)
        if lesson is not None:
            concepts |= {concept.id for concept in lesson.concepts}
        elif any(concept.id == each for concept in course.concepts):
            concepts.add(each)
        else:
            who = find(students.values(), each)
            if not who:
                raise UsageError(
                    f"--regrade {each}: neither a student, a lesson nor a concept; "
                    "there are also all and changed"
                )
            people |= {one.key for one in who}
    stamp = stamp_of(course)

    def again(student: Student, number: int) -> bool:
        if everyone or student.key in people:
            return True
        if changed and book.stamp_of(number) != stamp:
            return True
        report = book.report_of(number) if concepts else None
        return report is not None and any(
            each.id in concepts and each.earned < each.possible for each in report.concepts
        )

    return again


def _result(marked: Marked, course: Course, setup: Setup, ground: str, stamp: str) -> Result:
    return Result(
        digest=marked.digest,
        ground=ground,
        stamp=stamp,
        course_version=course.version,
        grader_version=__version__,
        seed=setup.seed,
        isolation=marked.isolation or setup.isolation,
        outcome=marked.outcome,
        message=marked.message,
        started=marked.started,
        seconds=marked.seconds,
    )
