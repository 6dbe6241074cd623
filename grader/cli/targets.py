"""Which formats of a report were asked for, and where each goes: --format, --output, shorthands."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import UsageError
from grader.render.formats import FORMATS

if TYPE_CHECKING:
    from grader.course import Course
    from grader.model import Report
    from grader.render.told import Setting

STDOUT = "-"
ORDER = "mggrade.order"


@dataclass(frozen=True)
class Target:
    """A format and the file for it; None is standard output."""

    format: str
    file: Path | None


class FormatsCommand(click.Command):
    """A command whose every --output belongs to the --format before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As always; the order of these two options is remembered for `targets`."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[ORDER] = [each.name for each in order if each.name in ("formats", "outputs")]
        return super().parse_args(ctx, args)


def targets(
    formats: Sequence[str], outputs: Sequence[str], json_file: str | None, html_file: str | None
) -> list[Target]:
    """What is to be written where, in the order asked for.

    Raises UsageError, before any work is done, for what can't be meant or can't be written.
    """
    if html_file == STDOUT:
        raise UsageError("--html needs a file; for example --html report.html")
    order = click.get_current_context().meta.get(ORDER, [])
    found = [*_paired(order, formats, outputs)]
    found += [_target("json", json_file)] if json_file is not None else []
    found += [_target("html", html_file)] if html_file is not None else []
    on_stdout = [each.format for each in found if each.file is None]
    if len(on_stdout) > 1:
        raise UsageError(
            f"{' and '.join(on_stdout)} can't share standard output; "
            f"give one of them a file: --format {on_stdout[0]} --output FILE"
        )
    files = [each.file for each in found if each.file]
    places = [each.resolve() for each in files]
    for file in files:
        if places.count(file.resolve()) > 1 and not _is_device(file):
            raise UsageError(f"two formats would overwrite each other in {file}; name two files")
        from grader.cli.output import ensure_writable

        ensure_writable(file)
    if any(each.format == "classroom50" for each in found):
        from grader.render.classroom50 import trouble_with

        trouble = trouble_with(os.environ)
        if trouble:
            raise UsageError(f"--format classroom50 {trouble}")
    return found


def setting_for(path: Path, course: "Course") -> "Setting":
    """What formats need to know of this run: titles, where the files lie, the classroom."""
    from grader.render.classroom50 import REQUIRED, USER
    from grader.render.told import Setting

    titles = {lesson.id: lesson.title for lesson in course.lessons}
    known = {name: os.environ.get(name, "") for name in (*REQUIRED.values(), USER)}
    return Setting(titles, _folder(path), known)


def write_targets(found: Sequence[Target], report: "Report", setting: "Setting") -> None:
    """Write every format asked for, whole or not at all. Raises UsageError."""
    from grader.cli.output import write_file, write_stdout
    from grader.render.formats import render

    for each in found:
        text = render(each.format, report, setting)
        if each.file is None:
            write_stdout(text)
        else:
            write_file(each.file, text)


def _paired(
    order: Sequence[str], formats: Sequence[str], outputs: Sequence[str]
) -> Iterator[Target]:
    """`--format junit --output a.xml --format text` is junit to a.xml, and text to stdout."""
    left_formats, left_outputs = iter(formats), iter(outputs)
    waiting: str | None = None
    for name in order:
        if name == "formats":
            if waiting is not None:
                yield Target(waiting, None)
            waiting = next(left_formats)
        else:
            file = next(left_outputs)
            if waiting is None:
                raise UsageError(
                    f"--output {file} has no format; write it before: "
                    f"--format {_guess(file)} --output {file}"
                )
            yield _target(waiting, file)
            waiting = None
    if waiting is not None:
        yield Target(waiting, None)


def _target(name: str, file: str) -> Target:
    return Target(name, None if file == STDOUT else Path(file))


def _guess(file: str) -> str:
    known = {".json": "json", ".html": "html", ".xml": "junit", ".md": "markdown"}
    return known.get(Path(file).suffix, next(iter(FORMATS)))


def _is_device(file: Path) -> bool:
    return file.exists() and not file.is_file()


def _folder(path: Path) -> str | None:
    """The folder of the graded files, from here; empty for this one, None within an archive."""
    from grader.intake import is_archive

    if path.is_file() and is_archive(path):
        return None
    folder = os.path.relpath(path if path.is_dir() else path.parent)
    return "" if folder == os.curdir else Path(folder).as_posix()
