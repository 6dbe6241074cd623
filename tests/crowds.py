"""A big class for the page: made-up results, nothing graded."""

import random
from dataclasses import replace
from pathlib import Path

from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Comment, Handin, Result
from grader.classroom.roster import Student
from grader.classroom.standing import Standing, standings
from grader.model import State
from tests.report_examples import full_marks, half_done, hostile

BAD = "</script><script>document.title='owned'</script><b>"


def crowd(book_path: Path, count: int = 1000) -> list[Standing]:
    """So many students: reports in all states, one hostile, ten who did not hand in."""
    draw = random.Random(3)
    reports = [half_done(), full_marks(), hostile(BAD)]
    for _ in range(30):
        concepts = tuple(
            replace(each, state=draw.choice([State.PASSED, State.FAILED, State.TODO]))
            for each in full_marks().concepts
        )
        reports.append(replace(full_marks(), concepts=concepts, score=float(draw.randint(0, 100))))
    students = [Student(f"s{number:04}", f"Person {number:04}") for number in range(count - 1)]
    students.append(Student("bad", BAD))
    with Gradebook(book_path, create=True) as book:
        book.enrol(students, roster=True)
        handins: dict[int, list[Handin]] = {}
        for number, each in enumerate(students[10:]):
            handins.setdefault(number % len(reports), []).append(Handin(each.key, each.key))
        for number, mine in handins.items():
            report = reports[number]
            result = Result(str(number), "g", "s", "1", "0", 7, "full", "graded", report=report)
            book.record(result, mine)
        book.comment(Comment("bad", "", "hm", "mk"))
        return list(standings(book))
