"""The gradebook for other programs: one function a format, all with the totals of `standing`."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal

from grader.classroom.standing import Standing
from grader.classroom.tables import Table, write_table
from grader.course import Course
from grader.errors import UsageError
from grader.render.json_format import report_to_data

Exporter = Callable[[Sequence[Standing], Course], str]


def as_csv(standings: Sequence[Standing], course: Course) -> str:
    """One line a student: who, totals, and the points of every concept that was graded."""
    graded = {name for each in standings for name in each.concepts}
    concepts = [each.id for each in course.concepts if each.id in graded]
    head = [
        *("student", "name", "email", "username", "section", "state"),
        *("score", "bonus", "penalty", "adjusted", "total"),
    ]
    rows: list[list[object]] = [[*head, *concepts]]
    for each in standings:
        who = each.student
        points = [number(each.concepts[name]) if name in each.concepts else "" for name in concepts]
        rows.append(
            [
                *(who.key, who.name, who.email, who.login, who.section, each.state),
                *map(number, (each.score, each.bonus, each.penalty, each.adjusted)),
                *(number(each.total), *points),
            ]
        )
    return write_table(rows)


def as_jsonl(standings: Sequence[Standing], course: Course) -> str:
    """One JSON object a line, with the whole report (`grader.model.Report`)."""
    lines = []
    for each in standings:
        data = {
            "student": each.student.key,
            "name": each.student.name,
            "email": each.student.email,
            "section": each.student.section,
            "state": each.state,
            "trouble": each.trouble,
            "submitted": each.submitted or None,
            "score": float(each.score),
            "bonus": float(each.bonus),
            "penalty": float(each.penalty),
            "adjusted": float(each.adjusted),
            "total": None if each.total is None else float(each.total),
            "report": None if each.report is None else report_to_data(each.report),
        }
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        lines.append(text.encode("utf-8", "backslashreplace").decode("utf-8"))
    return "".join(f"{line}\n" for line in lines)


def as_canvas(standings: Sequence[Standing], course: Course, assignment: str = "") -> str:
    """Canvas's gradebook import. It finds people by ID, SIS user, login, name, in this order;
    `assignment` is the column's title there, such as `Micrograd (4711)`."""
    title = assignment or course.title
    rows: list[list[object]] = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title],
        ["    Points Possible", "", "", "", "", possible(standings)],
    ]
    for each in standings:
        who = each.student
        sis = who.id if who.id != who.canvas else ""
        login = who.login or who.email
        rows.append([who.shown, who.canvas, sis, login, who.section, number(each.total)])
    return write_table(rows)


def as_moodle(standings: Sequence[Standing], course: Course, worksheet: Table | None = None) -> str:
    """Moodle's offline grading worksheet, or, where no participant numbers are known, the columns
    of its gradebook import."""
    if worksheet is not None:
        return _filled(worksheet, standings)
    if any(each.student.participant for each in standings):
        head = ["Identifier", "Full name", "Email address", "Grade", "Last modified (grade)"]
        rows: list[list[object]] = [list(head)]
        for each in standings:
            who = each.student
            if who.participant:
                identifier = f"Participant {who.participant}"
                rows.append([identifier, who.name, who.email, number(each.total), ""])
        return write_table(rows)
    rows = [["idnumber", "email", "username", course.title]]
    for each in standings:
        who = each.student
        rows.append([who.id, who.email, who.login, number(each.total)])
    return write_table(rows)


def number(value: Decimal | None) -> int | float | str:
    """As spreadsheets like it; nothing where there is no verdict."""
    if value is None:
        return ""
    return int(value) if value == value.to_integral_value() else float(value)


def possible(standings: Sequence[Standing]) -> int:
    """The most points without bonus."""
    return max((each.report.max_score for each in standings if each.report), default=0)


def _filled(worksheet: Table, standings: Sequence[Standing]) -> str:
    """The worksheet as Moodle gave it, with grades in it."""
    if not {"identifier", "grade"} <= {*worksheet.header}:
        raise UsageError(f"{worksheet.path}: is no Moodle worksheet: no Identifier, no Grade")
    by_number = {each.student.participant: each for each in standings if each.student.participant}
    by_email = {each.student.email.casefold(): each for each in standings if each.student.email}
    rows: list[list[object]] = [[*worksheet.titles]]
    for _, row in worksheet.rows:
        digits = "".join(filter(str.isdigit, row.get("identifier", "")))
        found = by_number.get(digits) or by_email.get(row.get("email address", "").casefold())
        grade = number(found.total) if found else row.get("grade", "")
        rows.append([grade if name == "grade" else row.get(name, "") for name in worksheet.header])
    return write_table(rows)
