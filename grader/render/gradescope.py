"""Gradescope's `results.json`: a test for every concept, bonus on top as extra credit.

`score` is the score and the bonus together, as Gradescope knows one number; `extra_data` has them
apart. All text is shown as plain text. Where the grader failed on a concept, it has no status, and
what could be earned is what is left of it.
"""

import json
from typing import Any

from grader.model import ConceptResult, Report, State
from grader.render.told import (
    Setting,
    account,
    fitted,
    is_graders,
    present,
    remarks,
    title_of,
    totals,
    with_bonus,
)

MOST_BYTES = 1 << 20


def render_gradescope(report: Report, setting: Setting) -> str:
    """One JSON object."""
    return fitted(MOST_BYTES, lambda longest: _document(report, setting, longest))


def _document(report: Report, setting: Setting, longest: int) -> str:
    data = {
        "score": with_bonus(report),
        "execution_time": round(report.seconds, 3),
        "output": "\n".join([totals(report), *remarks(report)]),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "score": report.score,
            "max_score": report.max_score,
            "bonus": report.bonus,
            "max_bonus": report.max_bonus,
            "complete": report.complete,
            "interrupted": report.interrupted,
            **({} if setting.secret_seed else {"seed": report.seed}),
            "grader": report.grader_version,
            "course_version": report.course_version,
        },
        "tests": [
            _test(number, each, longest) for number, each in enumerate(present(report), start=1)
        ],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _test(number: int, concept: ConceptResult, longest: int) -> dict[str, Any]:
    status = "passed" if concept.state is State.PASSED else "failed"
    return {
        "name": f"{concept.id}: {title_of(concept)}",
        "number": str(number),
        "score": concept.earned,
        "max_score": concept.possible,
        **({} if is_graders(concept) else {"status": status}),
        "output": account(concept, longest),
        "output_format": "text",
        "tags": [concept.lesson, str(concept.state)],
        "visibility": "visible",
    }
