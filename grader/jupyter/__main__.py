"""The grading process of `%mggrade`: requests on standard input, answers on standard output."""

import json
import os
import sys
from typing import Any

import click

from grader.errors import GraderError
from grader.sandbox.hide import hide_this_process


def main() -> None:
    """Answer requests, a line each, until there are no more: `text` and `html`, or else `error`."""
    hide_this_process()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(request: dict[str, Any]) -> dict[str, str]:
    """See `grader.jupyter.magic` for what a request holds."""
    from grader.jupyter.grading import respond

    try:
        os.chdir(request["folder"])
        return respond(request)
    except GraderError as error:
        return {"error": str(error)}
    except click.ClickException as error:
        message = error.format_message().rstrip(".")
        return {"error": f"{message[:1].lower()}{message[1:]} (see %mggrade?)"}
    except OSError as error:
        return {"error": f"{error}; mend it, then try again"}
    except KeyboardInterrupt:
        return {"error": "interrupted"}


if __name__ == "__main__":
    main()
