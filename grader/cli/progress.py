"""`mggrade progress`: what was passed and when, attempts, hints, days in a row."""

from datetime import datetime
from pathlib import Path

import click

from grader.cli.options import PATH
from grader.errors import COMPLETE

EPILOG = """\b
Examples:
  mggrade progress          a table of all that you have tried
  mggrade progress --json   the same for a program

\b
Exit codes:
  0  here it is
  2  there are no lessons here, or what is remembered can't be read
"""


@click.command("progress", epilog=EPILOG)
@PATH
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON instead.")
def command(path: Path | None, as_json: bool) -> int:
    """Show what you have done: passed when, attempts, hints taken, days in a row.

    An attempt is a check that gave another result than the one before, up to the first pass. All of
    it is remembered in .mggrade/progress.json, beside the exercises, and goes nowhere else; delete
    the file, and it is forgotten. PATH says which, as in `mggrade check`.
    """
    from grader.cli.output import console, print_lines, write_stdout
    from grader.cli.workspace import open_workspace
    from grader.course import load_course
    from grader.selfstudy.progress_text import progress_json, progress_lines

    course = load_course()
    known = open_workspace(course, path, "mggrade progress").known
    now = datetime.now().astimezone()
    if as_json:
        write_stdout(progress_json(course, known, now))
    else:
        screen = console()
        print_lines(progress_lines(course, known, screen, now), screen)
    return COMPLETE
