"""What platforms are told where there is no report: a hand-in that can't be used, a grader that
failed."""

import json
from typing import Any

from grader.render.exercism import LONGEST_MESSAGE, VERSION
from grader.render.told import shortened
from grader.render.untrusted import inert


def refused(platform: str, message: str, *, graders: bool) -> str | None:
    """The platform's results with nothing in them but the message.

    graders: the grader is to blame. Gradescope has no words for that: None, since without results
    it says that the autograder failed, and scores nothing.
    """
    text = shortened(inert(message), LONGEST_MESSAGE)
    data: dict[str, Any]
    if platform == "gradescope":
        if graders:
            return None
        data = {"score": 0.0, "output": text, "output_format": "text", "visibility": "visible"}
        data |= {"stdout_visibility": "hidden", "tests": []}
    elif platform == "prairielearn":
        data = {"gradable": False, "score": 0.0, "message": text, "format_errors": [text]}
        data |= {"tests": []}
    else:
        data = {"version": VERSION, "status": "error", "message": text, "tests": []}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
