"""What a package runs in its platform's container: `python -m grader.platforms.run`.

A hand-in that can't be used is told to the student in the platform's format. Where the grader
itself fails there are no results, or such as cost nothing, and the exit code is 3.
"""

import contextlib
import shutil
import signal
import sys
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from grader import grade
from grader.course import Course, load_course
from grader.errors import (
    COMPLETE,
    INFRASTRUCTURE,
    GraderError,
    InfrastructureError,
    SubmissionError,
)
from grader.files import write_whole
from grader.model import Report
from grader.platforms.answers import CACHE, FOLDER
from grader.platforms.settings import Settings, read_settings
from grader.render.formats import render
from grader.render.refusal import refused
from grader.render.told import Setting
from grader.sandbox.hide import hide_this_process
from grader.stopping import stop


def main(arguments: Sequence[str]) -> int:
    """Grade with a package: its folder, the submission, the file for the results. The exit code."""
    package, submission, results = map(Path, arguments)
    hide_this_process()
    try:
        settings = read_settings(package)
    except GraderError as error:
        return _failed(str(error))
    text: str | None
    try:
        text, code = _graded(settings, package, submission), COMPLETE
    except SubmissionError as error:
        text, code = refused(settings.platform, str(error), graders=False), COMPLETE
    except (Exception, KeyboardInterrupt) as error:
        told = str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
        code = _failed(told)
        text = refused(settings.platform, "the grader itself failed; nothing is lost", graders=True)
    if text is not None:
        try:
            write_whole(results, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            return _failed(f"can't write {results}: {error.strerror or error}")
    return code


def _graded(settings: Settings, package: Path, submission: Path) -> str:
    course = _slowed(load_course(), settings)
    # What the answers are of, where PyTorch is not there to say it; see answers.py.
    sys.path.insert(0, str(package / FOLDER))
    with TemporaryDirectory(prefix="mggrade-") as cache, _at_most(settings.seconds):
        # A copy, since what is packaged may be read-only, and a cache writes even when it reads.
        try:
            shutil.copy(package / FOLDER / CACHE, cache)
        except OSError as error:
            raise InfrastructureError(f"no answers ({error}); make the package again") from None
        try:
            report = grade.check(
                _lessons_below(submission, course),
                concepts=settings.concepts,
                seed=settings.seed,
                isolation=settings.isolation,
                cache_folder=Path(cache),
                course=course,
            )
        except grade.Interrupted as stopped:
            report = stopped.report
    titles = {lesson.id: lesson.title for lesson in course.lessons}
    setting = Setting(titles, "", secret_seed=settings.secret)
    return render(settings.platform, _with_notes(report, settings), setting)


def _slowed(course: Course, settings: Settings) -> Course:
    """With the limits that fit the container: a share of a processor, little memory."""
    limits, slowness = course.limits, settings.slowness
    return replace(
        course,
        limits=replace(
            limits,
            program_seconds=limits.program_seconds * slowness,
            lesson_seconds=limits.lesson_seconds * slowness,
            cell_seconds=limits.cell_seconds * slowness,
            notebook_seconds=limits.notebook_seconds * slowness,
            memory_mib=min(limits.memory_mib, settings.memory_mib),
        ),
    )


def _lessons_below(submission: Path, course: Course) -> Path:
    """The folder of the submission that lessons lie in, the highest of several: a repository has
    them in `exercises`. The submission itself where there are none."""
    names = {each.file + suffix for each in course.lessons for suffix in (".py", ".ipynb")}
    folders = {
        path.parent
        for path in submission.rglob("mg*")
        if path.name in names and not path.relative_to(submission).parts[0].startswith(".")
    }
    return min(folders, key=lambda each: (len(each.parts), each), default=submission)


def _with_notes(report: Report, settings: Settings) -> Report:
    if not settings.left_out:
        return report
    note = f"not graded here, for want of PyTorch: {', '.join(settings.left_out)}"
    return replace(report, notes=(*report.notes, note))


@contextlib.contextmanager
def _at_most(seconds: float) -> Generator[None]:
    """Interrupted after that long, as by Ctrl-C: what has been graded by then is reported, before
    the platform ends it all without a word."""
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _failed(why: str) -> int:
    print(f"mggrade: {why}", file=sys.stderr)
    return INFRASTRUCTURE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
