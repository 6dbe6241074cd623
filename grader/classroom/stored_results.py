"""Results taken back to Gradescope, where an autograder alone gives points for code.

The archive is such an autograder, which has graded already: it looks up a submission's number and
hands out the stored `results.json`. The folders of Gradescope's export carry the same numbers.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from grader.classroom.standing import Standing
from grader.errors import UsageError
from grader.render.gradescope import render_gradescope
from grader.render.lines import safe
from grader.render.told import Setting
from grader.render.untrusted import inert

PROGRAMS = ("setup.sh", "run_autograder")  # to be executed there
SETUP = "#!/usr/bin/env bash\n# Nothing to install: the work was graded by mggrade grade.\n"
RUN = '''#!/usr/bin/env python3
"""Hand out what mggrade grade stored for this submission."""

import json
import pathlib
import shutil

here = pathlib.Path(__file__).resolve().parent
number = json.loads((here / "submission_metadata.json").read_text(encoding="utf-8"))["id"]
stored = here / "source" / "results" / f"submission_{number}.json"
target = here / "results" / "results.json"
target.parent.mkdir(exist_ok=True)
if stored.exists():
    shutil.copyfile(stored, target)
else:
    told = "Not graded yet: this came after your teacher's last run."
    target.write_text(json.dumps({"output": told, "tests": []}), encoding="utf-8")
'''


def autograder(standings: Sequence[Standing]) -> Iterator[tuple[PurePosixPath, str]]:
    """The files of the archive. Raises UsageError where nothing came from Gradescope's export, or
    where those who handed in together have different totals: a submission has one there."""
    graded = [each for each in standings if each.report is not None and each.total is not None]
    mine = [each for each in graded if re.fullmatch(r"submission_\d+", each.label)]
    if not mine:
        raise UsageError(
            "--layout gradescope needs the numbers of submissions, and there is none; grade "
            "Gradescope's own export of the submissions"
        )
    first: dict[str, Standing] = {}
    for each in mine:
        other = first.setdefault(each.label, each)
        if other.total != each.total:
            raise UsageError(
                f"{other.student.shown} and {each.student.shown} handed in {each.label} together "
                f"and have {other.total} and {each.total}; Gradescope knows one total for both"
            )
    yield PurePosixPath("setup.sh"), SETUP
    yield PurePosixPath("run_autograder"), RUN
    for label, standing in first.items():
        yield PurePosixPath("results", f"{label}.json"), _results(standing)


def _results(standing: Standing) -> str:
    """`results.json` with the total of the gradebook, and why it is not the sum of the tests."""
    if standing.report is None or standing.total is None:
        raise ValueError("a standing without a verdict has no results")
    data = json.loads(render_gradescope(standing.report, Setting()))
    lines = [data["output"]]
    if standing.penalty:
        lines.append(f"late: -{standing.penalty}")
    for one in standing.adjustments:
        of = f" ({one.concept})" if one.concept else ""
        lines.append(f"{one.points}{of}: {safe(inert(one.reason))} ({safe(inert(one.author))})")
    lines += [
        f"{safe(inert(each.text))} ({safe(inert(each.author))})" for each in standing.comments
    ]
    data |= {"score": float(standing.total), "output": "\n".join(lines)}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
