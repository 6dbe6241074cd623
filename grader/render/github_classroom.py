"""The legacy GitHub Classroom's result: JSON in base64, for the step output `result` (version 3).

A test for every concept. `fail` is what is wrong or still to be written, `error` what raised, or
what the grader could not do. Tests of the bonus are beyond `max_score`.
"""

import base64
import json
from typing import Any

from grader.model import ConceptResult, Report, State
from grader.render.told import (
    Setting,
    account,
    file_of,
    fitted,
    gist,
    is_graders,
    line_of,
    place_of,
    present,
    program_of,
    remarks,
    title_of,
    totals,
)

VERSION = 3
MOST_BYTES = 1 << 20  # of a step output


def render_github_classroom(report: Report, setting: Setting) -> str:
    """One line of base64."""
    return fitted(MOST_BYTES, lambda longest: _line(report, setting, longest))


def _line(report: Report, setting: Setting, longest: int) -> str:
    data = {
        "version": VERSION,
        "status": _status(report),
        "message": "\n".join([totals(report), *remarks(report)]),
        "max_score": report.counted[1],
        "tests": [
            _test(number, each, setting, longest)
            for number, each in enumerate(present(report), start=1)
        ],
    }
    return base64.b64encode(json.dumps(data).encode()).decode("ascii") + "\n"


def _test(number: int, concept: ConceptResult, setting: Setting, longest: int) -> dict[str, Any]:
    place = place_of(concept)
    return {
        "name": f"{concept.id}: {title_of(concept)}",
        "status": _test_status(concept),
        "message": gist(concept),
        "test_code": program_of(concept, longest),
        "task_id": number,
        "filename": file_of(place, setting) if place else "",
        "line_no": (line_of(place) or 0) if place else 0,
        "duration": 0,
        "score": concept.earned,
        "max_score": concept.possible,
        "output": account(concept, longest),
    }


def _status(report: Report) -> str:
    if report.infrastructure or report.interrupted:
        return "error"
    return "pass" if report.complete else "fail"


def _test_status(concept: ConceptResult) -> str:
    if concept.state is State.PASSED:
        return "pass"
    return "error" if concept.state is State.ERROR or is_graders(concept) else "fail"
