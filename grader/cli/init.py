"""`mggrade init`: a folder to work in."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import COMPLETE, UsageError

if TYPE_CHECKING:
    from grader.course import Course
    from grader.selfstudy.setting_up import Item

EPILOG = """\b
Examples:
  mggrade init                        here, in an empty folder
  mggrade init micrograd-course       in a folder of its own
  mggrade init course --notebooks     as notebooks
  mggrade init --ci github            with a workflow that checks every push

\b
Exit codes:
  0  all of it is there
  2  the folder can't be used
"""


@click.command("init", epilog=EPILOG)
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False)
)
@click.option("--notebooks", is_flag=True, help="The lessons as notebooks, not as Python files.")
@click.option(
    "--ci", type=click.Choice(["github", "gitlab"]), help="A workflow that checks every push."
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def command(folder: Path | None, notebooks: bool, ci: str | None, dry_run: bool) -> int:
    """Begin the course: write the exercises and a short README into a folder.

    DIR is made where it isn't there; without it, the current folder is taken, if it is empty.
    Nothing that is there is ever overwritten: run it again, and it adds what is missing.
    """
    from grader.course import load_course
    from grader.selfstudy.setting_up import carry_out, plan

    course = load_course()
    place = folder or Path()
    try:
        items = plan(course, place, notebooks, ci)
        if folder is None:
            _ensure_empty(course, place)
    except OSError as error:  # a name that is too long, a folder that is locked
        raise UsageError(
            f"can't use {place}: {error.strerror or error}; name another folder"
        ) from None
    if not dry_run:
        carry_out(place, items)
    _tell(place, items, dry_run)
    if ci:
        _tell_of_the_workflow()
    return COMPLETE


def _ensure_empty(course: "Course", here: Path) -> None:
    """Without a name, eight lessons should not land among somebody's other things."""
    from grader.selfstudy.setting_up import is_workspace, things_in

    others = things_in(here)
    if others and not is_workspace(course, here):
        shown = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
        raise UsageError(
            f"this folder holds other things ({shown}); name one for the course: "
            "mggrade init micrograd-course (or . for this one)"
        )


def _tell_of_the_workflow() -> None:
    from grader.selfstudy.requirement import NEWEST, requirement

    if requirement() == NEWEST:
        click.echo(
            "This mggrade is a development version, which can't be had elsewhere;\n"
            "the workflow installs the newest release."
        )


def _tell(place: Path, items: "Sequence[Item]", dry_run: bool) -> None:
    from grader.selfstudy.setting_up import Found

    new = [item for item in items if item.found is Found.MISSING]
    kept = [item for item in items if item.found is Found.OTHER]
    verb = "would write" if dry_run else "wrote"
    for item in new:
        click.echo(f"{verb}  {place / item.path}")
    for item in kept:
        back = f"; to begin it again: mggrade reset {item.lesson}" if item.lesson else ""
        click.echo(f"kept   {place / item.path}, which is your own{back}")
    if not new:
        click.echo(f"Nothing is missing in {place.resolve()}.")
    if dry_run:
        return
    click.echo()
    if place.resolve() != Path.cwd():
        click.echo(f"Go there:    cd {shlex.quote(str(place))}")
    click.echo("Begin with:  mggrade next    the first task")
    click.echo("         or  mggrade watch   the same, and it checks whenever you save")
