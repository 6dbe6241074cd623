"""Classroom 50's `result.json` (schema `classroom50/result/v1`): a test for every concept.

Its scores are integers, and a concept's points may have hundredths. So all of them are given in
hundredths of a point: 100 points are 10000. That is exact: nothing is rounded, for nobody, and the
maximum is the same for the whole class. The bonus has tests of its own and is not in the total,
which must not exceed its maximum; where only bonus lessons were graded, it is the total.
"""

import json
from collections.abc import Mapping
from typing import Any

from grader.model import ConceptResult, Report, State
from grader.render.told import Setting, present, title_of
from grader.render.untrusted import inert

SCHEMA = "classroom50/result/v1"
SCALE = 100  # scores are hundredths of a point
# The field, and the variable in which Classroom 50 hands it over.
REQUIRED = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
USER = "USERNAME"  # of its first versions
SUBMISSION_PREFIX = "submit/"


def render_classroom50(report: Report, setting: Setting) -> str:
    """One JSON object. `setting.classroom` holds every variable of REQUIRED."""
    earned, possible = report.counted
    data: dict[str, Any] = {
        "schema": SCHEMA,
        **{name: inert(setting.classroom[each]) for name, each in REQUIRED.items()},
        "datetime": report.started,
        "score": _scaled(earned),
        "max-score": SCALE * possible,
        "tests": [_test(each) for each in present(report)],
    }
    if setting.classroom.get(USER):
        data["usernames"] = [inert(setting.classroom[USER])]
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def trouble_with(variables: Mapping[str, str]) -> str | None:
    """Why Classroom 50's collector would refuse a result with these, and the remedy."""
    missing = [each for each in REQUIRED.values() if not variables.get(each, "").strip()]
    if missing:
        return f"needs {', '.join(missing)} in the environment, as Classroom 50's runner sets them"
    tag = variables[REQUIRED["submission"]]
    if not tag.startswith(SUBMISSION_PREFIX):
        return f"needs a SUBMISSION_TAG that begins with {SUBMISSION_PREFIX}, not {tag!r}"
    return None


def _test(concept: ConceptResult) -> dict[str, Any]:
    return {
        "test-name": f"{concept.id}: {title_of(concept)}",
        "passed": concept.state is State.PASSED,
        "score": _scaled(concept.earned),
        "max-score": SCALE * concept.possible,
    }


def _scaled(points: float) -> int:
    return round(SCALE * points)
