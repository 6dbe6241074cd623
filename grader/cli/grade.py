"""`mggrade grade`: grade a class into its gradebook."""

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.classroom.holding import held
from grader.cli.class_bar import progress_bar
from grader.cli.options import read_seed, split_ids
from grader.cli.signals import sigterm_interrupts
from grader.errors import COMPLETE, INFRASTRUCTURE, INTERRUPTED, UsageError

if TYPE_CHECKING:
    from grader.classroom.roster import Student
    from grader.classroom.session import ClassHandins, Tally
    from grader.sandbox.shared import Door

EPILOG = """\b
Examples:
  mggrade grade submissions.zip --roster class.csv   a download
  mggrade grade clones/ --lesson mg1,mg2 --seed seed.txt
  mggrade grade late.zip --due 2026-11-24T23:59 --late 10%/day,cap=50%
  mggrade grade clones/ --regrade mg3.tanh         who lacks some points

\b
Exit codes:
  0    everything handed in has its result
  2    the command, a file or the gradebook can't be used as given
  3    the grader itself failed on some; the same command tries these again
  130  interrupted; run the same command again to go on
"""
MOST_NAMES = 10


@click.command("grade", epilog=EPILOG)
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--gradebook", "gradebook", metavar="FILE", default="gradebook.sqlite", show_default=True,
    type=click.Path(path_type=Path), help="Where results are stored; made where there is none.",
)  # fmt: skip
@click.option(
    "--roster", metavar="CSV", type=click.Path(path_type=Path),
    help="Who is in the class: columns such as name, id, email, username, section.",
)  # fmt: skip
@click.option(
    "--lesson", "lessons", metavar="ID", multiple=True, callback=split_ids,
    help="Grade this lesson only; repeat it, or write mg3,mg4.",
)  # fmt: skip
@click.option(
    "--seed", "seed_file", metavar="FILE", type=click.Path(path_type=Path),
    help="A file with the class's secret seed, a whole number.",
)  # fmt: skip
@click.option("--due", metavar="TIME", help="When it had to be in, such as 2026-11-24T23:59.")
@click.option(
    "--late", metavar="RULE",
    help="What being late costs: 10%/day,grace=30m,cap=50% or 1/hour. Each hour or day that has "
    "begun counts.",
)  # fmt: skip
@click.option(
    "--extensions", metavar="CSV", type=click.Path(path_type=Path),
    help="More time for some: columns student and extension (2d, 12h, or a time). A column "
    "submitted tells when they handed in.",
)  # fmt: skip
@click.option(
    "--regrade", metavar="WHAT", multiple=True, callback=split_ids,
    help="Grade anew: a student, a lesson, a concept, 'changed' (since the grader did), 'all'.",
)  # fmt: skip
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="Processes that grade; by default one a core, and half as many more for large classes.",
)
@click.option(
    "--isolation", type=click.Choice(["full", "auto", "none"]), default="auto", show_default=True,
    help="How to seal the processes that run the code; see mggrade check.",
)  # fmt: skip
@click.option(
    "--notebooks", type=click.Choice(["auto", "execute", "cells"]), default="auto",
    show_default=True, help="How to read notebooks; see mggrade check.",
)  # fmt: skip
@click.option(
    "--scheduler", metavar="ADDRESS|local:N",
    help="Grade on a dask cluster, or on N workers of one here (needs the extra cluster).",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Show only the last lines.")
def command(
    sources: Sequence[Path],
    gradebook: Path,
    roster: Path | None,
    lessons: Sequence[str],
    seed_file: Path | None,
    due: str | None,
    late: str | None,
    extensions: Path | None,
    regrade: Sequence[str],
    jobs: int | None,
    isolation: str,
    notebooks: str,
    scheduler: str | None,
    quiet: bool,
) -> int:
    """Grade a class: everything that was handed in, into its gradebook.

    SOURCES are folders or archives: a bulk download of Canvas, Moodle or Gradescope, a folder with
    a folder or file for each student, clones of repositories. What has a stored result for the
    same files, course and seed is not graded again.
    """
    with held():  # Python 3.11 forgets its exit code when an import is interrupted
        from grader.classroom import lateness, session
        from grader.classroom.crew import usual_jobs
        from grader.classroom.gradebook import Gradebook
        from grader.classroom.marking import Setup, wanted_at_once
        from grader.classroom.roster import read_roster
        from grader.classroom.timing import read_extensions
        from grader.course import load_course
        from grader.sandbox.hide import hide_this_process
        from grader.sandbox.shared import SharedZygotes

    hide_this_process()
    course = load_course()
    asked = tuple(course.lesson(each).id for each in lessons)
    seed = read_seed(seed_file) if seed_file else course.seed
    setup = Setup(seed, asked, isolation, notebooks)
    settings: dict[str, object] = {"course": course.title}
    if due:
        settings["due"] = lateness.read_time(due).isoformat()
    if late:
        settings["late"] = lateness.to_data(lateness.read_penalty(late))
    students: Sequence[Student] = read_roster(roster) if roster else ()
    with (
        sigterm_interrupts(),
        Gradebook(gradebook, create=True) as book,
        SharedZygotes() as zygotes,
    ):
        for kind in () if scheduler else wanted_at_once(setup, course):
            zygotes.warm(kind, course.limits)  # this takes longer than all that comes before
        known = students or book.roster()
        handed_in = session.collect(sources, known, course)
        if not handed_in.pieces:
            _say_matching(handed_in, quiet=False)
            raise UsageError("no hand-in belongs to a student of the roster; look at its columns")
        everyone = {**{each.key: each for each in known}, **handed_in.students}
        if extensions:
            told = read_extensions(extensions, list(everyone.values()), due or book.setting("due"))
            settings["extensions"] = {**(book.setting("extensions") or {}), **told.extensions}
            handed_in = told.timed(handed_in)
        book.set(settings)
        if students:
            book.enrol(students, roster=True)
        book.enrol(
            [each for key, each in handed_in.students.items() if key in handed_in.pieces],
            roster=False,
        )
        again = session.regrading(regrade, book, course, everyone)
        _say_matching(handed_in, quiet)
        try:
            jobs = jobs or usual_jobs(len(handed_in.pieces))
            with _crew(scheduler, jobs, zygotes.door) as crew:
                began = time.monotonic()
                with progress_bar(quiet) as progress:
                    tally = session.run(
                        book, handed_in, course, setup, crew, again=again, progress=progress
                    )
                seconds = time.monotonic() - began
        except KeyboardInterrupt:
            click.echo(
                f"mggrade: interrupted; what was graded is in {gradebook}. "
                "Run the same command again to go on",
                err=True,
            )
            return INTERRUPTED
        _say_result(tally, gradebook, seconds)
        if book.setting("due"):
            _say_untimed(handed_in)
    return INFRASTRUCTURE if tally.outcomes.get("fault") else COMPLETE


@contextmanager
def _crew(scheduler: str | None, jobs: int, door: "Door") -> "Generator[Crew]":
    if scheduler:
        from grader.classroom.cluster import cluster_crew

        with cluster_crew(scheduler) as crew:
            yield crew
    else:
        from grader.classroom.crew import LocalCrew

        with LocalCrew(jobs, door) as local:
            yield local


def _say_matching(handed_in: "ClassHandins", quiet: bool) -> None:
    """Who handed in without being on the roster, and who is on it and did not."""
    matched = handed_in.matched
    if quiet:
        return
    strangers = [each.label for each in matched.strangers if each.label not in matched.doubtful]
    if strangers:
        _say_names("not on the roster, not graded", strangers)
    for label, keys in matched.doubtful.items():
        click.echo(f"not graded: {label} may be any of {', '.join(keys)}; name it by an id")
    if matched.missing:
        _say_names("nothing handed in", [each.shown for each in matched.missing])


def _say_names(what: str, names: Sequence[str]) -> None:
    from grader.render.lines import safe

    shown = ", ".join(safe(each) for each in names[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    click.echo(f"{what} ({len(names)}): {shown}{more}")


def _say_result(tally: "Tally", gradebook: Path, seconds: float) -> None:
    from grader.render.lines import safe

    graded = tally.done - tally.kept
    rate = f", {graded / seconds:.1f} a second" if graded and seconds > 0 else ""
    kept = f" · {tally.kept} kept from before" if tally.kept else ""
    shared = f" · {tally.shared} the same as another's" if tally.shared else ""
    for who, message in tally.faults[:MOST_NAMES]:
        click.echo(f"{safe(who)}: {safe(message)}")
    if len(tally.faults) > MOST_NAMES:
        click.echo(f"and {len(tally.faults) - MOST_NAMES} more like these")
    click.echo(f"{graded} graded in {seconds:.1f} s{rate}{kept}{shared} → {gradebook}")


def _say_untimed(handed_in: "ClassHandins") -> None:
    untimed = sum(not each.submitted for each in handed_in.owners.values())
    if untimed:
        click.echo(
            f"no time known for {untimed}: they count as in time; "
            "a column submitted in --extensions tells it"
        )


if TYPE_CHECKING:
    from grader.classroom.crew import Crew
