"""course.toml to a validated Course; every message names key, value and remedy."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import CourseError, UsageError

COURSE_FORMAT = 1
HERE = Path(__file__).parent
COURSE_FILE = HERE / "course.toml"
SUITES = HERE / "suites"


@dataclass(frozen=True)
class Concept:
    """The unit of score. `names` are what its code defines: `trace`, `Value.tanh`, `Neuron`."""

    id: str
    lesson: str
    title: str
    points: int
    names: tuple[str, ...]
    hints: tuple[str, str, str]
    requires: tuple[str, ...]  # names that must exist for it to be graded in a stranger's file
    carry: bool  # whether the reference may stand in for the rest of the student's code
    worker: str  # the kind of worker it needs: "plain" or "torch"


@dataclass(frozen=True)
class Lesson:
    """One exercise file and one hidden suite. `file` is the stem both share."""

    id: str
    file: str
    title: str
    bonus: bool
    concepts: tuple[Concept, ...]

    @property
    def suite(self) -> Path:
        """The hidden pytest suite of this lesson."""
        return SUITES / f"test_{self.file}.py"


@dataclass(frozen=True)
class Tolerance:
    """Numbers agree when |actual - expected| <= max(absolute, relative * |expected|)."""

    relative: float
    absolute: float


@dataclass(frozen=True)
class Limits:
    """What student code may use. Seconds are wall-clock, kept by the trusted process."""

    program_seconds: float
    lesson_seconds: float
    cell_seconds: float
    notebook_seconds: float
    memory_mib: int
    output_kib: int
    file_kib: int  # the largest source file, or code of a notebook, that is read


@dataclass(frozen=True)
class Course:
    """The ordered lessons with their concepts, and the numbers that grading needs."""

    title: str
    version: str
    seed: int
    tolerance: Tolerance
    limits: Limits
    lessons: tuple[Lesson, ...]
    digest: str  # of the bytes it was read from

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """All concepts, in course order."""
        return tuple(concept for lesson in self.lessons for concept in lesson.concepts)

    def earlier(self, lesson: Lesson) -> tuple[Lesson, ...]:
        """The lessons that this one may build on. The first is built on by none."""
        return self.lessons[1 : max(1, self.lessons.index(lesson))]

    def lesson(self, lesson_id: str) -> Lesson:
        """The lesson with this id; raises UsageError that suggests the nearest id."""
        for lesson in self.lessons:
            if lesson_id in (lesson.id, lesson.file):
                return lesson
        raise UsageError(unknown("lesson", lesson_id, [lesson.id for lesson in self.lessons]))

    def concept(self, concept_id: str) -> Concept:
        """The concept with this id; raises UsageError that suggests the nearest id."""
        for concept in self.concepts:
            if concept.id == concept_id:
                return concept
        raise UsageError(unknown("concept", concept_id, [each.id for each in self.concepts]))


def unknown(kind: str, given: str, known: Iterable[str]) -> str:
    """`no lesson 'mg33'; did you mean 'mg3'? (mg1, mg2, …)`."""
    names = list(known)
    near = difflib.get_close_matches(given, names, n=1, cutoff=0.5)
    if not near:  # `tanh-backward` for `mg3.tanh-backward`
        near = [name for name in names if name.partition(".")[2] == given][:1]
    guess = f"; did you mean {near[0]!r}?" if near else ""
    listed = f" ({', '.join(names)})" if len(names) <= 12 else ""
    return f"no {kind} {given!r}{guess}{listed}"


def load_course(path: Path = COURSE_FILE) -> Course:
    """Read and validate a course file. Raises CourseError."""
    import hashlib

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: can't be read ({error.strerror or error})") from None
    try:
        table = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise CourseError(f"{path}: is not UTF-8; save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CourseError(f"{path}: is not valid TOML: {error}") from None
    return parse_course(table, path.name, hashlib.sha256(raw).hexdigest())


def parse_course(table: Mapping[str, Any], name: str, digest: str = "") -> Course:
    """Validate a parsed course file; `name` is the file's name for messages."""
    top = _Table(table, name)
    version = top.integer("format", 1)
    if version != COURSE_FORMAT:
        raise CourseError(
            f"{name}: format is {version}, this grader reads {COURSE_FORMAT}; "
            "use the grader the course was written for"
        )
    tolerance = top.table("tolerance")
    limits = top.table("limits")
    course = Course(
        title=top.text("title"),
        version=top.text("version"),
        seed=top.integer("seed", 0),
        tolerance=Tolerance(
            tolerance.positive("relative", below=0.1), tolerance.positive("absolute", below=0.1)
        ),
        limits=Limits(
            program_seconds=limits.positive("program_seconds"),
            lesson_seconds=limits.positive("lesson_seconds"),
            cell_seconds=limits.positive("cell_seconds"),
            notebook_seconds=limits.positive("notebook_seconds"),
            memory_mib=limits.integer("memory_mib", 64),
            output_kib=limits.integer("output_kib", 1),
            file_kib=limits.integer("file_kib", 1),
        ),
        lessons=tuple(_lesson(lesson) for lesson in top.tables("lesson")),
        digest=digest,
    )
    tolerance.finish()
    limits.finish()
    top.finish()
    _unique(name, "lesson id", [lesson.id for lesson in course.lessons])
    _unique(name, "lesson file", [lesson.file for lesson in course.lessons])
    _unique(name, "concept id", [concept.id for concept in course.concepts])
    return course


