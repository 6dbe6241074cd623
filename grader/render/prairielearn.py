"""PrairieLearn's `results.json` of an external grader: a test for every concept.

`score` is the share of the points from 0 to 1; the bonus has tests of its own and is not in it
(where only bonus lessons were graded, it is the score). Where the grader itself failed or was
stopped, the submission is not `gradable`, which costs the student no attempt.
"""

import json
from typing import Any

from grader.model import ConceptResult, Report
from grader.render.told import (
    Setting,
    account,
    fitted,
    gist,
    present,
    remarks,
    title_of,
    totals,
)

MOST_BYTES = 1_000_000


def render_prairielearn(report: Report, setting: Setting) -> str:
    """One JSON object."""
    return fitted(MOST_BYTES, lambda longest: _document(report, longest))


def _document(report: Report, longest: int) -> str:
    earned, possible = report.counted
    gradable = not (report.infrastructure or report.interrupted)
    data = {
        "gradable": gradable,
        "score": earned / possible if possible else 0.0,
        "message": totals(report),
        "output": "\n".join(remarks(report)),
        "images": [],
        "format_errors": [] if gradable else remarks(report),
        "tests": [_test(each, longest) for each in present(report)],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _test(concept: ConceptResult, longest: int) -> dict[str, Any]:
    return {
        "name": f"{concept.id}: {title_of(concept)}",
        "description": str(concept.state),
        "points": concept.earned,
        "max_points": concept.possible,
        "message": gist(concept),
        "output": account(concept, longest),
    }
