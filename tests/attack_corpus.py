"""The attacks of tests/attacks/: read their headers, hand them in, grade them, look around.

Each file tells in its first lines what it tries and what must come of it:

=================  ==========================================================================
`attack`           one sentence
`family`           its folder
`form`             `file` (a micrograd of one's own), `folder` (with more files: the dictionary
                   FILES), or `mg3` (a lesson's file)
`concepts`         what is graded: ids, or `all` of mg1 to mg4 and mg6 to mg8
`modes`            `full` where the attack is for full isolation alone: without it it would do harm,
                   or nothing else
`outcomes`         the outcomes of the checks that did not pass, at full isolation, or `none`
`outcomes-limits`  the same with nothing but resource limits, where it differs
`earns`            the concepts that it honestly earns, or `none`
`earns-limits`     the same with nothing but resource limits, where it differs
`earns-cells`      the same as a notebook with a cell for each statement, where that differs: the
                   cell of a class that is right stands, whatever becomes of the cells around it
`makes`            the known mistakes that its code really makes, where it makes one
=================  ==========================================================================

Run as a program, this module is a process that grades attacks for the tests: a line of JSON in,
a line of JSON out. `@FOLDER@` in an attack is a folder of its own, `@CACHE@` the grader's cache.
"""

import ast
import contextlib
import dataclasses
import functools
import io
import itertools
import json
import os
import re
import sys
import time
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grader
from grader.course import SUITES, Course, load_course
from grader.model import Outcome, State
from grader.render.json_format import render_json

ATTACKS = Path(__file__).parent / "attacks"
SOLUTIONS = Path(__file__).parent.parent / "solutions"
MODES = ("full", "none")
USUAL = "mg2.value, mg2.add"
NEXT = """
class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)
"""


