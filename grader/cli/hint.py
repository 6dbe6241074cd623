"""`mggrade hint`: the next of a concept's three hints."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import PATH, IdType
from grader.errors import COMPLETE, UsageError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from grader.course import Concept, Course

WIDEST = 88
EPILOG = """\b
Examples:
  mggrade hint mg3.tanh-backward           the next one of three
  mggrade hint mg3.tanh-backward --again   the one you took last

\b
Exit codes:
  0  here it is
  2  the command can't be used as given
"""


@click.command("hint", epilog=EPILOG)
@click.argument("concept_id", metavar="CONCEPT", type=IdType(concepts=True))
@PATH
@click.option("--again", is_flag=True, help="Show the hint that was taken last, and take none.")
@click.option("--all", "every", is_flag=True, help="Show all three.")
def command(concept_id: str, path: Path | None, again: bool, every: bool) -> int:
    """Give the next hint for a concept; there are three, from a nudge to nearly the answer.

    CONCEPT is an id such as mg3.tanh-backward. How many you have taken is remembered in .mggrade/,
    beside the exercises; PATH says which, as in `mggrade check`.
    """
    if again and every:
        raise UsageError("--again and --all exclude each other; choose one")
    from grader import progress
    from grader.cli.output import console
    from grader.cli.paths import default_path
    from grader.course import load_course

    course = load_course()
    concept = course.concept(concept_id)
    named = "" if path is None else f" {shlex.quote(str(path))}"
    if path is None:
        path = default_path(course, f"mggrade hint {concept.id}")
    elif not path.exists():
        raise UsageError(f"no such file or folder: {path}")
    hints = take(course, concept, progress.workspace(path), again, every, named)
    ask = f"mggrade hint {concept.id}{named}"
    screen = console()
    print_paragraphs(paragraphs(hints, f"mggrade check{named}", ask), screen)
    if hints.trouble:  # the hint has been given all the same
        click.echo(f"mggrade: {hints.trouble}", err=True)
    return COMPLETE


@dataclass(frozen=True)
class Hints:
    """The hints to show, by number; how many had been taken before, and how many are now.

    `solution` is the command that shows the reference's code, empty where there is none; `trouble`
    why this can't be remembered.
    """

    concept: "Concept"
    shown: tuple[int, ...]
    before: int
    taken: int
    solution: str
    trouble: str = ""


def take(
    course: "Course", concept: "Concept", folder: Path, again: bool, every: bool, named: str = ""
) -> Hints:
    """The next hint of a concept, the last one again, or all; remembered in the workspace.

    `named`: the path as it was given, after a blank, for the command that is told.
    """
    from grader import progress
    from grader.selfstudy.solution import solution

    known, count = progress.load(folder), len(concept.hints)
    before = min(known.of(concept.id).hints, count)
    taken = count if every else before if again and before else before + 1
    shown = range(1, count + 1) if every else [taken] if taken <= count else []
    trouble = ""
    if before < taken <= count:
        try:
            progress.save(folder, known.with_hints(concept.id, taken))
        except UsageError as error:
            trouble = str(error)
    there = solution(course.lesson(concept.lesson), concept)
    command = f"mggrade solution {concept.id}{named} --give-up" if there else ""
    return Hints(concept, tuple(shown), before, taken, command, trouble)


def paragraphs(hints: Hints, check: str, ask: str) -> Iterator["Text"]:
    """The hints in words. `check` and `ask` are how to check again, and to ask for a hint."""
    from rich.text import Text

    from grader.render.lines import safe

    concept, count = hints.concept, len(hints.concept.hints)
    yield Text(safe(concept.title), "bold").append(f" · {concept.id}", "not bold dim")
    for number in hints.shown:
        yield Text()
        yield Text(f"Hint {number} of {count}", "bold")
        yield Text(concept.hints[number - 1])
    yield Text()
    if not hints.shown:
        yield Text(f"All {count} hints are taken. To read them again, add --all.")
    if hints.taken < count:
        yield Text(f"Try it, then: {safe(check)}", "dim")
        yield Text(f"The next hint: {safe(ask)}", "dim")
        return
    if hints.shown and hints.before < count:
        yield Text("That was the last hint.", "dim")
    if hints.solution:
        yield Text("The solution, when you have tried long enough (reports will say so):", "dim")
        yield Text(f"  {safe(hints.solution)}", "dim")


def print_paragraphs(told: Iterable["Text"], screen: "Console") -> None:
    """Wrap them to the screen, but not wider than is good to read."""
    for paragraph in told:
        for line in paragraph.wrap(screen, max(20, min(screen.width, WIDEST))):
            line.rstrip()
            screen.print(line, soft_wrap=True, highlight=False)
