"""`mggrade export`: a class's grades for other programs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import COMPLETE

if TYPE_CHECKING:
    from grader.classroom.standing import Standing
    from grader.course import Course

EPILOG = """\b
Examples:
  mggrade export grades.csv                every concept, for a spreadsheet
  mggrade export canvas.csv --format canvas --assignment "Micrograd (4711)"
  mggrade export moodle.csv --format moodle --worksheet Grades-worksheet.csv
  mggrade export - --format jsonl          whole reports, one a line
"""


@click.command("export", epilog=EPILOG)
@click.argument("target", metavar="FILE|-")
@click.option(
    "--gradebook", metavar="FILE", default="gradebook.sqlite", show_default=True,
    type=click.Path(path_type=Path), help="What mggrade grade has stored.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["csv", "canvas", "moodle", "jsonl"]), default="csv",
    show_default=True, help="For whom it is.",
)  # fmt: skip
@click.option("--assignment", metavar="TITLE", default="", help="Canvas's title of the column.")
@click.option(
    "--worksheet", metavar="CSV", type=click.Path(path_type=Path),
    help="Moodle's own grading worksheet, to be filled in.",
)  # fmt: skip
def command(
    target: str, gradebook: Path, form: str, assignment: str, worksheet: Path | None
) -> int:
    """Write a class's grades: CSV with every concept, for Canvas, for Moodle, or as JSON lines.

    Texts that a spreadsheet would take for a formula get a quote in front.
    """
    from grader.classroom import export
    from grader.classroom.gradebook import Gradebook
    from grader.classroom.standing import standings
    from grader.classroom.tables import read_table
    from grader.cli.output import ensure_writable, write_file, write_stdout
    from grader.course import load_course

    if target != "-":
        ensure_writable(Path(target))
    table = read_table(worksheet) if worksheet else None
    ways: dict[str, Callable[[Sequence[Standing], Course], str]] = {
        "csv": export.as_csv,
        "jsonl": export.as_jsonl,
        "canvas": lambda found, course: export.as_canvas(found, course, assignment),
        "moodle": lambda found, course: export.as_moodle(found, course, table),
    }
    with Gradebook(gradebook, reading=True) as book:
        text = ways[form](list(standings(book)), load_course())
    if target == "-":
        write_stdout(text)
    else:
        write_file(Path(target), text)
    return COMPLETE
