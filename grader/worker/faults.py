"""An exception of the student's code as plain data: type, message, and their own frames only."""

import linecache
from typing import Any

LONGEST = 500
_files: set[str] = set()


def register(filename: str, code: str) -> None:
    """Tell that `filename` is the student's, and what stands in it."""
    _files.add(filename)
    linecache.cache[filename] = (lambda: code,)  # made into lines when it is asked for one


def describe(error: BaseException) -> dict[str, Any]:
    """`type`, `message`, and `frames` (file, line, function, text), the innermost last."""
    frames: list[list[Any]] = []
    trace = error.__traceback__
    while trace is not None and len(frames) < 1000:
        code = trace.tb_frame.f_code
        if code.co_filename in _files:
            text = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            frames.append([code.co_filename, trace.tb_lineno, code.co_name, text[:200]])
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename in _files:
        frames.append([error.filename, error.lineno, "", (error.text or "").strip()[:200]])
    return {
        "type": type(error).__name__[:100],
        "message": _message(error),
        "frames": frames[:1] + frames[1:][-4:],
    }


def _message(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return str(text)[:LONGEST]
    except BaseException:  # a __str__ of the student's may do anything
        return "(its message can't be shown)"
