"""exercism's results of a test runner (version 3): a test for every concept, in course order.

It knows passed and not, and no points. `error` is the whole where nothing could be judged: no
lesson loads, the grader failed, or it was stopped.
"""

import json
from itertools import groupby
from typing import Any

from grader.model import CheckResult, ConceptResult, Report, State
from grader.render.states import fault_of, trouble_of
from grader.render.told import (
    Setting,
    account,
    is_graders,
    present,
    program_of,
    shortened,
    title_of,
)
from grader.render.untrusted import inert
from grader.render.verdict import message_of

VERSION = 3
LONGEST_OUTPUT = 500
LONGEST_MESSAGE = 65_535


def render_exercism(report: Report, setting: Setting) -> str:
    """One JSON object."""
    error = _error(report)
    data: dict[str, Any] = {
        "version": VERSION,
        "status": "error" if error else "pass" if _passed(report) else "fail",
        "message": shortened(error, LONGEST_MESSAGE) if error else None,
        "tests": [] if error else [_test(each) for each in present(report)],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _error(report: Report) -> str:
    """Why there is nothing to judge; empty where there is."""
    trouble = trouble_of(report)
    if trouble:
        return "\n".join(trouble)
    lessons = [list(each) for _, each in groupby(present(report), key=lambda one: one.lesson)]
    faults = [fault_of(lesson) for lesson in lessons]
    if not all(faults):
        return ""
    return "\n".join(dict.fromkeys(_fault_text(fault) for fault in faults if fault))


def _fault_text(fault: CheckResult) -> str:
    text = message_of(fault)
    return inert(f"{fault.place}: {text}" if fault.place else text)


def _passed(report: Report) -> bool:
    return all(each.state is State.PASSED for each in present(report))


def _test(concept: ConceptResult) -> dict[str, Any]:
    return {
        "name": f"{concept.id}: {title_of(concept)}",
        "test_code": program_of(concept),
        "status": _status(concept),
        "message": None if concept.state is State.PASSED else account(concept),
        "output": _output(concept),
        "task_id": _number(concept.lesson),
    }


def _status(concept: ConceptResult) -> str:
    if concept.state is State.PASSED:
        return "pass"
    return "error" if concept.state is State.ERROR or is_graders(concept) else "fail"


def _output(concept: ConceptResult) -> str | None:
    """What the code printed."""
    text = "\n".join(check.output.strip("\n") for check in concept.checks if check.output)
    return shortened(inert(text), LONGEST_OUTPUT) or None


def _number(lesson: str) -> int:
    digits = "".join(filter(str.isdigit, lesson))
    return int(digits or 0)
