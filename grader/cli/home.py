"""`mggrade` alone: how one stands and what is next; where there is no course, how to begin."""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.output import console, print_lines
from grader.course import load_course

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from grader.cli.workspace import Workspace

# The commands that a learner needs every day, as far as they are installed.
_DAILY = {
    "next": "the task, in words",
    "watch": "stays here, and checks whenever you save",
    "check": "checks what you have written",
    "list": "the map of the course",
    "graduate": "at the end: a package of your micrograd",
}
_WELCOME = """\
Learn backpropagation by building micrograd, checked against PyTorch.

There is no course in this folder. To begin one:

  mggrade init micrograd-course    eight lessons, as files to fill in
  cd micrograd-course
  mggrade next                     the first task

To grade work that is somewhere else: mggrade check PATH
All commands: mggrade --help"""


def show(commands: Collection[str]) -> None:
    """Print it. `commands` are those that there are. Raises SubmissionError or UsageError where
    there are lessons, but they or what is remembered can't be read."""
    from grader.cli.workspace import open_workspace
    from grader.selfstudy.setting_up import is_workspace

    course, screen = load_course(), console()
    if not (is_workspace(course, Path()) or is_workspace(course, Path(), "")):
        screen.print(_WELCOME, highlight=False, soft_wrap=True)
        return
    here = open_workspace(course, None, "mggrade check")
    print_lines(_status(here, screen, commands), screen)


def _status(here: "Workspace", screen: "Console", commands: Collection[str]) -> Iterator["Text"]:
    from rich.text import Text

    from grader.render.lines import out_of, safe, wrapped
    from grader.selfstudy.map_text import age, bar_line, next_lines
    from grader.selfstudy.progress_text import streak_words
    from grader.selfstudy.streak import streak

    now, stands = datetime.now().astimezone(), here.standing()
    yield Text(safe(stands.title), "bold")
    yield bar_line(stands, screen)
    passed = sum(each.done for each in stands.concepts)
    facts = [
        f"{passed} of {len(stands.concepts)} concepts passed",
        f"bonus {out_of(*stands.totals(bonus=True))}",
    ]
    days = streak(here.known.days, now.date())
    if days.current > 1:
        facts.append(streak_words(days).partition(" (")[0])
    yield from wrapped(screen, Text(" · ".join(facts)), 0, 2)
    yield from wrapped(screen, Text(age(stands, now), "dim"), 0, 2)
    yield Text()
    yield from next_lines(stands, screen)
    yield Text()
    for name, what in [*_DAILY.items(), ("--help", "all commands")]:
        if name in commands or name.startswith("-"):
            yield Text("  ").append(f"mggrade {name:<9}", "cyan").append(f" {what}", "dim")
