"""A solution's text as learners get it: gaps, figures without their marks, and in a script formulas
in plain characters."""

import re
from collections.abc import Collection

from grader import formulas, regions


def exercise(source: str, filled: Collection[str] = ()) -> str:
    """The exercise with formulas as TeX, for a notebook; the regions of the concepts `filled` are
    no gaps. Raises MarkerError."""
    return f"{regions.exercise(without_marks(source), filled).rstrip()}\n"


def script(source: str, filled: Collection[str] = ()) -> str:
    """The same as a script."""
    return formulas.in_script(exercise(source, filled))


def without_marks(text: str) -> str:
    """The text with its figures and without the marks around them: see authoring/figures.py."""
    return _MARK.sub("", text)


_MARK = re.compile(r"^# <!-- (?:graph\b[^>]*|end of the graph) -->\n(?:#\n)?", re.MULTILINE)
