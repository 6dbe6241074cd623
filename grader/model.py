"""The data that flows through the grader: frozen, without I/O.

`REPORT_FORMAT` is the version of the JSON form of a `Report` (see `Report`): it is raised when
the meaning of a field changes, not when a field is added.
"""

import functools
import json
import marshal
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

REPORT_FORMAT = 1

# What may cross the pipe and stand in a report: numbers, booleans, short strings and lists of them.
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


class Outcome(StrEnum):
    """What happened to one check."""

    PASSED = "passed"
    FAILED = "failed"  # a number, a type or a structure was not the expected one
    ERROR = "error"  # the student's code raised, or could not be loaded
    TIMEOUT = "timeout"
    CRASHED = "crashed"  # the worker died: os._exit, a signal, out of memory
    PROTOCOL = "protocol"  # something that is no answer came over the pipe
    TODO = "todo"  # the stub is still in place
    NOT_RUN = "not-run"
    INFRASTRUCTURE = "infrastructure"  # a fault of the grader, never of the student


class State(StrEnum):
    """What the checks of one concept add up to."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    ERROR = "error"
    TODO = "todo"
    NOT_RUN = "not-run"  # grading was stopped before it; in the total, with nothing earned
    ABSENT = "absent"  # not in this submission, and out of the total


@dataclass(frozen=True)
class Place:
    """A line of the student's source. `line` counts from 1; in a notebook, within its cell."""

    file: str
    line: int | None = None
    function: str | None = None
    cell: int | None = None
    text: str | None = None

    def __str__(self) -> str:
        """`mg3_backpropagation.py, line 42, in tanh`."""
        parts = [self.file]
        if self.cell is not None:
            parts.append(f"cell {self.cell}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.function:
            parts.append(f"in {self.function}")
        return ", ".join(parts)


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    For what failed, `program` is the expression as Python text, `expected` is PyTorch's number
    (or the structure asked for), `actual` the student's, `shown` the name of what was compared
    (`a.grad`). `output` is what the student's code printed meanwhile.
    """

    id: str
    concept: str
    outcome: Outcome
    message: str = ""
    program: str | None = None
    shown: str | None = None
    expected: Plain = None
    actual: Plain = None
    place: Place | None = None
    output: str = ""
    carried: bool = False  # passed with the help of the reference's code for the rest


@dataclass(frozen=True)
class Node:
    """One Value of a small computation graph: the student's numbers beside the right ones.

    `operator` is empty for a leaf; `operands` are indexes into the picture's nodes. `local` holds
    the operator's local derivative for each operand, computed from the right numbers.
    `state` is "right", "wrong", or "first": wrong, while those of all that use it are right.
    """

    name: str
    operator: str
    operands: tuple[int, ...]
    data: Plain
    right_data: Plain
    grad: Plain
    right_grad: Plain
    local: tuple[float, ...]
    state: str


@dataclass(frozen=True)
class Case:
    """The smallest failing program that was found, as lines that can be pasted into a prompt, and
    the graph behind it: operands before results, the root last.

    `judge` says whose the right numbers are: "PyTorch", or "reference" (the course's own solution)
    for a program that was made smaller after PyTorch had been asked.
    """

    program: str
    shown: str
    expected: Plain
    actual: Plain
    judge: str
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """Why a concept failed: a known mistake where one explains the numbers, else what is known.

    `sentence` says what happened, `think` how to think about it (never the line to type).
    `mistake` is an id of the catalogue, or two joined by " + ", or None; `ties` are those that
    explain the numbers just as well. `operator` and `node` tell where the gradients first part.
    `facts` are sentences about the source that are certain; `file` and `line` say where to look.
    """

    sentence: str
    mistake: str | None = None
    operator: str | None = None
    node: str | None = None
    file: str | None = None
    line: int | None = None
    think: str = ""
    ties: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    case: Case | None = None


@dataclass(frozen=True)
class Curve:
    """A training's losses, one a step: the student's and PyTorch's."""

    yours: tuple[float, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Boundary:
    """What a trained classifier says all over the plane: scores row by row, from the top left.

    `left`, `right`, `bottom`, `top` are the plane's edges; `columns` scores make a row. `points`
    are (x, y, label) with labels +1 and -1.
    """

    left: float
    right: float
    bottom: float
    top: float
    columns: int
    yours: tuple[float, ...]
    expected: tuple[float, ...]
    points: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True)
class ConceptResult:
    """The score of one concept. `earned` is `possible` times the share of its checks that passed,
    to the hundredth of a point; it equals `possible` only if every check passed.

    Checks that the grader itself failed on don't count; where it failed on all, `possible` is 0.
    """

    id: str
    lesson: str
    title: str
    state: State
    earned: float
    possible: int
    bonus: bool
    carried: bool
    checks: tuple[CheckResult, ...]
    diagnosis: Diagnosis | None = None
    place: Place | None = None  # where to go on working
    curve: Curve | None = None  # of a concept that trains
    boundary: Boundary | None = None  # of one that trains a classifier of points
    gave_up: bool = False  # the solution was asked for before it passed (`mggrade solution`)


@dataclass(frozen=True)
class LessonOutcomes:
    """What running one lesson's checks gave, by concept.

    `notes` are lines for the student (a notebook's cell that raised); `sound` is False where the
    lesson hung, crashed or did not load, so that it is of no use to later lessons. `diagnoses`,
    `curves` and `boundaries` are by concept, as far as there are any.
    """

    checks: Mapping[str, tuple[CheckResult, ...]]
    notes: tuple[str, ...] = ()
    sound: bool = True
    missing: tuple[str, ...] = ()  # the layers of isolation that were not there
    diagnoses: Mapping[str, Diagnosis] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    boundaries: Mapping[str, Boundary] = field(default_factory=dict)
    notebooks: Mapping[str, str] = field(default_factory=dict)  # file: "cells" or "execute"


@dataclass(frozen=True)
class Isolation:
    """How well the worker was sealed: `full`, `reduced` or `none`, and the layers not there."""

    level: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """The result of grading one submission; every format is rendered from it.

    As JSON (`grader.render.json_format`) it has these fields, in this order: `format`
    (REPORT_FORMAT), `grader` and `course` (`title`, `version`), `seed`, `isolation` (`level`,
    `missing`), `submission`, `score`, `max_score`, `bonus`, `max_bonus`, `complete`, `concepts`
    (in course order: `id`, `lesson`, `title`, `state`, `earned`, `possible`, `bonus`, `carried`,
    `checks`, `diagnosis`, `place`, `curve`, `boundary`, `gave_up`), `notes`, `notebooks` (by file,
    how it was read: "execute" for real, or its "cells"), `interrupted` (what is not-run was not
    reached), `reused`, `started`, `seconds`. Only the last three differ between two runs on the
    same submission with the same seed.
    """

    course: str
    course_version: str
    grader_version: str
    seed: int
    isolation: Isolation
    submission: str
    concepts: tuple[ConceptResult, ...]
    score: float
    max_score: int
    bonus: float
    max_bonus: int
    complete: bool
    notes: tuple[str, ...] = ()
    notebooks: Mapping[str, str] = field(default_factory=dict)
    interrupted: bool = False
    reused: int = 0  # lessons whose outcomes were taken from the cache
    started: str = ""
    seconds: float = 0.0

    @property
    def infrastructure(self) -> bool:
        """Whether a fault of the grader left a check without a verdict."""
        return any(
            check.outcome is Outcome.INFRASTRUCTURE
            for concept in self.concepts
            for check in concept.checks
        )

    @property
    def counted(self) -> tuple[float, int]:
        """What was earned and what could be, where only one pair of numbers has room: without the
        bonus, or the bonus alone where only bonus lessons were graded."""
        if self.max_score or not self.max_bonus:
            return self.score, self.max_score
        return self.bonus, self.max_bonus


@dataclass(frozen=True)
class Program:
    """An expression or a small sequence of calls, as data that any engine can evaluate.

    `steps` are the instructions, each a list whose first item is its name; a step's result is
    called by its index. `shows` are the indexes whose results are the program's answer, and
    `labels` name them for people (`a.grad`). See `grader.expressions.draft` for the instructions.
    """

    steps: tuple[tuple[Plain, ...], ...]
    shows: tuple[int, ...]
    labels: tuple[str, ...]
    text: str  # the program as Python, for people

    def data(self) -> dict[str, Plain]:
        """What an engine gets: steps and shows, nothing that tells what the check is about."""
        return {"steps": [list(step) for step in self.steps], "shows": list(self.shows)}

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """What it asks for by name."""
        return frozenset(str(step[1]) for step in self.steps if step[0] == "name")

    @functools.cached_property
    def encoded(self) -> bytes:
        """That as JSON, made once: a class of a thousand is asked the same programs."""
        return json.dumps(self.data(), separators=(",", ":")).encode()

    @functools.cached_property
    def packed(self) -> bytes:
        """It as `marshal` writes it, for a worker."""
        return marshal.dumps(self.data())
