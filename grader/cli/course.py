"""`mggrade course`: the author's tools."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from grader.errors import COMPLETE, INCOMPLETE

if TYPE_CHECKING:
    from grader.authoring.build import Item

Command = TypeVar("Command", bound=Callable[..., object])


BUILD = """  mggrade course build            write what is stale or missing
  mggrade course build --check    only say what that would be
"""
CHECK = """  mggrade course check            all promises
  mggrade course check --fast     without those that grade the whole course
"""
EXAMPLES = "\b\nExamples:\n"


@click.group("course", invoke_without_command=True, epilog=EXAMPLES + BUILD + CHECK)
@click.pass_context
def command(ctx: click.Context) -> None:
    """For authors: build the exercises, check the course."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def folders(function: Command) -> Command:
    """The two options that say where the course's files are."""
    for name in ("exercises", "solutions"):
        function = click.option(
            f"--{name}",
            metavar="FOLDER",
            type=click.Path(file_okay=False, path_type=Path),
            help=f"Where the {name} are; by default those of the course itself.",
        )(function)
    return function


@command.command("build", epilog=EXAMPLES + BUILD)
@folders
@click.option("--check", "dry", is_flag=True, help="Write nothing; exit with 1 if any is stale.")
@click.option("--prune", is_flag=True, help="Remove the files that no lesson claims.")
def build(solutions: Path | None, exercises: Path | None, dry: bool, prune: bool) -> int:
    """Make exercises and notebooks from the solutions.

    What stands between ### BEGIN SOLUTION and ### END SOLUTION becomes a stub. Files that are
    fresh already are left alone.
    """
    from grader.authoring.build import carry_out, plan
    from grader.authoring.workshop import Workshop
    from grader.course import load_course

    items = plan(Workshop(load_course(), *_folders(solutions, exercises)))
    if not dry:
        carry_out(items, prune)
    for item in items:
        click.echo(f"{_word(item, dry, prune):<13} {_short(item.path)}")
    return INCOMPLETE if dry and _pending(items, prune) else COMPLETE


@command.command("check", short_help="Test the author's promises.", epilog=EXAMPLES + CHECK)
@folders
@click.option("--fast", is_flag=True, help="Leave out what grades the whole course.")
def check(solutions: Path | None, exercises: Path | None, fast: bool) -> int:
    """Test the author's promises: course, sources, suites and exercises agree.

    One line for each promise; where it is not kept, the files and what to do. Exits with 0 if all
    are kept, else with 1.
    """
    from rich.text import Text

    from grader.authoring.lint import lint
    from grader.cli.output import console

    screen = console()
    broken = False
    for verdict in lint(*_folders(solutions, exercises), fast=fast):
        broken = broken or not verdict.kept
        mark = ("✓ ", "green") if verdict.kept else ("✗ ", "bold red")
        screen.print(Text.assemble(mark, verdict.title))
        for finding in verdict.findings:
            screen.print(Text(f"  {' '.join(finding.split())}"), soft_wrap=True)
    return INCOMPLETE if broken else COMPLETE


def _folders(solutions: Path | None, exercises: Path | None) -> tuple[Path, Path]:
    """The folders given; else those that the package came with."""
    from grader.attempts import solutions_folder
    from grader.errors import UsageError

    if solutions is not None and not solutions.is_dir():
        raise UsageError(f"no such folder: {solutions}; give the folder with the lessons' sources")
    solutions = solutions or solutions_folder()
    return solutions, exercises or solutions.parent / "exercises"


def _pending(items: Sequence["Item"], prune: bool) -> bool:
    """Whether building would change anything."""
    from grader.authoring.build import Standing

    settled = {Standing.FRESH} if prune else {Standing.FRESH, Standing.UNCLAIMED}
    return any(item.standing not in settled for item in items)


def _word(item: "Item", dry: bool, prune: bool) -> str:
    """What became of a file; in a dry run, how it is."""
    from grader.authoring.build import Standing

    if dry:
        return item.standing.value
    if item.standing is Standing.UNCLAIMED:
        return "removed" if prune else "unclaimed"
    return "unchanged" if item.standing is Standing.FRESH else "written"


def _short(path: Path) -> str:
    """Relative to the current folder, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
