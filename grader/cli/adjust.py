"""`mggrade adjust`: a person's points and words, which no regrading touches."""

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from grader.errors import COMPLETE, UsageError

EPILOG = """\b
Examples:
  mggrade adjust ada --points=-2 --reason "no by-hand work shown" --author mk
  mggrade adjust ada --concept mg3.tanh --points 1 --reason idea --author mk
  mggrade adjust ada --comment "A fine engine." --author mk
"""


@click.command("adjust", epilog=EPILOG)
@click.argument("student")
@click.option("--points", metavar="N", help="Points to give, or with a minus to take.")
@click.option("--reason", metavar="TEXT", help="Why; the student sees it.")
@click.option("--comment", metavar="TEXT", help="Words for the student.")
@click.option("--concept", metavar="ID", default="", help="What it is about; else the whole.")
@click.option("--author", metavar="NAME", required=True, help="Who says so.")
@click.option(
    "--gradebook", metavar="FILE", default="gradebook.sqlite", show_default=True,
    type=click.Path(path_type=Path), help="What mggrade grade has stored.",
)  # fmt: skip
def command(
    student: str,
    points: str | None,
    reason: str | None,
    comment: str | None,
    concept: str,
    author: str,
    gradebook: Path,
) -> int:
    """Give or take points, or add a comment. STUDENT is an id, an address, a login or a name."""
    from grader.classroom.gradebook import Gradebook
    from grader.classroom.records import Adjustment, Comment
    from grader.classroom.roster import find
    from grader.course import load_course

    if points is None and not comment:
        raise UsageError("nothing to do; give --points with --reason, or --comment")
    if points is not None and not reason:
        raise UsageError("--points needs a --reason; the student will see it")
    if concept:
        load_course().concept(concept)
    with Gradebook(gradebook) as book:
        found = find(book.students(), student)
        if len(found) != 1:
            what = "nobody" if not found else f"{len(found)} students"
            raise UsageError(f"{student!r} is {what} in {gradebook}; use the id that it shows")
        key = found[0].key
        if points is not None:
            book.adjust(Adjustment(key, concept, _decimal(points), reason or "", author))
        if comment:
            book.comment(Comment(key, concept, comment, author))
    click.echo(f"noted for {found[0].shown}")
    return COMPLETE


def _decimal(text: str) -> str:
    try:
        value = Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise UsageError(f"--points {text!r} is no number; write for example -1.5") from None
    if not value.is_finite() or abs(value) > 1000:
        raise UsageError(f"--points {text}: between -1000 and 1000")
    return str(value)
