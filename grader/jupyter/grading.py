"""From a session's cells to an answer: a submission made of them, graded, put into words."""

import contextlib
import io
import json
import tempfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from grader.cli.hint import paragraphs, print_paragraphs, take
from grader.cli.memory import with_memory
from grader.cli.options import SeedType
from grader.course import Concept, Course, load_course
from grader.errors import SubmissionError, UsageError
from grader.intake import Unreadable, read_file
from grader.jupyter.choice import is_whole_micrograd, lesson_of, sorted_ids, told
from grader.model import ConceptResult, Report, State
from grader.progress import load, workspace
from grader.render.cell import render_cell, render_hint_cell
from grader.submission import NOTEBOOK_MIB

OWN = "micrograd"  # the file's name for a whole engine in one session

ARGUMENTS = click.Command(
    "%mggrade",
    params=[
        click.Argument(["ids"], nargs=-1),
        click.Option(["--hint"], is_flag=True),
        click.Option(["--all", "every"], is_flag=True),
        click.Option(["--seed"], type=SeedType()),
    ],
    add_help_option=False,
)


@dataclass(frozen=True)
class Session:
    """What the kernel told. `folder` is the notebook's."""

    folder: Path
    notebook: str | None
    cells: Sequence[str]
    width: int

    @property
    def code(self) -> str:
        """All of its code."""
        return "\n".join(self.cells)


def respond(request: dict[str, Any]) -> dict[str, str]:
    """The answer, `text` and `html`. Raises GraderError, and what click raises."""
    asked = ARGUMENTS.make_context("%mggrade", list(request["arguments"])).params
    session = Session(
        Path(request["folder"]), request["notebook"], request["cells"], request["width"]
    )
    course = load_course()
    lessons, concepts = sorted_ids(course, asked["ids"])
    for each in lessons:
        course.lesson(each)
    if asked["every"] and not asked["hint"]:
        raise UsageError("--all is for hints; write %mggrade CONCEPT --hint --all")
    if asked["hint"] and len(concepts) == 1 and not lessons:
        return _hint(course, course.concept(concepts[0]), session, asked["every"])
    report = graded(course, session, lessons, concepts, asked["seed"])
    if not asked["hint"]:
        return _answer(course, report, session)
    left = [each for each in report.concepts if each.state not in (State.PASSED, State.ABSENT)]
    if not left:
        raise UsageError("all of it has passed, there is nothing to hint at; well done")
    return _hint(course, course.concept(left[0].id), session, asked["every"])


def graded(
    course: Course,
    session: Session,
    lessons: Sequence[str],
    concepts: Sequence[str],
    seed: int | None = None,
) -> Report:
    """The session's report, remembered beside its notebook if that is a lesson. Raises
    GraderError."""
    from grader import grade

    asked = dict.fromkeys([*lessons, *(course.concept(each).lesson for each in concepts)])
    with _submission(course, session, list(asked)) as (folder, home):
        if not asked and home is not None:
            lessons = [home]
        try:
            report = grade.check(
                folder, lessons=lessons, concepts=concepts, seed=seed, course=course
            )
        except SubmissionError as error:
            raise SubmissionError(str(error).replace(str(folder), "this session")) from None
    return report if home is None else with_memory(report, session.folder, course, bare=True)


@contextlib.contextmanager
def _submission(
    course: Course, session: Session, asked: Sequence[str]
) -> Generator[tuple[Path, str | None]]:
    """A private folder with the session as a notebook, one cell for each execution, and the other
    lessons as they are on disk; and which lesson the session is."""
    home = lesson_of(course, session.code, session.notebook, asked)
    there = {lesson.id: _on_disk(session.folder / lesson.file) for lesson in course.lessons}
    absent = [each for each in asked if each != home and there[each] is None]
    own = home is None or course.lesson(home).file != session.notebook
    own = own and is_whole_micrograd(course, session.code)
    if absent and not own and told(course.lesson(absent[0]), session.code):
        home = absent.pop(0)
    if absent and not own:
        lesson = course.lesson(absent[0])
        raise SubmissionError(
            f"nothing of {lesson.id} is here: no {lesson.file}.ipynb or .py beside this notebook, "
            "and no cell of it was run; run its cells first"
        )
    if not own and (home in asked or not asked):
        _ensure_work(course, home, session)
    with tempfile.TemporaryDirectory(prefix="mggrade-") as temporary:
        folder = Path(temporary) / (session.folder.name or "session")
        folder.mkdir()
        if own or home is not None:
            name = OWN if own else course.lesson(str(home)).file
            (folder / f"{name}.ipynb").write_text(_notebook(session.cells), encoding="utf-8")
        for lesson_id, file in there.items():
            if file is not None and not own and lesson_id != home:
                _copy(file, folder, needed=lesson_id in asked)
        yield folder, None if own else home


