"""`mggrade watch`: check on every save, one concept at a time."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import PATH
from grader.errors import COMPLETE, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from grader.course import Course
    from grader.model import Report
    from grader.watch.interactive import Interactive

EPILOG = """\b
Examples:
  mggrade watch                       the exercises of this folder
  mggrade watch exercises/notebooks   the notebooks
  mggrade watch > verdicts.txt        one line a save, for another program

\b
Keys: h hint, e explain, t text, n next, l list, o open in $EDITOR,
      a run all, ? help, q quit

\b
Exit codes:
  0    you quit with q
  2    the command or the submission can't be used as given
  3    the grader could not do its work; nothing was scored against anyone
  130  interrupted
"""


@click.command("watch", epilog=EPILOG)
@PATH
def command(path: Path | None) -> int:
    """Show the next concept, and check on every save.

    PATH is a folder or a file as in `mggrade check`; without it: exercises/ where there is one,
    else the current folder. Nothing needs to be pressed: write in your editor, and save.
    """
    from grader.cli.memory import with_memory
    from grader.cli.output import console
    from grader.cli.paths import default_path
    from grader.course import load_course
    from grader.intake import is_archive
    from grader.sandbox.hide import hide_this_process
    from grader.submission import read_submission
    from grader.watch.terminal import is_possible

    hide_this_process()
    course = load_course()
    bare = path is None
    path = default_path(course, "mggrade watch") if path is None else path
    if is_archive(path):
        raise UsageError(f"{path} is an archive; unpack it, and watch the folder")
    deep = bool(read_submission(path, course).own) and path.is_dir()
    screen = console()

    def remember(report: "Report") -> "Report":
        return with_memory(report, path, course, bare)

    if not is_possible():
        from grader.watch.plain import Plain

        Plain(path, course, remember, screen).run(deep)
        return COMPLETE
    from grader.watch.interactive import Interactive

    session = Interactive(path, course, remember, screen)
    session.run(deep)
    _goodbye(session, course, screen)
    return COMPLETE


def _goodbye(session: "Interactive", course: "Course", screen: "Console") -> None:
    """Where to go on another day, left on the terminal."""
    from rich.text import Text

    from grader.render.lines import safe

    here = session.board.concept
    if here is None:
        if session.board.complete:
            screen.print(Text("✓ Complete: PyTorch agrees with every number.", "green"))
        return
    goal = f" → {safe(str(here.place))}" if here.place else ""
    text = Text("next: ", "bold cyan").append(f"{here.id}{goal}", "not bold")
    screen.print(text, soft_wrap=True, highlight=False)
