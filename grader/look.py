"""A look at the source for what an honest submission hardly holds. It warns and never decides.

Line by line, by regular expressions: nothing is parsed. What code may do is decided by the worker.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from grader.submission import Module, Submission

MOST_WARNINGS = 5

# Nothing in the course needs these, and a sealed worker is denied what they are for.
REACHING_OUT = frozenset(
    {"ctypes", "mmap", "multiprocessing", "pty", "resource", "signal", "socket", "subprocess"}
)
# They would do the exercise's work, or look at the grader's.
NOT_FOR_THIS = frozenset(
    {"autograd", "grader", "jax", "micrograd", "pytest", "solutions", "tensorflow", "tinygrad"}
)

_IMPORT = re.compile(r"^\s*(?:from\s+(\w+)[\w.]*\s+import|import\s+([\w., ]+))")
# Explicit directional overrides, embeddings and isolates (Unicode Standard Annex 9).
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_WORD = re.compile(r"\w+")


def warnings(submission: Submission) -> tuple[str, ...]:
    """One line each, at most five, naming file and line."""
    modules = (*submission.lessons.values(), *submission.own)
    own = {module.name.partition(".")[0] for module in modules}
    found = [line for module in modules for line in _of_module(module, own)]
    if len(found) > MOST_WARNINGS:
        rest = len(found) - MOST_WARNINGS
        return (*found[:MOST_WARNINGS], f"{rest} more warnings of this kind")
    return tuple(found)


def _of_module(module: Module, own: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name, code in module.cells:
        for number, line in enumerate(code.split("\n"), 1):
            if line.isascii() and "import" not in line:
                continue  # nothing to be seen in most
            where = f"{name}, line {number}"
            for package in _imports(line) - set(own) - seen:
                seen.add(package)
                if package in REACHING_OUT:
                    yield f"{where}: imports {package}, which nothing here needs"
                elif package in NOT_FOR_THIS:
                    yield f"{where}: imports {package}, which can't be used in an exercise"
            if _DIRECTION.search(line):
                yield f"{where}: hidden marks change the direction of text; it may read otherwise"
            for word in _mixed(line):
                if word not in seen:
                    seen.add(word)
                    yield f"{where}: the name {word!r} mixes letters of several alphabets"


def _imports(line: str) -> set[str]:
    match = _IMPORT.match(line)
    if not match:
        return set()
    if match[1]:
        return {match[1]}
    return {part.split()[0].partition(".")[0] for part in match[2].split(",") if part.split()}


def _mixed(line: str) -> Iterator[str]:
    """Names in which Latin letters stand beside look-alikes of other alphabets."""
    code = line.partition("#")[0]
    for word in _WORD.findall(code):
        if word.isascii():
            continue
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in word if letter.isalpha()}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}:
            yield word
