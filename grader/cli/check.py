"""`mggrade check`: grade a submission and show what to do next."""

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import PATH, IdType, SeedType, Threshold, ThresholdType, split_ids
from grader.cli.targets import FormatsCommand, Target, setting_for, targets, write_targets
from grader.errors import COMPLETE, INCOMPLETE, INFRASTRUCTURE, INTERRUPTED, UsageError
from grader.render.formats import FORMATS

if TYPE_CHECKING:
    from grader.course import Course, Lesson
    from grader.model import Report

_USES = "\n".join(f"  {name:<17} {use}" for name, use in FORMATS.items())
EPILOG = f"""\b
Examples:
  mggrade check                       the exercises of this folder
  mggrade check --lesson mg3,mg4 -v   two lessons, every check listed
  mggrade check my_micrograd.py       a micrograd of your own
  mggrade check --html report.html    a page, with graphs of what went wrong
  mggrade check --format junit --output report.xml

\b
Formats:
{_USES}

\b
Exit codes:
  0    everything asked for is complete, or --fail-under is met
  1    incomplete, or under the threshold
  2    the command or the submission can't be used as given
  3    the grader could not do its work; nothing was scored against anyone
  130  interrupted (Ctrl-C, SIGTERM); reports asked for hold what was graded
"""


@click.command("check", cls=FormatsCommand, epilog=EPILOG)
@PATH
@click.option(
    "--lesson", "lessons", metavar="ID", multiple=True, callback=split_ids,
    type=IdType(lessons=True, several=True),
    help="Grade this lesson only; repeat it, or write mg3,mg4.",
)  # fmt: skip
@click.option(
    "--concept", "concepts", metavar="ID", multiple=True, callback=split_ids,
    type=IdType(concepts=True, several=True),
    help="Grade this concept only, for example mg3.tanh; can be repeated.",
)  # fmt: skip
@click.option(
    "--seed", metavar="N|random", type=SeedType(),
    help="Draw other numbers and expressions than the course's own.",
)  # fmt: skip
@click.option(
    "--format", "formats", multiple=True, type=click.Choice([*FORMATS]), metavar="FORMAT",
    help="Write the report in this format (listed below), to the --output that follows; without "
    "one to standard output, where nothing else goes then. Repeat both for several.",
)  # fmt: skip
@click.option(
    "--output", "outputs", multiple=True, metavar="FILE|-",
    help="The file for the --format before it; - is standard output.",
)  # fmt: skip
@click.option(
    "--json", "json_file", metavar="FILE|-",
    help="The same as --format json --output FILE.",
)  # fmt: skip
@click.option(
    "--html", "html_file", metavar="FILE",
    help="The same as --format html --output FILE: a page for any browser, with graphs.",
)  # fmt: skip
@click.option(
    "--annotate", "annotated", metavar="FILE|FOLDER",
    help="Write a copy of the notebook with feedback after each graded cell: a .ipynb file, or a "
    "folder for one or several; with --notebooks execute, its outputs are new. The notebook itself "
    "is never overwritten.",
)  # fmt: skip
@click.option(
    "--fail-under", "threshold", metavar="POINTS|PERCENT%", type=ThresholdType(),
    help="Exit with 0 from this score on (bonus not counted), with 1 below it.",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Show only the score and what is next.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Show every check, and all that your code printed."
)
@click.option(
    "--isolation", type=click.Choice(["full", "auto", "none"]), default="auto", show_default=True,
    help="How to seal the process that runs the code: all layers or exit with 3; what this system "
    "has; resource limits only.",
)  # fmt: skip
@click.option(
    "--notebooks", type=click.Choice(["auto", "execute", "cells"]), default="auto",
    show_default=True,
    help="How to read notebooks: executed where that may make a difference; always executed, cell "
    "by cell, in a sealed kernel; their code cells alone.",
)  # fmt: skip
@click.option("--fresh", is_flag=True, help="Run unchanged lessons again as well.")
def command(
    path: Path | None,
    lessons: Sequence[str],
    concepts: Sequence[str],
    seed: int | None,
    formats: Sequence[str],
    outputs: Sequence[str],
    json_file: str | None,
    html_file: str | None,
    annotated: str | None,
    threshold: Threshold | None,
    quiet: bool,
    verbose: bool,
    isolation: str,
    notebooks: str,
    fresh: bool,
) -> int:
    """Grade a submission, concept by concept, against PyTorch.

    PATH is a folder with lesson files, one such file (.py or .ipynb), or a micrograd of your own.
    Without it: exercises/ where there is one, else the current folder.
    """
    from grader.cli.signals import sigterm_interrupts

    click.get_current_context().with_resource(sigterm_interrupts())
    if quiet and verbose:
        raise UsageError("--quiet and --verbose exclude each other; choose one")
    if annotated == "-":
        raise UsageError("--annotate needs a file or folder; for example --annotate feedback.ipynb")
    wanted = targets(formats, outputs, json_file, html_file)

    from grader import grade
    from grader.cli.memory import with_memory
    from grader.cli.paths import default_path
    from grader.course import load_course
    from grader.sandbox.hide import hide_this_process

    hide_this_process()

    course = load_course()
    asked = _asked(course, lessons, concepts)
    bare = path is None
    path = default_path(course, "mggrade check") if path is None else path
    write_annotated = (
        _annotating(path, course, asked, annotated, isolation if notebooks == "execute" else None)
        if annotated
        else None
    )
    try:
        with _progress(asked, shown=not quiet) as progress:
            report = grade.check(
                path,
                lessons=lessons,
                concepts=concepts,
                seed=seed,
                fresh=fresh,
                isolation=isolation,
                notebooks=notebooks,
                course=course,
                progress=progress,
            )
    except grade.Interrupted as stopped:
        return _interrupted(stopped.report, wanted, path, course)
    report = with_memory(report, path, course, bare)
    others = [each for each in wanted if each != Target("text", None)]
    write_targets(others, report, setting_for(path, course))
    if write_annotated:
        write_annotated(report)
    if all(each.file for each in others):
        _show(report, course, verbose, quiet)
        if bare and _is_whole(report, course):
            click.echo("It is all yours: mggrade graduate makes a package of your lessons.")
    return _exit_code(report, threshold)


