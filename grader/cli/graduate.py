"""`mggrade graduate`: the learner's lessons as a package of their own."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import COMPLETE

if TYPE_CHECKING:
    from rich.text import Text

    from grader.course import Course
    from grader.graduation import Graduation, NotYet

MOST_LEFT = 8
EPILOG = """\b
Examples:
  mggrade graduate                        these lessons, into my-micrograd/
  mggrade graduate ~/code/micrograd-2026  into another folder
  mggrade graduate --lessons notebooks    of other lessons

\b
Exit codes:
  0    the package is written
  1    not all of lessons 2 to 7 passes yet; nothing was written
  2    the command can't be used as given; nothing was written
  3    the grader itself could not do its work; nothing was written
  130  interrupted
"""


@click.command("graduate", epilog=EPILOG)
@click.argument("folder", metavar="[DIR]", default="my-micrograd", type=click.Path(path_type=Path))
@click.option(
    "--lessons", metavar="PATH", type=click.Path(path_type=Path),
    help="Where your lessons are; by default exercises/ where there is one, else this folder.",
)  # fmt: skip
@click.option(
    "--isolation", type=click.Choice(["full", "auto", "none"]), default="auto", show_default=True,
    help="How to seal the process that runs the code, as in mggrade check.",
)  # fmt: skip
def command(folder: Path, lessons: Path | None, isolation: str) -> int:
    """Make a package of your own out of your lessons.

    When lessons 2 to 7 pass, your code is merged into micrograd/engine.py and micrograd/nn.py, in a
    new folder DIR (my-micrograd by default) that pip can install. A network made of it is trained
    on two moons, and graduation.html shows what it has learned.
    """
    from datetime import date

    from grader.cli.output import console
    from grader.cli.paths import default_path
    from grader.course import load_course
    from grader.graduation import NotYet, graduate
    from grader.sandbox.hide import hide_this_process

    hide_this_process()
    course = load_course()
    path = default_path(course, "mggrade graduate --lessons") if lessons is None else lessons
    screen = console()
    try:
        with _progress() as progress:
            made = graduate(
                path,
                folder,
                course=course,
                today=date.today(),
                isolation=isolation,
                progress=progress,
            )
    except NotYet as found:
        for line in not_yet_lines(found, course):
            screen.print(line, soft_wrap=True, highlight=False)
        return found.exit_code
    for line in made_lines(made):
        screen.print(line, soft_wrap=True, highlight=False)
    return COMPLETE


@contextmanager
def _progress() -> Generator[Callable[[str], None]]:
    """A passing line on a terminal's stderr; nothing in a pipe."""
    import sys

    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from grader.cli.output import console

    with console(stderr=True).status("starting …", spinner_style="dim") as status:
        yield lambda step: status.update(f"{step} …")


def not_yet_lines(found: "NotYet", course: "Course") -> Iterator["Text"]:
    """What is missing, and where to go on."""
    from rich.text import Text

    from grader.render.lines import safe
    from grader.render.states import STATES

    yield Text(
        "Not yet: a package is made of lessons 2 to 7, and all of them have to pass.", "bold"
    )
    for name in found.missing:
        yield Text(f"  {name}.py is not there (nor {name}.ipynb)")
    for each in found.left[:MOST_LEFT]:
        glyph, word, style = STATES[each.state]
        yield Text("  ").append(f"{glyph} {word:<8}", style).append(f" {each.id:<24} {each.title}")
    if len(found.left) > MOST_LEFT:
        yield Text(f"  … and {len(found.left) - MOST_LEFT} more")
    if found.left:
        first = found.left[0]
        place = f" → {safe(str(first.place))}" if first.place else ""
        yield Text(f"next: {first.id}{place}")
    yield Text("Nothing was written. Come back when mggrade check is content.", "dim")


def made_lines(made: "Graduation") -> Iterator["Text"]:
    """What was made, and what to do with it."""
    from rich.text import Text

    from grader.render.lines import safe

    folder, plane = safe(str(made.folder)), made.trained.boundary
    losses = made.trained.curve.yours
    named = {f"{folder}/micrograd/{name}.py": count for name, count in made.lines.items()}
    page = f"{folder}/graduation.html"
    wide = max(map(len, [*named, page]))
    yield Text("You have written a micrograd. Here it is, a package of your own:", "bold")
    for name, count in named.items():
        yield Text(f"  {name:<{wide}}  {count} lines of code")
    yield Text(f"  {page:<{wide}}  what a network of yours has learned")
    yield Text()
    yield Text(
        f"It grades as your lessons did. Trained on two moons, its loss went from {losses[0]:.1f}"
    )
    yield Text(
        f"to {losses[-1]:.2f}, and {made.trained.right} of {len(plane.points)} points lie on "
        "their own side of its line."
    )
    yield Text()
    yield Text("Install it, and it is yours to import:")
    yield Text(f"  pip install {'' if made.folder.is_absolute() else './'}{folder}")
    yield Text('  python -c "from micrograd import Value; print(Value(2) * 3 + 1)"')
