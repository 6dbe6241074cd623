"""`mggrade check`: grade a submission and show what to do next."""

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import PATH, IdType, SeedType, Threshold, ThresholdType, split_ids
from grader.errors import COMPLETE, INCOMPLETE, INFRASTRUCTURE, UsageError

if TYPE_CHECKING:
    from grader.course import Course, Lesson
    from grader.model import Report

EPILOG = """\b
Examples:
  mggrade check                       the exercises of this folder
  mggrade check --lesson mg3,mg4 -v   two lessons, every check listed
  mggrade check my_micrograd.py       a micrograd of your own
  mggrade check --html report.html    a page with the graphs of what went wrong

\b
Exit codes:
  0    everything asked for is complete, or --fail-under is met
  1    incomplete, or under the threshold
  2    the command or the submission can't be used as given
  3    the grader itself could not do its work; nothing was scored against anyone
  130  interrupted
"""


@click.command("check", epilog=EPILOG)
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
    "--json", "json_file", metavar="FILE|-",
    help="Write the report as JSON; - is standard output, and nothing else goes there.",
)  # fmt: skip
@click.option(
    "--html", "html_file", metavar="FILE",
    help="Write the report as a web page: one file, with graphs, to be opened in any browser.",
)  # fmt: skip
@click.option(
    "--annotate", "annotated", metavar="FILE|FOLDER",
    help="Write a copy of the notebook with feedback after each graded cell: a .ipynb file, or a "
    "folder for one or several. The notebook itself is never overwritten.",
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
@click.option("--fresh", is_flag=True, help="Run unchanged lessons again as well.")
def command(
    path: Path | None,
    lessons: Sequence[str],
    concepts: Sequence[str],
    seed: int | None,
    json_file: str | None,
    html_file: str | None,
    annotated: str | None,
    threshold: Threshold | None,
    quiet: bool,
    verbose: bool,
    isolation: str,
    fresh: bool,
) -> int:
    """Grade a submission, concept by concept, against PyTorch.

    PATH is a folder with lesson files, one such file (.py or .ipynb), or a micrograd of your own.
    Without it: exercises/ where there is one, else the current folder.
    """
    if quiet and verbose:
        raise UsageError("--quiet and --verbose exclude each other; choose one")
    to_stdout = json_file == "-"
    if html_file == "-":
        raise UsageError("--html needs a file; for example --html report.html")
    if annotated == "-":
        raise UsageError("--annotate needs a file or folder; for example --annotate feedback.ipynb")
    for file in (None if to_stdout else json_file, html_file):
        if file:
            from grader.cli.output import ensure_writable

            ensure_writable(Path(file))

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
    write_annotated = _annotating(path, course, asked, annotated) if annotated else None
    with _progress(asked, shown=not quiet) as progress:
        report = grade.check(
            path,
            lessons=lessons,
            concepts=concepts,
            seed=seed,
            fresh=fresh,
            isolation=isolation,
            course=course,
            progress=progress,
        )
    report = with_memory(report, path, course, bare)
    if json_file:
        _write_json(report, json_file)
    if html_file:
        _write_html(report, course, html_file)
    if write_annotated:
        write_annotated(report)
    if not to_stdout:
        _show(report, course, verbose, quiet)
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


def _write_json(report: "Report", target: str) -> None:
    from grader.cli.output import write_file, write_stdout
    from grader.render.json_format import render_json

    text = render_json(report)
    if target == "-":
        write_stdout(text)
    else:
        write_file(Path(target), text)


def _write_html(report: "Report", course: "Course", target: str) -> None:
    from grader.cli.output import write_file
    from grader.render.html import render_html

    titles = {lesson.id: lesson.title for lesson in course.lessons}
    write_file(Path(target), render_html(report, titles))


def _annotating(
    path: Path, course: "Course", lessons: "Sequence[Lesson]", target: str
) -> "Callable[[Report], None]":
    """What writes the copies with feedback; raises early where that can't be done."""
    from grader.cli.feedback import copies, write_copies
    from grader.submission import read_submission

    submission = read_submission(path, course)
    planned = copies(submission, [lesson.id for lesson in lessons], Path(target))
    return lambda report: write_copies(submission, planned, report, course)


def _show(report: "Report", course: "Course", verbose: bool, quiet: bool) -> None:
    from grader.cli.output import console
    from grader.render.text import render_text

    titles = {lesson.id: lesson.title for lesson in course.lessons}
    render_text(report, console(), titles=titles, verbose=verbose, quiet=quiet)


def _exit_code(report: "Report", threshold: Threshold | None) -> int:
    if report.infrastructure:
        return INFRASTRUCTURE
    if threshold is None:
        return COMPLETE if report.complete else INCOMPLETE
    if threshold.met(report):
        return COMPLETE
    click.echo(f"mggrade: {threshold.shortfall(report)}", err=True)
    return INCOMPLETE
