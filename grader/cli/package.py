"""`mggrade package`: the grader as a package for a platform where courses live."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.options import IdType, read_seed, split_ids
from grader.errors import COMPLETE, UsageError

if TYPE_CHECKING:
    from grader.platforms import Package

GRADESCOPE = """  mggrade package gradescope autograder.zip --seed seed.txt
  mggrade package gradescope mg3.zip --lesson mg3
"""
PRAIRIELEARN = """  mggrade package prairielearn image.zip --seed seed.txt
"""
EXERCISM = """  mggrade package exercism runner.zip --lesson mg3
"""
EXAMPLES = "\b\nExamples:\n"
CODES = """
\b
Exit codes:
  0  the package is there
  2  the command or a file can't be used as given
  3  the grader can't grade here, not even the course's own solutions
"""


@click.group("package", invoke_without_command=True, epilog=EXAMPLES + GRADESCOPE + PRAIRIELEARN)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Package the grader for a platform, to be uploaded there.

    A package is a small archive: the grader, the seed, and PyTorch's answers to all that will be
    asked. So PyTorch is not needed where it runs, which saves memory, time, and some gigabytes.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _index(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """An address, or pip's own."""
    if value is not None and value != "default" and "://" not in value:
        raise click.BadParameter(f"{value!r} is neither an address nor 'default'", ctx, param)
    return value


@dataclass(frozen=True)
class Asked:
    """What can be said of any package."""

    out: Path
    lessons: Sequence[str]
    seed_file: Path | None
    torch: str | None
    isolation: str


def options(function: Callable[[Asked], int]) -> Callable[..., int]:
    """The options of any package, handed on as one."""

    @functools.wraps(function)
    def taken(**given: Any) -> int:
        return function(Asked(**given))

    for decorate in (
        click.option(
            "--isolation", type=click.Choice(["full", "auto", "none"]), default="auto",
            show_default=True,
            help="How to seal the process that runs the code; see mggrade check.",
        ),
        click.option(
            "--torch", metavar="INDEX|default", callback=_index,
            help="Have PyTorch installed as well, from this package index (which has builds for "
            "CPUs) or pip's own. Only what needs it in the student's process (mg5.torch-neuron) is "
            "left out without it.",
        ),
        click.option(
            "--seed", "seed_file", metavar="FILE", type=click.Path(path_type=Path),
            help="A file with the class's secret seed, a whole number. It goes into the package, "
            "and into no result.",
        ),
        click.option(
            "--lesson", "lessons", metavar="ID", multiple=True, callback=split_ids,
            type=IdType(lessons=True, several=True),
            help="Grade this lesson only; repeat it, or write mg3,mg4.",
        ),
        click.argument("out", metavar="OUT.zip", type=click.Path(path_type=Path)),
    ):  # fmt: skip
        taken = decorate(taken)
    return taken


@command.command("gradescope", short_help="An autograder.", epilog=EXAMPLES + GRADESCOPE + CODES)
@options
def gradescope(asked: Asked) -> int:
    """Write an autograder for Gradescope's programming assignments.

    OUT.zip is what to upload under Configure Autograder. It needs an image with Python 3.11 or
    newer (or Ubuntu's packages of it), and fits the smallest container: half a processor, 768 MB.
    """
    made = _write("gradescope", asked)
    click.echo(
        "Upload it under Configure Autograder, and set the assignment's points to "
        f"{made.points or made.bonus}."
    )
    return COMPLETE


@command.command(
    "prairielearn", short_help="An external grader.", epilog=EXAMPLES + PRAIRIELEARN + CODES
)
@options
def prairielearn(asked: Asked) -> int:
    """Write the image of an external grader for PrairieLearn.

    OUT.zip holds a Dockerfile and what belongs to it. Keep the image private: the seed is in it.
    """
    _write("prairielearn", asked)
    click.echo(
        "Unpack it, and build the image there: docker build -t NAME .\n"
        "Then name it in the question's externalGradingOptions:\n"
        '  "image": "NAME", "entrypoint": "/mggrade/run.sh", "timeout": 300'
    )
    return COMPLETE


@command.command("exercism", short_help="A test runner.", epilog=EXAMPLES + EXERCISM + CODES)
@options
def exercism(asked: Asked) -> int:
    """Write the image of a test runner as exercism has them: SLUG IN/ OUT/.

    OUT.zip holds a Dockerfile and what belongs to it.
    """
    _write("exercism", asked)
    click.echo("Unpack it, and build the image there: docker build -t NAME .")
    return COMPLETE


def _write(platform: str, asked: Asked) -> "Package":
    """Make the package, and say what is in it."""
    from grader.cli.output import ensure_writable
    from grader.course import load_course
    from grader.files import write_whole
    from grader.platforms import pack
    from grader.sandbox.hide import hide_this_process

    hide_this_process()
    out = asked.out
    ensure_writable(out)
    seed = read_seed(asked.seed_file) if asked.seed_file else None
    made = pack(load_course(), platform, asked.lessons, seed, asked.torch, asked.isolation)
    try:
        write_whole(out.resolve(), made.content)
    except OSError as error:
        raise UsageError(
            f"can't write {out}: {error.strerror or error}; name another file"
        ) from None
    bonus = f" and a bonus of {made.bonus}" if made.bonus else ""
    which = "a seed of your own" if asked.seed_file else "the course's seed, which everybody knows"
    click.echo(f"wrote {out}: {made.points} points{bonus}, with {which}")
    if made.settings.left_out:
        click.echo(f"left out for want of PyTorch there: {', '.join(made.settings.left_out)}")
    return made
