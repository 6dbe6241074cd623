"""`mggrade solution`: the reference's code for a concept, once one's own has passed."""

import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import PATH, IdType
from grader.errors import COMPLETE, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from grader.cli.workspace import Workspace
    from grader.course import Concept

EPILOG = """\b
Examples:
  mggrade solution mg3.tanh             beside your own, once that has passed
  mggrade solution mg3.tanh --give-up   before that; reports will say so

\b
Exit codes:
  0  here it is
  2  the concept has not passed yet, or the command can't be used as given
  3  the grader itself could not do its work
"""


@click.command("solution", epilog=EPILOG)
@click.argument("concept_id", metavar="CONCEPT", type=IdType(concepts=True))
@PATH
@click.option("--give-up", is_flag=True, help="Show it before it has passed; reports will say so.")
def command(concept_id: str, path: Path | None, give_up: bool) -> int:
    """Show the course's own code for a concept, once yours has passed.

    CONCEPT is an id such as mg3.tanh. Gaps of other concepts in the same function stay gaps, until
    these have passed as well. PATH says where your work is, as in `mggrade check`.
    """
    from grader.cli.output import console
    from grader.cli.workspace import open_workspace
    from grader.course import load_course
    from grader.selfstudy.solution import solution

    course = load_course()
    concept = course.concept(concept_id)
    here = open_workspace(course, path, f"mggrade solution {concept.id}")
    lesson = course.lesson(concept.lesson)
    passed = [each.id for each in lesson.concepts if here.known.of(each.id).passed]
    code = solution(lesson, concept, passed)
    if not code:
        raise UsageError(f"{concept.id} has no code of its own: it tests what you have written")
    remark = ""
    if not _has_passed(here, concept, bare=path is None):
        if not give_up:
            named = f"{concept.id} {shlex.quote(str(path)) if path else ''}".strip()
            raise UsageError(
                f"{concept.id} has not passed yet; a hint: mggrade hint {named}; or, to see the "
                "solution all the same, and have reports say so: "
                f"mggrade solution {named} --give-up"
            )
        _remember_giving_up(here, concept)
        remark = f"Reports will say of {concept.id} that you had a look."
    _print(code, remark, console())
    return COMPLETE


def _has_passed(here: "Workspace", concept: "Concept", bare: bool) -> bool:
    """Whether it ever has, by what is remembered; else whether it does now."""
    if here.known.of(concept.id).passed:
        return True
    from grader import grade
    from grader.cli.memory import with_memory
    from grader.model import State
    from grader.sandbox.hide import hide_this_process

    if concept.lesson not in here.submission.lessons:
        return False
    hide_this_process()
    report = grade.check(here.path, concepts=[concept.id], course=here.course)
    with_memory(report, here.path, here.course, bare)
    return report.concepts[0].state is State.PASSED


def _remember_giving_up(here: "Workspace", concept: "Concept") -> None:
    from grader import progress

    known = progress.load(here.folder)
    if not known.of(concept.id).gave_up:
        when = datetime.now().astimezone()
        progress.save(here.folder, known.with_given_up(concept.id, when))


def _print(code: str, remark: str, screen: "Console") -> None:
    if screen.is_terminal:
        from rich.syntax import Syntax

        theme = "ansi_dark"  # the terminal's own colours
        screen.print(Syntax(code, "python", theme=theme, background_color="default"))
    else:
        screen.print(code, markup=False, soft_wrap=True)
    if remark:
        screen.print(f"\n[dim]{remark}[/dim]", soft_wrap=True)
