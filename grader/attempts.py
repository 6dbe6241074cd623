"""Which sources an attempt at a lesson is made with: the student's alone, or with the reference.

*Error carried forward*: one bug costs one concept. A lesson is run on the student's own earlier
lessons first. What fails there is run again, concept by concept, with the reference's code for
everything but that concept: its earlier lessons, its regions in the place of stubs, its functions
in the place of the student's for the lesson's other concepts. Never lent is the concept itself.
"""

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader import regions
from grader.course import HERE, Concept, Course, Lesson
from grader.errors import InfrastructureError
from grader.model import Place
from grader.sandbox import Graft, Source
from grader.sandbox.zygote import available
from grader.splice import spliced
from grader.submission import Module, Submission


def course_folder(kind: str) -> Path:
    """Where the course's `solutions` or `exercises` are: inside an installed wheel, else beside
    the package in a clone. Raises InfrastructureError."""
    for folder in (HERE / "data" / kind, HERE.parent / kind):
        if folder.is_dir():
            return folder
    raise InfrastructureError(
        f"the course's {kind} are missing from this installation; install mggrade again"
    )


def solutions_folder() -> Path:
    """Where the reference is."""
    return course_folder("solutions")


def reference_text(lesson: Lesson) -> str:
    """The reference's source of a lesson, markers and all."""
    path = solutions_folder() / f"{lesson.file}.py"
    try:
        return _text(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise InfrastructureError(
            f"the reference for {lesson.id} can't be read ({error}); install mggrade again"
        ) from None


@functools.lru_cache(maxsize=16)
def _text(path: Path, changed: int) -> str:
    """Read once, until it is written again."""
    return path.read_text(encoding="utf-8")


def own_sources(
    course: Course, submission: Submission, lesson: Lesson, broken: Collection[str]
) -> list[Source]:
    """The student's lesson on the student's earlier ones. The reference stands in for lessons
    that were not handed in, and for the `broken` ones: not loading, hanging or crashing."""
    sources = []
    for earlier in (*course.earlier(lesson), lesson):
        module = submission.lessons.get(earlier.id)
        if module is None or (earlier.id in broken and earlier is not lesson):
            sources.append(reference_source(earlier))
        else:
            sources.append(source(module, submission.lessons[lesson.id].executed))
    return sources


@dataclass(frozen=True)
class Lent:
    """The student's code for some concepts, the reference's for everything else."""

    sources: tuple[Source, ...]
    graft: Graft
    origins: Mapping[str, tuple[int, ...]]  # by cell: see regions.Filled

    def original(self, place: Place | None) -> Place | None:
        """A place in the student's file as it was handed in."""
        if place is None or place.line is None:
            return place
        cell = place.file if place.cell is None else f"{place.file}[cell {place.cell}]"
        origins = self.origins.get(cell, ())
        return replace(place, line=origins[place.line - 1]) if place.line <= len(origins) else place


def lent_sources(
    course: Course, submission: Submission, concepts: Sequence[Concept], apart: bool = False
) -> Lent:
    """What a second attempt at concepts of one lesson is made with. `apart`: the one concept shares
    a function with another that has failed, and must not be spoiled by it."""
    lesson = course.lesson(concepts[0].lesson)
    text = reference_text(lesson)
    graded = [each.id for each in concepts]
    sources = [reference_source(earlier) for earlier in course.earlier(lesson)]
    module = submission.lessons[lesson.id]
    as_it_is = source(module, module.executed)
    filled = {name: regions.fill(code, text, *graded) for name, code in as_it_is.cells}
    if apart:
        filled = {name: spliced(each, text, graded[0]) for name, each in filled.items()}
    cells = tuple((name, each.text) for name, each in filled.items())
    sources.append(replace(as_it_is, cells=cells))
    own = {name for each in concepts for name in each.names}
    others = {name for each in lesson.concepts for name in each.names} - own
    donor = regions.without(text, *graded)
    return Lent(
        tuple(sources),
        Graft(((f"{lesson.file}.py", donor),), tuple(sorted(others))),
        {name: each.origins for name, each in filled.items()},
    )


def stranger_sources(submission: Submission) -> list[Source]:
    """A micrograd of someone's own: its modules as they are."""
    kernel = any(module.executed for module in submission.own)
    return [source(module, kernel) for module in submission.own]


def worker_kind(sources: Collection[Source]) -> str:
    """The kind of worker: with numpy where the code asks for it, plain otherwise."""
    codes = [code for source in sources for _, code in source.cells if "numpy" in code]
    asks = any(re.search(r"\bnumpy\b", code) for code in codes)
    return "numpy" if asks and available("numpy") else "plain"


def reference_source(lesson: Lesson, text: str | None = None) -> Source:
    """The reference's lesson as a module; `text` in the place of its own."""
    code = reference_text(lesson) if text is None else text
    return Source(lesson.file, ((f"{lesson.file}.py", code),), ours=True)


def source(module: Module, kernel: bool) -> Source:
    """A file as a source; `kernel`: for one, where notebooks need not be plain Python."""
    executed = kernel and module.executed
    cells = module.written if executed else module.cells
    return Source(module.name, cells, keep_going=module.notebook, executed=executed)