@dataclass(frozen=True)
class Attack:
    """One file of the corpus; `outcomes` and `earns` by mode."""

    path: Path
    header: dict[str, str]

    @property
    def id(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def modes(self) -> tuple[str, ...]:
        return tuple(self.header.get("modes", "full, none").split(", "))

    @property
    def concepts(self) -> list[str]:
        named = self.header.get("concepts", USUAL)
        if named == "all":
            return [each.id for each in course().concepts if each.lesson != "mg5"]
        return named.split(", ")

    def outcomes(self, mode: str) -> set[str]:
        return _listed(self._by_mode("outcomes", mode))

    def earns(self, mode: str, notebook: bool = False) -> set[str]:
        earned = _listed(self._by_mode("earns", mode))
        return earned | _listed(self.header.get("earns-cells", "none")) if notebook else earned

    @property
    def makes(self) -> set[str]:
        return _listed(self.header.get("makes", "none"))

    def hand_in(self, folder: Path, cache: Path, notebook: bool = False) -> Path:
        """Write it below `folder`, the way a person would hand it in, perhaps as a notebook with a
        cell for each statement; the path to grade."""
        ground, handed_in = folder / "ground", folder / "submission"
        ground.mkdir(parents=True)
        (ground / "kept").write_text("kept\n")
        handed_in.mkdir()
        code = self.path.read_text(encoding="utf-8")
        code = code.replace("@FOLDER@", str(ground)).replace("@CACHE@", str(cache))
        form = self.header.get("form", "file")
        name = "mg3_backpropagation.py" if form == "mg3" else "attack.py"
        if notebook:
            name = name.replace(".py", ".ipynb")
            (handed_in / name).write_text(json.dumps(_notebook(code)))
        else:
            (handed_in / name).write_text(code, encoding="utf-8")
        for extra, text in (_files(code) if form == "folder" else {}).items():
            (handed_in / extra).write_text(text)
        return handed_in / name if form == "file" else handed_in

    def _by_mode(self, key: str, mode: str) -> str:
        return self.header.get(f"{key}-limits" if mode == "none" else key) or self.header[key]


@dataclass(frozen=True)
class Result:
    """What came of one attack. `trouble` holds what must not be, one line each."""

    outcomes: list[str]
    passed: list[str]
    seconds: float
    trouble: list[str]
    named: list[str]  # mistakes that a diagnosis made of it


@functools.cache
def course() -> Course:
    """The real course with small limits."""
    real = load_course()
    limits = dataclasses.replace(
        real.limits,
        program_seconds=0.5,
        lesson_seconds=3.0,
        cell_seconds=1.0,
        notebook_seconds=3.0,
        memory_mib=256,
    )
    return dataclasses.replace(real, limits=limits)


@functools.cache
def corpus() -> tuple[Attack, ...]:
    """All attacks, in the order of their names."""
    paths = sorted(path for path in ATTACKS.rglob("*/*.py") if path.parent.parent == ATTACKS)
    return tuple(Attack(path, _header(path)) for path in paths)


def find(name: str) -> Attack:
    """The attack called `family/name`."""
    return next(attack for attack in corpus() if attack.id == name)


def grade(
    attack: Attack, mode: str, folder: Path, cache: Path, notebooks: str | None = None
) -> Result:
    """Grade an attack, then look around: what is left of it, and what it did to others.
    `notebooks`: handed in as one, and read in this way."""
    path = attack.hand_in(folder, cache, notebooks is not None)
    known = survivors(os.getpid(), patience=0.0)  # of an earlier attack, and told then
    before = _surroundings(folder)
    started = time.monotonic()
    report = _check(path, mode, cache, attack.concepts, notebooks or "auto")
    seconds = time.monotonic() - started
    checks = [check for concept in report.concepts for check in concept.checks]
    trouble = list(_survivors(known))
    trouble += [f"changed: {each}" for each in sorted(before ^ _surroundings(folder))]
    trouble += _below(folder / "ground", mode)
    trouble += _unprintable(report)
    following = folder / "next.py"
    following.write_text(NEXT)
    after = _check(following, mode, cache, ["mg2.value", "mg2.add"])
    if (after.score, after.max_score) != (4.0, 4):
        trouble.append(f"the next submission got {after.score} of {after.max_score}")
    return Result(
        sorted({str(each.outcome) for each in checks if each.outcome is not Outcome.PASSED}),
        sorted(each.id for each in report.concepts if each.state is State.PASSED),
        seconds,
        trouble,
        sorted({each.diagnosis.mistake for each in report.concepts if each.diagnosis} - {None}),
    )


def _check(
    path: Path, mode: str, cache: Path, concepts: list[str], notebooks: str = "auto"
) -> grader.Report:
    return grader.check(
        path,
        course=course(),
        isolation=mode,
        notebooks=notebooks,
        cache_folder=cache,
        concepts=concepts,
        fresh=True,
    )


def _notebook(code: str) -> dict[str, Any]:
    """A cell for each statement at the top; what can't be parsed is one cell."""
    try:
        starts = [_first_line(node) for node in ast.parse(code).body]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        starts = []
    lines = code.split("\n")
    edges = [0, *(start - 1 for start in starts[1:]), len(lines)]
    sources = ["\n".join(lines[a:b]).rstrip() for a, b in itertools.pairwise(edges)]
    cells = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def _first_line(node: ast.stmt) -> int:
    return min(each.lineno for each in (node, *getattr(node, "decorator_list", [])))


def _listed(text: str) -> set[str]:
    return set() if text == "none" else set(text.split(", "))


def _header(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()[:14]
    found = (re.fullmatch(r"# ([a-z-]+): (.*)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def _files(code: str) -> dict[str, str]:
    """The literal dictionary FILES; the attack itself is not run to get it."""
    for node in ast.parse(code).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FILES":
            return dict(ast.literal_eval(node.value))
    return {}


def _surroundings(folder: Path) -> set[tuple[str, int, int]]:
    """Files outside the attack's own ground that it could have made or changed."""
    home = Path.home()
    watched = [SUITES, SOLUTIONS, Path.cwd(), Path("/"), Path("/dev/shm"), home, folder]
    found = set()
    for place in watched:
        for path in place.iterdir() if place.is_dir() else ():
            with contextlib.suppress(OSError):
                status = path.lstat()
                whole = not path.is_dir()
                times = (status.st_mtime_ns, status.st_size) if whole else (0, 0)
                found.add((str(path), *times))
    return found


def _below(ground: Path, mode: str) -> Iterator[str]:
    """At full isolation nothing may have happened to the attack's own ground either; with limits
    alone there may be names and permissions, but not a byte."""
    for path in ground.iterdir():
        status = path.lstat()
        if mode == "full" and (path.name != "kept" or status.st_mode & 0o111):
            yield f"{path.name} was made or changed"
        if path.name != "kept" and status.st_size and path.is_file() and not path.is_symlink():
            yield f"{path.name} was written to"
    if mode == "full" and not (ground / "kept").exists():
        yield "kept was removed"


def survivors(parent: int, patience: float = 1.0, known: Collection[str] = ()) -> list[str]:
    """Processes that descend from workers of the grader `parent` and are still there.

    A fork keeps its command line, and that of a zygote names the grader that started it.
    """
    mark = f'"parent": {parent},'.encode()
    deadline = time.monotonic() + patience
    while True:
        left = []
        for path in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                line = (path / "cmdline").read_bytes() if path.name.isdigit() else b""
                if b"worker.zygote" in line and mark in line and path.name not in known:
                    left.append(path.name)
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def _survivors(known: Collection[str]) -> Iterator[str]:
    for pid in survivors(os.getpid(), known=known):
        yield f"process {pid} outlived the check"
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    for pid in children:
        yield f"child {pid} was not reaped"


def _unprintable(report: grader.Report) -> Iterator[str]:
    """What a report must not hold: terminal commands, or markup that is taken for such."""
    from rich.console import Console

    from grader.render.text import render_text

    page = io.StringIO()
    render_text(report, Console(file=page, width=100, force_terminal=False), verbose=True)
    for name, text in (("text", page.getvalue()), ("JSON", render_json(report))):
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text):
            yield f"control characters in the report as {name}"


def serve() -> None:
    """Grade what is asked for on standard input, line by line, until it closes."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else may be printed must not be taken for an answer
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        folder, cache = Path(request["folder"]), Path(request["cache"])
        try:
            attack, notebooks = find(request["attack"]), request["notebooks"]
            result = grade(attack, request["mode"], folder, cache, notebooks)
        except BaseException:  # the grader's own fall is what the tests look for
            result = Result([], [], 0.0, [f"the grader fell: {traceback.format_exc()}"], [])
        answers.write(json.dumps(dataclasses.asdict(result)) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