def _ensure_work(course: Course, home: str | None, session: Session) -> None:
    if home is None:
        raise UsageError(
            "no cell that was run in this session defines anything of the course; run the cells of "
            "a lesson first, then %mggrade again"
        )
    if not told(course.lesson(home), session.code):
        raise UsageError(
            f"no cell that was run in this session defines anything of {home}; run its cells "
            "first, then this one again"
        )


def _on_disk(stem: Path) -> Path | None:
    there = [stem.with_name(f"{stem.name}{suffix}") for suffix in (".ipynb", ".py")]
    return next((file for file in there if file.is_file()), None)


def _copy(file: Path, folder: Path, needed: bool) -> None:
    try:
        (folder / file.name).write_bytes(read_file(file, NOTEBOOK_MIB << 20))
    except Unreadable as error:
        if needed:  # else the reference's lesson stands in for it
            raise SubmissionError(f"{file.name} {error}") from None


def _notebook(cells: Sequence[str]) -> str:
    """Numbered from 1 without a gap, so that a place names the number in the cell's brackets."""
    listed = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in cells
    ]
    data = {"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(data, ensure_ascii=True)


def _answer(course: Course, report: Report, session: Session) -> dict[str, str]:
    titles = {lesson.id: lesson.title for lesson in course.lessons}
    return {
        "text": _text(course, report, session, titles),
        "html": render_cell(report, titles),
    }


def _text(course: Course, report: Report, session: Session, titles: dict[str, str]) -> str:
    from grader.render.explain import render_explain
    from grader.render.text import render_text

    screen, written = _screen(session.width)
    if len(report.concepts) > 1:
        render_text(report, screen, titles=titles, explain="%mggrade")
    else:
        result = report.concepts[0]
        concept = course.concept(result.id)
        hint, taken = _taken(concept, session)
        render_explain(result, screen, hint=hint, taken=taken, ask=_ask(concept))
        for note in report.notes:
            screen.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)
    if any(_in_a_cell(each) for each in report.concepts):
        screen.print("\ncell n is the one marked [n]", soft_wrap=True, markup=False)
    return written.getvalue().rstrip("\n")


def _in_a_cell(concept: ConceptResult) -> bool:
    return concept.place is not None and concept.place.cell is not None


def _hint(course: Course, concept: Concept, session: Session, every: bool) -> dict[str, str]:
    hints = take(course, concept, workspace(session.folder), False, every)
    check, ask = f"%mggrade {concept.id}", _ask(concept)
    screen, written = _screen(session.width)
    print_paragraphs(paragraphs(hints, check, ask), screen)
    if hints.trouble:
        screen.print(f"note: {hints.trouble}", markup=False, highlight=False, soft_wrap=True)
    lines: Iterator[str] = (each.plain for each in paragraphs(hints, check, ask))
    next(lines)  # the title
    words = [each for each in (*lines, hints.trouble) if each]
    return {
        "text": written.getvalue().rstrip("\n"),
        "html": render_hint_cell(concept.title, concept.id, words),
    }


def _taken(concept: Concept, session: Session) -> tuple[str | None, int]:
    """The hint that was taken last, and how many were."""
    try:
        taken = load(workspace(session.folder)).of(concept.id).hints
    except UsageError:  # no reason to withhold the explanation
        taken = 0
    taken = min(taken, len(concept.hints))
    return (concept.hints[taken - 1] if taken else None), taken


def _ask(concept: Concept) -> str:
    return f"%mggrade {concept.id} --hint"


def _screen(width: int) -> tuple[Any, io.StringIO]:
    from rich.console import Console

    written = io.StringIO()
    # Plain whatever the kernel's environment says: ipykernel sets FORCE_COLOR.
    screen = Console(
        file=written, width=max(40, width), force_terminal=False, force_jupyter=False,
        color_system=None,
    )  # fmt: skip
    return screen, written
