"""Where in the student's files to go on working on a concept."""

import re
from collections.abc import Sequence

from grader.course import Concept
from grader.model import CheckResult, Outcome, Place
from grader.regions import definition_pattern, stubs
from grader.submission import Module, Submission


def place_of(
    submission: Submission, concept: Concept, checks: Sequence[CheckResult], blamed: str = ""
) -> Place | None:
    """The stub that is still there; else the line that raised; else the concept's definition.

    `blamed` is the one of its names that a diagnosis speaks of.
    What ended the process while it was being loaded may stand anywhere in the file.
    """
    module = submission.lessons.get(concept.lesson)
    modules = submission.own if module is None else (module,)
    if any(check.outcome is Outcome.TODO for check in checks):
        for each in modules:
            found = _stub(each, concept)
            if found:
                return found
    files = {each.path.name for each in modules}
    for check in checks:
        if check.place is not None and check.place.file in files:
            return check.place
    loaded = not any(_ended_while_loading(check) for check in checks)
    for each in modules if loaded else ():
        found = definition_of(each, concept, blamed)
        if found:
            return found
    return Place(modules[0].path.name) if len(modules) == 1 else None


def definition_of(module: Module, concept: Concept, blamed: str = "") -> Place | None:
    """The last definition of the first of the concept's names that is found, `blamed` before all
    others."""
    for wanted in sorted(concept.names, key=lambda name: name != blamed):
        pattern = definition_pattern(wanted)
        for name, code in reversed(module.cells):
            matches = list(pattern.finditer(code))
            if matches:
                line = code.count("\n", 0, matches[-1].start()) + 1
                return place(module, name, line, wanted.rpartition(".")[2])
    return None


def place(module: Module, cell_name: str, line: int, function: str | None) -> Place:
    """The place of a line of a module's cell."""
    match = re.fullmatch(r".*\[cell (\d+)\]", cell_name)
    return Place(module.path.name, line, function, int(match[1]) if match else None)


def _ended_while_loading(check: CheckResult) -> bool:
    """Before a program could be run."""
    return check.program is None and check.outcome in _ENDED


_ENDED = frozenset({Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.PROTOCOL})


def _stub(module: Module, concept: Concept) -> Place | None:
    for name, code in module.cells:
        for stub in stubs(code):
            if stub.concept == concept.id:
                return place(module, name, stub.line, stub.function or None)
    return None