def _lesson(table: "_Table") -> Lesson:
    lesson_id = table.text("id")
    table = table.named(f"lesson {lesson_id!r}")
    file = table.text("file")
    if not file.startswith(f"{lesson_id}_") or not file.isidentifier():
        raise table.error(
            "file", file, f"name it like {lesson_id}_topic: letters, digits, _, no .py"
        )
    lesson = Lesson(
        id=lesson_id,
        file=file,
        title=table.text("title"),
        bonus=table.boolean("bonus", False),
        concepts=tuple(_concept(each, lesson_id) for each in table.tables("concept")),
    )
    table.finish()
    return lesson


def _concept(table: "_Table", lesson_id: str) -> Concept:
    concept_id = table.text("id")
    table = table.named(f"concept {concept_id!r}")
    if not concept_id.startswith(f"{lesson_id}."):
        raise table.error("id", concept_id, f"begin it with {lesson_id + '.'!r}")
    hints = table.texts("hints")
    if len(hints) != 3:
        raise table.error("hints", f"{len(hints)} of them", "write three, from a nudge to nearly")
    names = table.texts("names")
    concept = Concept(
        id=concept_id,
        lesson=lesson_id,
        title=table.text("title"),
        points=table.integer("points", 1),
        names=names,
        hints=(hints[0], hints[1], hints[2]),
        requires=table.texts("requires", names),
        carry=table.boolean("carry", True),
        worker=table.choice("worker", ("plain", "torch"), "plain"),
    )
    table.finish()
    return concept


def _unique(name: str, what: str, values: list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise CourseError(f"{name}: {what} {value!r} stands twice; rename one")


class _Table:
    """A TOML table that knows where it stands, for messages, and which keys were asked for."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self._table = table
        self._where = where
        self._seen: set[str] = set()

    def named(self, where: str) -> "_Table":
        """The same table under a better name, once its id is known."""
        self._where = f"{self._where.partition(':')[0]}: {where}"
        return self

    def error(self, key: str, value: object, remedy: str) -> CourseError:
        return CourseError(f"{self._where}: {key} is {_short(value)}; {remedy}")

    def finish(self) -> None:
        """Refuse keys that nobody asked for: a typo must not pass silently."""
        for key in self._table:
            if key not in self._seen:
                near = difflib.get_close_matches(key, self._seen, n=1)
                remedy = f"did you mean {near[0]!r}?" if near else "remove it"
                raise CourseError(f"{self._where}: unknown key {key!r}; {remedy}")

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, value, 'write a text, like "Backpropagation"')
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if default is not None and key not in self._table:
            self._seen.add(key)
            return default
        value = self._get(key)
        if not isinstance(value, list) or not all(
            isinstance(each, str) and each.strip() for each in value
        ):
            raise self.error(key, value, 'write a list of texts, like ["Value.tanh"]')
        return tuple(str(each) for each in value)

    def integer(self, key: str, low: int) -> int:
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            raise self.error(key, value, f"write a whole number, {low} or more")
        return value

    def positive(self, key: str, below: float = float("inf")) -> float:
        value = self._get(key)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value < below:
            bound = "" if below == float("inf") else f" below {below}"
            raise self.error(key, value, f"write a number above 0{bound}")
        return float(value)

    def boolean(self, key: str, default: bool) -> bool:
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, value, "write true or false")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self._get(key, default)
        if value not in choices:
            raise self.error(key, value, f"write one of {', '.join(map(repr, choices))}")
        return str(value)

    def table(self, key: str) -> "_Table":
        value = self._get(key)
        if not isinstance(value, dict):
            raise self.error(key, value, f"write a table [{key}]")
        return _Table(value, f"{self._where.partition(':')[0]}: [{key}]")

    def tables(self, key: str) -> list["_Table"]:
        value = self._get(key)
        listed = isinstance(value, list) and value
        if not listed or not all(isinstance(each, dict) for each in value):
            raise self.error(key, value, f"write one or more tables [[{key}]]")
        file = self._where.partition(":")[0]
        return [_Table(each, f"{file}: {key} {n}") for n, each in enumerate(value, 1)]

    def _get(self, key: str, default: object = None) -> Any:
        self._seen.add(key)
        if key not in self._table:
            if default is None:
                raise CourseError(f"{self._where}: {key!r} is missing; add it")
            return default
        return self._table[key]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
