"""Promises that are kept by running: the checks, the solutions, the untouched exercises."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.authoring.build import as_notebook, as_script
from grader.authoring.notebook import notebook
from grader.authoring.workshop import Workshop
from grader.course import Lesson
from grader.errors import InfrastructureError
from grader.grade import check
from grader.harness import Session, collect
from grader.model import ConceptResult, Outcome, State

# A lesson and its single source to what is handed in, by the suffix of its file.
Forms = dict[str, Callable[[Lesson, str], str]]


def check_suites(workshop: Workshop) -> Iterator[str]:
    """Every concept has at least one check in its lesson's suite; no check is for another one."""
    for lesson in workshop.course.lessons:
        path = workshop.suite(lesson)
        if not path.is_file():
            continue  # a finding of check_files
        file = workshop.show(path)
        try:
            spoken_for = _concepts_of(path)
        except InfrastructureError as error:
            yield f"{file}: {error}; mend it"
            continue
        known = {concept.id for concept in lesson.concepts}
        for concept_id in sorted(known - spoken_for):
            yield f"{file}: no check for {concept_id}; write one"
        for concept_id in sorted(spoken_for - known):
            yield (
                f"{file}: a check for {concept_id}, which {lesson.id} does not have; "
                f"use one of {', '.join(sorted(known))}"
            )


def check_solutions(workshop: Workshop) -> Iterator[str]:
    """The solutions earn every point by themselves, as scripts and as notebooks."""
    forms: Forms = {
        ".py": lambda lesson, source: source,
        ".ipynb": lambda lesson, source: notebook(lesson.id, source),
    }
    for suffix, result in _results(workshop, forms):
        if result.state is not State.PASSED or result.carried:
            file = workshop.show(workshop.solution(workshop.course.lesson(result.lesson)))
            why = _why(result, Outcome.PASSED)
            how = "passed with the reference's help" if result.carried else result.state
            yield f"{file}: as {suffix}, {result.id} is {how}{why}; mend it or that check"


def check_exercises(workshop: Workshop) -> Iterator[str]:
    """The untouched exercises earn nothing, and every concept is todo."""
    forms: Forms = {".py": lambda lesson, source: as_script(source), ".ipynb": as_notebook}
    for suffix, result in _results(workshop, forms):
        if result.state is not State.TODO or result.earned:
            why = _why(result, Outcome.TODO)
            path = workshop.exercise(workshop.course.lesson(result.lesson)).with_suffix(suffix)
            yield (
                f"{path.name}: untouched, {result.id} is {result.state}{why}; "
                "let that check reach the stub, or mark more of the solution"
            )


def _concepts_of(suite: Path) -> set[str]:
    """The concepts that the checks of one suite speak for."""
    found: set[str] = set()

    def body(session: Session) -> None:
        found.update(session.concepts)

    collect([suite], body)
    return found


def _results(workshop: Workshop, forms: Forms) -> Iterator[tuple[str, ConceptResult]]:
    """The score of every concept, for submissions made from the sources in each form."""
    sources = dict(workshop.sources())
    ready = [lesson.id for lesson in sources if workshop.suite(lesson).is_file()]
    if len(ready) < len(workshop.course.lessons):
        missing = [each.id for each in workshop.course.lessons if each.id not in ready]
        raise InfrastructureError(
            f"course.toml: {', '.join(missing)} can't be run; complete their files first"
        )
    for suffix, form in forms.items():
        with tempfile.TemporaryDirectory() as folder:
            for lesson, source in sources.items():
                path = Path(folder, f"{lesson.file}{suffix}")
                path.write_text(form(lesson, source), encoding="utf-8")
            report = check(folder, course=workshop.course, fresh=True)
        for result in report.concepts:
            yield suffix, result


def _why(result: ConceptResult, expected: Outcome) -> str:
    """The first check with another outcome than the expected one, in brackets."""
    for each in result.checks:
        if each.outcome is not expected:
            return f" ({each.id}: {each.message or each.outcome})"
    return ""
