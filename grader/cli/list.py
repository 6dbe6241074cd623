"""`mggrade list`: the map of the course, and how one stands."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from grader.cli.options import PATH, IdType, split_ids
from grader.errors import COMPLETE

EPILOG = """\b
Examples:
  mggrade list                     all lessons and concepts
  mggrade list --lesson mg3,mg4    two lessons

\b
Exit codes:
  0  here it is
  2  there are no lessons here, or what is remembered can't be read
"""


@click.command("list", epilog=EPILOG)
@PATH
@click.option(
    "--lesson", "lessons", metavar="ID", multiple=True, callback=split_ids,
    type=IdType(lessons=True, several=True),
    help="Show this lesson only; repeat it, or write mg3,mg4.",
)  # fmt: skip
def command(path: Path | None, lessons: Sequence[str]) -> int:
    """Show the map of the course: every concept, how it stands, its points.

    Nothing is run: what is shown is what your last checks said, with the gaps that are in the
    files now. Where a file has changed since, the map says so.

    PATH is what `mggrade check` grades; without it: exercises/ where there is one, else the current
    folder.
    """
    from grader.cli.output import console, print_lines
    from grader.cli.workspace import open_workspace
    from grader.course import load_course
    from grader.selfstudy.map_text import map_lines

    course = load_course()
    chosen = {course.lesson(each).id for each in lessons}
    stands = open_workspace(course, path, "mggrade list").standing()
    screen = console()
    print_lines(map_lines(course, stands, screen, datetime.now().astimezone(), chosen), screen)
    return COMPLETE
