"""`mggrade overview`: a class on one page."""

from pathlib import Path

import click

from grader.errors import COMPLETE, UsageError

EPILOG = """\b
Examples:
  mggrade overview class.html               of gradebook.sqlite
  mggrade overview class.html --anonymous   without a name, to show around
"""


@click.command("overview", epilog=EPILOG)
@click.argument("target", metavar="FILE.html")
@click.option(
    "--gradebook", metavar="FILE", default="gradebook.sqlite", show_default=True,
    type=click.Path(path_type=Path), help="What mggrade grade has stored.",
)  # fmt: skip
@click.option("--anonymous", is_flag=True, help="Leave every name out, to show it to the class.")
def command(target: str, gradebook: Path, anonymous: bool) -> int:
    """Write a class on one page: totals, students and concepts, the mistakes that were made."""
    from grader.classroom.gradebook import Gradebook
    from grader.classroom.overview import overview
    from grader.classroom.page import render_class
    from grader.classroom.standing import standings
    from grader.cli.output import ensure_writable, write_file
    from grader.course import load_course

    if target == "-":
        raise UsageError("overview needs a file; for example mggrade overview class.html")
    ensure_writable(Path(target))
    with Gradebook(gradebook, reading=True) as book:
        page = overview(list(standings(book)), load_course(), anonymous=anonymous)
    write_file(Path(target), render_class(page))
    click.echo(f"the class → {target}")
    return COMPLETE
