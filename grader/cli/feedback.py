"""Where `mggrade check --annotate` writes, and what: copies of the notebooks with feedback."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import GraderError, UsageError

if TYPE_CHECKING:
    from grader.course import Concept, Course
    from grader.model import Report
    from grader.outputs import Outputs
    from grader.submission import Module, Submission


def copies(
    submission: "Submission", lessons: Collection[str], target: Path
) -> "list[tuple[Module, Path]]":
    """The notebooks of these lessons, and where a copy of each goes.

    Raises UsageError before any work is done: where there is no notebook, where one would be
    overwritten, where a copy can't be written.
    """
    modules = [each for name, each in submission.lessons.items() if name in lessons]
    notebooks = [each for each in (*modules, *submission.own) if each.notebook]
    if not notebooks:
        raise UsageError(f"{submission.path}: holds no notebook to annotate; leave --annotate out")
    from grader.cli.output import ensure_writable

    if target.suffix == ".ipynb" and not target.is_dir():
        if len(notebooks) > 1:
            raise UsageError(
                f"{submission.path}: holds {len(notebooks)} notebooks; "
                "give --annotate a folder for their copies"
            )
        planned = [(notebooks[0], target)]
    elif target.exists() and not target.is_dir():
        raise UsageError(f"can't write {target}: name a file that ends in .ipynb, or a folder")
    else:
        planned = [(each, target / _relative(submission, each)) for each in notebooks]
    if not target.is_dir():
        ensure_writable(target)
    folder = submission.path.resolve()
    for module, file in planned:
        if submission.own and folder.is_dir() and file.resolve().is_relative_to(folder):
            raise UsageError(
                f"{file} would lie in {submission.path} and be graded with it from then on; "
                "give --annotate a place outside of it"
            )
        if file.exists() and module.path.exists() and file.samefile(module.path):
            raise UsageError(
                f"--annotate would overwrite {module.path}, the notebook itself; "
                "name another file or folder"
            )
        if file.is_dir():
            ensure_writable(file)
    return planned


def write_copies(
    submission: "Submission",
    planned: "Sequence[tuple[Module, Path]]",
    report: "Report",
    course: "Course",
    outputs: "Callable[[Module], Outputs | None]",
) -> None:
    """Write every notebook with its feedback, whole or not at all. `outputs` tells what its cells
    show now; None: they keep what they came with."""
    from grader.cli.output import write_file
    from grader.intake import Unreadable
    from grader.render.annotate import annotate
    from grader.source_text import read_notebook
    from grader.submission import notebook_bytes

    for module, target in planned:
        try:
            notebook = read_notebook(notebook_bytes(submission, module))
            after = _after(submission, module, course)
            made = annotate(notebook, report, after, outputs(module))
            text = json.dumps(made, indent=1, ensure_ascii=False)
        except (Unreadable, GraderError) as error:
            _say_no_copy(module, str(error))
            continue
        except RecursionError:
            _say_no_copy(module, "is nested too deeply; clear its outputs, and save it again")
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"can't write {target}: {error.strerror or error}") from None
        write_file(target, f"{text}\n")


def _say_no_copy(module: "Module", problem: str) -> None:
    from grader.render.lines import safe

    click.echo(f"mggrade: no copy of {safe(module.path.name)}: it {safe(problem)}", err=True)


def _relative(submission: "Submission", module: "Module") -> Path:
    """A notebook's place in a folder or archive; of a single one, its name."""
    if module.path == submission.path:
        return Path(module.path.name)
    return module.path.relative_to(submission.path)


def _after(
    submission: "Submission", module: "Module", course: "Course"
) -> Mapping[str, int | None]:
    """The concepts whose feedback belongs into a notebook, with the cell that each stands after.

    In a micrograd of several files, it is where the concept is found; what is found nowhere
    belongs to the first notebook.
    """
    if module in submission.lessons.values():
        asked = [each for each in course.concepts if submission.lessons.get(each.lesson) is module]
        return _cells(module, asked)
    first = next(each for each in submission.own if each.notebook)
    here = _cells(module, course.concepts)
    found = {name: cell for name, cell in here.items() if cell is not None}
    if module is not first:
        return found
    others = [
        name
        for other in submission.own
        if other is not module
        for name, cell in _cells(other, course.concepts).items()
        if cell is not None
    ]
    return found | {name: None for name in here if name not in {*found, *others}}


def _cells(module: "Module", concepts: "Sequence[Concept]") -> dict[str, int | None]:
    """The last cell that defines a name of each concept; in a file it is cell 0."""
    from grader.locate import definition_of
    from grader.source_text import cell_number
    from grader.source_tree import read_tree

    tree = read_tree(module.cells)
    cells: dict[str, int | None] = {}
    for concept in concepts:
        found = [each for name in concept.names if (each := tree.find(name)) is not None]
        place = None if found else definition_of(module, concept)  # a cell that does not parse
        numbers = [cell_number(each.file) for each in found]
        numbers += [place.cell or 0] if place else []
        cells[concept.id] = max(numbers, default=None)
    return cells