def _asked(course: "Course", lessons: Sequence[str], concepts: Sequence[str]) -> "list[Lesson]":
    """The lessons that the options speak of; all of them where there are none."""
    ids = {course.lesson(each).id for each in lessons}
    ids |= {course.concept(each).lesson for each in concepts}
    return [lesson for lesson in course.lessons if not ids or lesson.id in ids]


@contextmanager
def _progress(lessons: "Sequence[Lesson]", shown: bool) -> Generator[Callable[[str], None]]:
    """A passing line on a terminal's stderr; nothing in a pipe or in CI."""
    if not shown or not sys.stderr.isatty() or os.environ.get("CI"):
        yield lambda lesson_id: None
        return
    from grader.cli.output import console

    titles = {lesson.id: lesson.title for lesson in lessons}
    status = console(stderr=True).status("starting …", spinner_style="dim")

    def progress(lesson_id: str) -> None:
        done = list(titles).index(lesson_id)
        status.update(
            f"checking {lesson_id} {titles[lesson_id]} … [dim]{done}/{len(titles)} lessons[/dim]"
        )
        status.start()  # only now: there is nothing to see where nothing has changed

    try:
        yield progress
    finally:
        status.stop()


def _interrupted(report: "Report", wanted: "Sequence[Target]", path: Path, course: "Course") -> int:
    """Write what was graded in time to where reports were asked for."""
    from grader.cli.signals import undisturbed

    with undisturbed():
        write_targets(wanted, report, setting_for(path, course))
    kept = "; the reports hold what was graded until then" if wanted else ""
    click.echo(f"mggrade: interrupted{kept}", err=True)
    return INTERRUPTED


def _annotating(
    path: Path,
    course: "Course",
    lessons: "Sequence[Lesson]",
    target: str,
    isolation: str | None,
) -> "Callable[[Report], None]":
    """What writes the copies with feedback; raises early where that can't be done. With an
    `isolation`, their outputs are those of today."""
    from grader.cli.feedback import copies, write_copies
    from grader.outputs import Outputs, fresh_outputs
    from grader.submission import Module, read_submission

    submission = read_submission(path, course)
    planned = copies(submission, [lesson.id for lesson in lessons], Path(target))

    def outputs(module: Module) -> Outputs | None:
        if isolation is None or module.problem:
            return None
        return fresh_outputs(submission, module, course, isolation)

    return lambda report: write_copies(submission, planned, report, course, outputs)


def _show(report: "Report", course: "Course", verbose: bool, quiet: bool) -> None:
    from grader.cli.output import console
    from grader.render.text import render_text

    titles = {lesson.id: lesson.title for lesson in course.lessons}
    render_text(report, console(), titles=titles, verbose=verbose, quiet=quiet)


def _is_whole(report: "Report", course: "Course") -> bool:
    """Whether the whole course was asked for, is there, and is complete."""
    there = {each.id for each in report.concepts if each.state != "absent"}
    return report.complete and there == {each.id for each in course.concepts}


def _exit_code(report: "Report", threshold: Threshold | None) -> int:
    if report.infrastructure:
        return INFRASTRUCTURE
    if threshold is None:
        return COMPLETE if report.complete else INCOMPLETE
    if threshold.met(report):
        return COMPLETE
    click.echo(f"mggrade: {threshold.shortfall(report)}", err=True)
    return INCOMPLETE
