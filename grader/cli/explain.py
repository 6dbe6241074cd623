"""`mggrade explain`: why a concept fails, and how to think about it."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import PATH, IdType, SeedType
from grader.errors import COMPLETE, INFRASTRUCTURE, UsageError

if TYPE_CHECKING:
    from grader.model import Report

EPILOG = """\b
Examples:
  mggrade explain mg3.tanh-backward           in the exercises of this folder
  mggrade explain mg3.backward my_micrograd.py

\b
Exit codes:
  0    it has been explained, or there was nothing to explain
  2    the command or the submission can't be used as given
  3    the grader itself could not do its work
  130  interrupted
"""


@click.command("explain", epilog=EPILOG)
@click.argument("concept_id", metavar="CONCEPT", type=IdType(concepts=True))
@PATH
@click.option(
    "--seed", metavar="N|random", type=SeedType(),
    help="Draw other numbers and expressions than the course's own.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the concept's result as JSON instead.")
def command(concept_id: str, path: Path | None, seed: int | None, as_json: bool) -> int:
    """Explain why a concept fails: what happened, how to think about it, where to look.

    CONCEPT is an id such as mg3.tanh-backward. PATH is what `mggrade check` grades; without it:
    exercises/ where there is one, else the current folder.
    """
    from grader import grade, progress
    from grader.cli.output import console, write_stdout
    from grader.cli.paths import default_path
    from grader.course import load_course
    from grader.sandbox.hide import hide_this_process

    hide_this_process()
    course = load_course()
    concept = course.concept(concept_id)
    named = "" if path is None else shlex.quote(str(path))
    path = default_path(course, f"mggrade explain {concept.id}") if path is None else path
    report = grade.check(path, concepts=[concept.id], seed=seed, course=course)
    if as_json:
        write_stdout(_json(report))
        return _exit_code(report)
    try:
        taken = progress.load(progress.workspace(path)).of(concept.id).hints
    except UsageError as error:  # no reason to withhold the explanation
        click.echo(f"mggrade: {error}", err=True)
        taken = 0
    from grader.render.explain import render_explain

    taken = min(taken, len(concept.hints))
    hint = concept.hints[taken - 1] if taken else None
    render_explain(report.concepts[0], console(), hint=hint, taken=taken, path=named)
    return _exit_code(report)


def _json(report: "Report") -> str:
    """The concept as it stands in the whole report."""
    import json

    from grader.render.json_format import report_to_data

    concept = report_to_data(report)["concepts"][0]
    return json.dumps(concept, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _exit_code(report: "Report") -> int:
    return INFRASTRUCTURE if report.infrastructure else COMPLETE
