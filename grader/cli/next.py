"""`mggrade next`: the one next task."""

import shlex
from pathlib import Path

import click

from grader.cli.options import PATH
from grader.errors import COMPLETE

EPILOG = """\b
Examples:
  mggrade next           the task, and where it is
  mggrade next --full    with the section that leads up to it

\b
Exit codes:
  0  here it is, or nothing is left
  2  there are no lessons here, or what is remembered can't be read
"""


@click.command("next", epilog=EPILOG)
@PATH
@click.option("--full", is_flag=True, help="Show the whole section of the lesson.")
def command(path: Path | None, full: bool) -> int:
    """Show the one next concept: where it is, what it asks for, what to do.

    It is the first in the order of the course that your last checks have not seen pass. Nothing is
    run. PATH is what `mggrade check` grades; without it: exercises/ where there is one, else the
    current folder.
    """
    from grader.cli.output import console, print_lines
    from grader.cli.workspace import open_workspace
    from grader.course import load_course
    from grader.selfstudy.map_text import next_lines
    from grader.selfstudy.next_text import task_lines
    from grader.selfstudy.section import section

    course = load_course()
    stands = open_workspace(course, path, "mggrade next").standing()
    screen, following = console(), stands.next
    if following is None:
        print_lines(next_lines(stands, screen), screen)
        return COMPLETE
    concept = following.concept
    text = section(course.lesson(concept.lesson), concept)
    named = "" if path is None else shlex.quote(str(path))
    print_lines(task_lines(following, text, screen, full, named), screen)
    return COMPLETE
