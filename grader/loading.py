"""What became of loading a submission's files, in words for its owner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.course import Concept
from grader.harness import Session
from grader.model import CheckResult, Outcome
from grader.reading import AUTO
from grader.sandbox import Fault, Loaded
from grader.submission import Submission

Checks = Mapping[str, tuple[CheckResult, ...]]  # by concept

MOST_NOTES = 5  # of a notebook's cells
UNSOUND = frozenset({Outcome.TIMEOUT, Outcome.CRASHED, Outcome.PROTOCOL})


def load_fault(loaded: Loaded) -> Fault | None:
    """Why a module could not be loaded."""
    if loaded.ok:
        return None
    fault = loaded.fault or Fault(Outcome.ERROR, "could not be loaded")
    if fault.outcome in UNSOUND:
        return replace(fault, message=f"{fault.message} while the file was loaded; {_GUARD}")
    if fault.type == "SystemExit":
        return replace(fault, message=f"the file ends Python when it is loaded; {_GUARD}")
    if fault.type == "ModuleNotFoundError":
        return replace(fault, message=f"{fault.message}; {_IMPORTABLE}")
    return fault


def hangs(loaded: Loaded, submission: Submission) -> bool:
    """Whether reading a notebook's cells hung or ended Python, and executing it may do better: a
    kernel can interrupt a cell."""
    fault = load_fault(loaded)
    module = next(each for each in submission.modules if each.name == loaded.name)
    may = module.notebook and not module.executed and submission.notebooks == AUTO
    return may and fault is not None and fault.outcome in UNSOUND


def notes_of(loaded: Iterable[Loaded]) -> tuple[str, ...]:
    """What went wrong in cells of notebooks, and in modules beside those that matter."""
    lines = []
    for each in loaded:
        faults = [
            replace(fault, message=_NOBODY) if fault.type == "EOFError" else fault
            for fault in each.faults
        ]
        told = [
            f"{fault.place}: {fault.message}" if fault.place else fault.message for fault in faults
        ]
        lines += told[:MOST_NOTES]
        if len(told) > MOST_NOTES:
            lines.append(f"{each.name}: {len(told) - MOST_NOTES} more cells raised an exception")
    return tuple(dict.fromkeys(lines))


def is_sound(checks: Checks) -> bool:
    """Whether nothing hung or ended the process."""
    return not any(check.outcome in UNSOUND for each in checks.values() for check in each)


def all_alike(session: Session, concepts: Sequence[Concept], fault: Fault) -> Checks:
    """The same fault for every check: the code could not be loaded."""
    return {
        concept.id: tuple(
            CheckResult(identity, concept.id, fault.outcome, fault.message, place=fault.place)
            for identity in session.checks(concept.id)
        )
        for concept in concepts
    }


_NOBODY = "input() has nobody to answer it while grading; write the value into the code"
_GUARD = 'put what only tries things out under if __name__ == "__main__"'
_IMPORTABLE = "only Python's own modules and the files that are graded can be imported"
