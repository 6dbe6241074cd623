"""The learner's own editor, at the right line."""

import shlex
from collections.abc import Mapping
from pathlib import Path

# How a place is said: `+12 file` is understood by most, `file:12` by these.
COLON = {"code": ["-g"], "codium": ["-g"], "cursor": ["-g"], "subl": [], "zed": [], "hx": []}
PLUS = frozenset({"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "ne"})


def command(environment: Mapping[str, str], file: Path, line: int | None) -> list[str] | None:
    """What opens a file at a line with $VISUAL or $EDITOR; None where neither is set.

    An editor that is not known is given the file alone.
    """
    chosen = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(chosen)
    except ValueError:  # a quotation that does not end
        words = [chosen]
    if not words:
        return None
    name = Path(words[0]).name
    if line is None:
        return [*words, str(file)]
    if name in COLON:
        return [*words, *COLON[name], f"{file}:{line}"]
    return [*words, *([f"+{line}"] if name in PLUS else []), str(file)]
