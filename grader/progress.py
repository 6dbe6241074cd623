"""What a learner has done so far, remembered beside the exercises in `.mggrade/progress.json`.

    {"format": 1,
     "concepts": {
       "mg3.tanh": {"hints": 2, "attempts": 3, "state": "passed", "earned": 2.0,
                    "checked": "2026-03-01T21:05:10+01:00", "passed": "2026-03-01T21:05:10+01:00"}},
     "days": {"2026-03-01": {"checks": 4, "passed": 1}}}

Times are local, with their offset from UTC. What this version does not know is kept as it is when
the file is written again, and what is not there yet (a file of an older version) is nothing done.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from grader.errors import UsageError
from grader.files import write_whole
from grader.model import ConceptResult, Outcome, Report, State

PROGRESS_FORMAT = 1
FOLDER, FILE = ".mggrade", "progress.json"
LARGEST = 1 << 20
LESSON_FOLDERS = frozenset({"exercises", "notebooks"})
LONGEST = 200  # characters of a message that are kept
_FAULTS = frozenset({Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.PROTOCOL})
_TIMES = frozenset({"checked", "passed", "gave_up"})
_Entry = TypeVar("_Entry", "ConceptProgress", "Day")


@dataclass(frozen=True)
class ConceptProgress:
    """What is remembered of one concept. `others` are fields of another version.

    `state`, `earned` (points) and `says`, the first message, are those of the last check, at
    `checked`; all are empty before the first. `attempts` counts the different results up to the
    first pass, at `passed`. `gave_up` is when the solution was asked for before that.
    """

    hints: int = 0
    attempts: int = 0
    state: str = ""
    earned: float = 0.0
    says: str = ""
    checked: str = ""
    passed: str = ""
    gave_up: str = ""
    others: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """What was done on one day: checks of work that had changed, and concepts passed for the first
    time. `others` are fields of another version."""

    checks: int = 0
    passed: int = 0
    others: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """The whole file; `days` by date, 2026-03-01. `others` are fields of another version."""

    concepts: Mapping[str, ConceptProgress] = field(default_factory=dict)
    days: Mapping[str, Day] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    def of(self, concept: str) -> ConceptProgress:
        """What is remembered of a concept; nothing yet, if it is not there."""
        return self.concepts.get(concept, ConceptProgress())

    def with_hints(self, concept: str, taken: int) -> "Progress":
        """The same with this many hints taken for a concept."""
        return self._with(concept, replace(self.of(concept), hints=taken))

    def with_given_up(self, concept: str, when: datetime) -> "Progress":
        """The same with the solution of a concept asked for before it had passed."""
        return self._with(concept, replace(self.of(concept), gave_up=_stamp(when)))

    def with_result(self, result: ConceptResult, when: datetime, tried: bool = True) -> "Progress":
        """The same with what a check said of one concept. A result that is the same as before is
        no new attempt, nor is one of code that was not `tried`."""
        old = self.of(result.id)
        if result.state is State.TODO and result.id not in self.concepts:
            return self
        said = (str(result.state), result.earned, _says(result))
        attempted = tried and result.state is not State.TODO and not old.passed
        first = result.state is State.PASSED and not old.passed
        new = replace(
            old,
            attempts=old.attempts + (attempted and said != (old.state, old.earned, old.says)),
            state=said[0],
            earned=said[1],
            says=said[2],
            checked=_stamp(when),
            passed=_stamp(when) if first else old.passed,
        )
        return self._with(result.id, new)

    def with_check(self, day: str, passed: int) -> "Progress":
        """The same with one more check on a day, in which so many concepts passed first."""
        old = self.days.get(day, Day())
        new = replace(old, checks=old.checks + 1, passed=old.passed + passed)
        return replace(self, days={**self.days, day: new})

    def _with(self, concept: str, changed: ConceptProgress) -> "Progress":
        return replace(self, concepts={**self.concepts, concept: changed})


def remember(folder: Path, report: Report, when: datetime) -> Progress:
    """Record the result of a check in a workspace; `when` is local time, aware of its offset.

    Concepts that are not in the submission keep what is known of them, and so do those that the
    grader itself failed on. Raises UsageError where it can't be read or written.
    """
    before = load(folder)
    after = before
    results = [each for each in report.concepts if each.checks and not _grader_failed(each)]
    unloaded = set(_unloaded(results))
    for result in results:
        after = after.with_result(result, when, tried=result.lesson not in unloaded)
    worked = any(each.state is not State.TODO for each in results)
    ran = report.reused < len({each.lesson for each in results})
    if worked and ran:
        passed = sum(bool(after.of(each.id).passed) for each in results)
        passed -= sum(bool(before.of(each.id).passed) for each in results)
        after = after.with_check(when.date().isoformat(), passed)
    if after != before:
        save(folder, after)
    return after


def with_given_up(report: Report, known: Progress) -> Report:
    """The report that says of each concept whether its solution was asked for before it passed."""
    concepts = tuple(
        replace(each, gave_up=True) if known.of(each.id).gave_up else each
        for each in report.concepts
    )
    return replace(report, concepts=concepts)


def workspace(path: Path) -> Path:
    """The folder that progress belongs to: that of the submission, `exercises/` itself left out."""
    folder = path.resolve()
    if not folder.is_dir():
        folder = folder.parent
    while folder.name in LESSON_FOLDERS:
        folder = folder.parent
    return folder


def load(folder: Path) -> Progress:
    """Read what is remembered in a workspace. Raises UsageError in one line with a remedy."""
    path = folder / FOLDER / FILE
    try:
        if not path.exists():
            return Progress()
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise _corrupt(path)
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"can't read {path}: {error.strerror or error}; mend its permissions"
        ) from None
    except (ValueError, RecursionError):
        raise _corrupt(path) from None
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise _corrupt(path)
    if data["format"] != PROGRESS_FORMAT:
        raise UsageError(
            f"{path}: format is {data['format']}, this mggrade reads {PROGRESS_FORMAT}; "
            "use the mggrade that wrote it, or delete the file to begin anew"
        )
    return _progress(data, path)


def save(folder: Path, progress: Progress) -> None:
    """Write it all: under a temporary name first, then renamed. Raises UsageError."""
    path, days = folder / FOLDER / FILE, progress.days
    data = {
        "format": PROGRESS_FORMAT,
        "concepts": {name: _written(each) for name, each in progress.concepts.items()},
        **({"days": {day: _written(each) for day, each in days.items()}} if days else {}),
        **progress.others,
    }
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, f"{json.dumps(data, indent=2)}\n".encode())
    except OSError as error:
        raise UsageError(
            f"can't write {path}: {error.strerror or error}; this will not be remembered"
        ) from None


def _written(entry: ConceptProgress | Day) -> dict[str, Any]:
    """As it stands in the file: what is not so far is left out."""
    own = {
        each.name: value
        for each in fields(entry)
        if each.name != "others" and (value := getattr(entry, each.name)) != each.default
    }
    return {**own, **entry.others}


def _progress(data: Mapping[str, Any], path: Path) -> Progress:
    concepts = _entries(data, "concepts", ConceptProgress, path)
    days = _entries(data, "days", Day, path)
    others = {
        key: value for key, value in data.items() if key not in ("format", "concepts", "days")
    }
    return Progress(concepts, days, others)


def _entries(
    data: Mapping[str, Any], key: str, kind: type[_Entry], path: Path
) -> dict[str, _Entry]:
    """The entries of one table of the file; what a field must be, its default shows."""
    listed = data.get(key, {})
    if not isinstance(listed, dict) or not all(isinstance(each, dict) for each in listed.values()):
        raise _corrupt(path)
    known = {each.name: type(each.default) for each in fields(kind) if each.name != "others"}
    entries = {}
    for name, entry in listed.items():
        own = {field: value for field, value in entry.items() if field in known}
        if not all(_is_a(value, known[field]) for field, value in own.items()):
            raise _corrupt(path)
        stamps = [value for field, value in own.items() if field in _TIMES and known[field] is str]
        if not all(map(_is_time, stamps)):
            raise _corrupt(path)
        others = {field: value for field, value in entry.items() if field not in known}
        entries[name] = kind(**own, others=others)
    return entries


def _is_a(value: object, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < math.inf and (kind is float or isinstance(value, int))


def _is_time(stamp: str) -> bool:
    try:
        return datetime.fromisoformat(stamp).tzinfo is not None
    except ValueError:
        return False


def _stamp(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def _says(result: ConceptResult) -> str:
    """What the first check that did not pass says."""
    if result.state in (State.PASSED, State.TODO):
        return ""
    said = (check.message for check in result.checks if check.outcome is not Outcome.PASSED)
    return " ".join(next(said, "").split())[:LONGEST]


def _grader_failed(result: ConceptResult) -> bool:
    return any(check.outcome is Outcome.INFRASTRUCTURE for check in result.checks)


def _unloaded(results: Iterable[ConceptResult]) -> Iterator[str]:
    """The lessons of which every check ended alike, before its program was run: the file did not
    load, and who knows which concept was being worked at."""
    for lesson, group in groupby(results, key=lambda each: each.lesson):
        concepts = list(group)
        ended = {
            (one.outcome, one.message, one.program) for each in concepts for one in each.checks
        }
        outcome, _, program = next(iter(ended))
        if len(ended) == 1 and len(concepts) > 1 and program is None and outcome in _FAULTS:
            yield lesson


def _corrupt(path: Path) -> UsageError:
    return UsageError(f"{path} is not as mggrade wrote it; delete it to begin anew")
