"""`mggrade reset`: gaps put back, what was there kept."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import PATH, IdType
from grader.errors import COMPLETE, UsageError

if TYPE_CHECKING:
    from grader.cli.workspace import Workspace
    from grader.course import Concept, Lesson
    from grader.selfstudy.reset import Reset

EPILOG = """\b
Examples:
  mggrade reset mg3.tanh           the gap of one concept, and no other
  mggrade reset mg3                the whole exercise of a lesson
  mggrade reset mg3.tanh --undo    your code of that lesson, as it was before
  mggrade reset --undo             whatever was reset last

\b
Exit codes:
  0  done, or there was nothing to do
  2  the command can't be used as given, or a file can't be changed
"""


@click.command("reset", epilog=EPILOG)
@click.argument(
    "what", metavar="LESSON|CONCEPT", required=False, type=IdType(lessons=True, concepts=True)
)
@PATH
@click.option("--undo", is_flag=True, help="Put back what the last reset took away.")
def command(what: str | None, path: Path | None, undo: bool) -> int:
    """Put the gap of a concept back, or the whole exercise of a lesson, to begin it again.

    LESSON|CONCEPT is an id such as mg3 or mg3.tanh. Your file is kept, with the date, in
    .mggrade/backups/ before anything changes; --undo brings it back, and undoes itself when given
    twice. PATH says where your work is, as in `mggrade check`.
    """
    from grader.cli.workspace import open_workspace
    from grader.course import load_course

    if what is None and not undo:
        raise UsageError("what to reset is missing; for example: mggrade reset mg3.tanh")
    course = load_course()
    is_concept = what is not None and "." in what
    concept = course.concept(what) if what is not None and is_concept else None
    lesson = course.lesson(concept.lesson if concept else what) if what is not None else None
    here = open_workspace(course, path, f"mggrade reset {what or '--undo'}")
    if undo:
        _undo(here, lesson)
    elif lesson is not None:
        _reset(here, lesson, concept)
    return COMPLETE


def _reset(here: "Workspace", lesson: "Lesson", concept: "Concept | None") -> None:
    from grader.selfstudy.reset import reset_concept, reset_lesson

    file, now = here.file_of(lesson.id), datetime.now().astimezone()
    what = concept.id if concept else lesson.id
    if concept is None:
        done = reset_lesson(here.folder, file, lesson, now)
    else:
        done = reset_concept(here.folder, file, lesson, concept, now)
    if done is None:
        is_it = "its gap is there" if concept else "it is as it was handed out"
        click.echo(f"{what}: nothing to reset, {is_it}: {file}")
        return
    gap = "the gap is" if concept else "the exercise is"
    click.echo(f"{what}: {gap} back in {file}")
    _tell(done)
    click.echo(f"undo      mggrade reset {what} --undo")


def _undo(here: "Workspace", lesson: "Lesson | None") -> None:
    from grader.selfstudy.reset import undo

    done = undo(here.folder, lesson, datetime.now().astimezone())
    click.echo(f"{_shown(done.path)} is back as it was")
    _tell(done)
    click.echo("undo      the same command once more")


def _tell(done: "Reset") -> None:
    for each in done.along:
        click.echo(f"with it   {each}: its code stands in the same function")
    for name in done.missing:
        click.echo(f"left out  {name}: there is no such function in the file")
    click.echo(f"kept      {_shown(done.kept)}, with what was there until now")


def _shown(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
