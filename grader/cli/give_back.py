"""`mggrade feedback`: each student's report as files to be given back."""

from pathlib import Path

import click

from grader.errors import COMPLETE, UsageError

EPILOG = """\b
Examples:
  mggrade feedback feedback/                      HTML and Markdown for each
  mggrade feedback feedback.zip --layout moodle   to be uploaded there
  mggrade feedback back.zip --layout gradescope   an autograder
"""


@click.command("feedback", epilog=EPILOG)
@click.argument("target", metavar="FOLDER|FILE.zip", type=click.Path(path_type=Path))
@click.option(
    "--gradebook", metavar="FILE", default="gradebook.sqlite", show_default=True,
    type=click.Path(path_type=Path), help="What mggrade grade has stored.",
)  # fmt: skip
@click.option(
    "--layout", type=click.Choice(["folder", "moodle", "canvas", "gradescope"]), default="folder",
    show_default=True, help="How the files are named and laid out.",
)  # fmt: skip
def command(target: Path, gradebook: Path, layout: str) -> int:
    """Write each student's report, into a folder or a zip archive."""
    from grader.classroom import feedback
    from grader.classroom.gradebook import Gradebook
    from grader.classroom.standing import standings
    from grader.course import load_course
    from grader.files import write_whole

    titles = {lesson.id: lesson.title for lesson in load_course().lessons}
    with Gradebook(gradebook, reading=True) as book:
        found = list(standings(book))
    nameless = feedback.lacking(found, layout)
    if nameless:
        raise UsageError(
            f"--layout {layout} needs everyone's number there, and {len(nameless)} have none, "
            f"{nameless[0]} among them; grade the platform's download, or a roster with it"
        )
    count = 0
    try:
        if target.suffix == ".zip":
            write_whole(target.resolve(), feedback.archive(feedback.files(found, titles, layout)))
            count = sum(each.report is not None for each in found)
        else:
            for path, text in feedback.files(found, titles, layout):
                place = target / path
                place.parent.mkdir(parents=True, exist_ok=True)
                write_whole(place, text.encode("utf-8", "backslashreplace"))
                count += path.suffix in (".html", ".json")
    except OSError as error:
        raise UsageError(
            f"can't write {target}: {error.strerror or error}; name another place"
        ) from None
    click.echo(f"feedback for {count} → {target}")
    return COMPLETE
