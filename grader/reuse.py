"""Outcomes of lessons that nothing has changed for, from the cache."""

import dataclasses
import functools
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from grader import attempts
from grader.cache import Cache
from grader.course import HERE, Course, Lesson
from grader.model import CheckResult, LessonOutcomes, Outcome, Plain
from grader.render.json_format import (
    boundary_from_data,
    check_from_data,
    check_to_data,
    curve_from_data,
    diagnosis_from_data,
    diagnosis_to_data,
)
from grader.submission import Module, Submission
from grader.version import __version__


class Grounds:
    """What outcomes hang on beside the submission, digested once a lesson: the suite, the course,
    the reference, the grader's own code, Python, the seed."""

    def __init__(self, course: Course, seed: int, isolation: str) -> None:
        self.course = course
        self._base = hashlib.sha256(
            stamp(course) + f"{course.limits} {course.tolerance} {seed} {isolation}".encode()
        )
        self._lessons: dict[str, bytes] = {}

    def digest(self, lesson: Lesson) -> bytes:
        """All of this for one lesson."""
        if lesson.id not in self._lessons:
            digest = self._base.copy()
            digest.update(lesson.id.encode() + b"\0" + lesson.suite.read_bytes())
            for each in (*self.course.earlier(lesson), lesson):
                digest.update(attempts.reference_text(each).encode())
            self._lessons[lesson.id] = digest.digest()
        return self._lessons[lesson.id]


class Memory:
    """Recalls and keeps the outcomes of a submission's lessons.

    A lesson's outcomes depend on its source and its predecessors', and on the grounds; all of it is
    in the key.
    """

    def __init__(self, grounds: Grounds, submission: Submission, store: Cache) -> None:
        self._grounds = grounds
        self._course = grounds.course
        self._submission = submission
        self._store = store
        self._digests: dict[str, bytes] = {}  # of the submission's modules

    def recall(self, lessons: Iterable[Lesson]) -> dict[str, LessonOutcomes]:
        """What is known of these lessons, by id."""
        keys = {self.key(lesson): lesson for lesson in lessons}
        known = {}
        for key, value in self._store.get("lesson", keys).items():
            outcomes = _from_data(value)
            concepts = {concept.id for concept in keys[key].concepts}
            if outcomes is not None and set(outcomes.checks) == concepts:
                known[keys[key].id] = outcomes
        return known

    def keep(self, lessons: Iterable[Lesson], outcomes: Mapping[str, LessonOutcomes]) -> None:
        """Remember these lessons; not those that hung or crashed, nor what was built on them,
        because that may have been the machine's fault; nor the grader's own faults."""
        unsound = {
            lesson_id
            for lesson_id, found in outcomes.items()
            if not found.sound or graders_fault(found)
        }
        lasting = [
            lesson
            for lesson in lessons
            if not unsound & {each.id for each in (*self._course.earlier(lesson), lesson)}
        ]
        self._store.put("lesson", {self.key(each): _to_data(outcomes[each.id]) for each in lasting})

    def key(self, lesson: Lesson) -> str:
        """The same as long as nothing has changed that the lesson's outcomes hang on."""
        digest = hashlib.sha256(self._grounds.digest(lesson))
        for each in (*self._course.earlier(lesson), lesson):
            module = self._submission.lessons.get(each.id)
            digest.update(self._digest(module) if module else b"absent")
        for module in self._submission.own:
            digest.update(self._digest(module))
        return digest.hexdigest()

    def _digest(self, module: Module) -> bytes:
        name = module.name
        if name not in self._digests:
            self._digests[name] = _module_digest(module)
        return self._digests[name]


def stamp(course: Course) -> bytes:
    """Changes with the grader's own code, Python and the course."""
    return f"{__version__} {_grader_digest()} {sys.version} {course.digest}".encode()


def graders_fault(outcomes: LessonOutcomes) -> bool:
    """Whether a check is left without a verdict, through no fault of the student."""
    return any(
        check.outcome is Outcome.INFRASTRUCTURE
        for checks in outcomes.checks.values()
        for check in checks
    )


def _module_digest(module: Module) -> bytes:
    # An executed notebook is more than its cells; of the others nothing else matters.
    cells = module.written if module.executed else module.cells
    content = json.dumps([module.name, cells, module.notebook, module.executed, module.problem])
    return hashlib.sha256(content.encode("utf-8", "backslashreplace")).digest()


@functools.cache
def _grader_digest() -> str:
    """Of all Python files of the package, and of the catalogue of mistakes."""
    digest = hashlib.sha256()
    for path in sorted((*HERE.rglob("*.py"), *HERE.rglob("mistakes/*.toml"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _to_data(outcomes: LessonOutcomes) -> Plain:
    checks: dict[str, Any] = {
        concept: [check_to_data(check) for check in checks]
        for concept, checks in outcomes.checks.items()
    }
    return {
        "checks": checks,
        "notes": list(outcomes.notes),
        "missing": list(outcomes.missing),
        "notebooks": dict(outcomes.notebooks),
        "diagnoses": {name: diagnosis_to_data(each) for name, each in outcomes.diagnoses.items()},
        "curves": {
            name: {"yours": list(each.yours), "expected": list(each.expected)}
            for name, each in outcomes.curves.items()
        },
        "boundaries": {
            name: dataclasses.asdict(each) for name, each in outcomes.boundaries.items()
        },
    }


def _from_data(value: Any) -> LessonOutcomes | None:
    """None for anything that is not what `_to_data` wrote."""
    try:
        checks: dict[str, tuple[CheckResult, ...]] = {
            concept: tuple(check_from_data(check, concept) for check in checks)
            for concept, checks in value["checks"].items()
        }
        notes, missing = (tuple(map(str, value[key])) for key in ("notes", "missing"))
        diagnoses = {
            name: found
            for name, each in value["diagnoses"].items()
            if (found := diagnosis_from_data(each)) is not None
        }
        curves = {
            name: curve
            for name, each in value["curves"].items()
            if (curve := curve_from_data(each)) is not None
        }
        boundaries = {
            name: boundary
            for name, each in value["boundaries"].items()
            if (boundary := boundary_from_data(each)) is not None
        }
        return LessonOutcomes(
            checks,
            notes,
            missing=missing,
            notebooks={str(file): str(way) for file, way in value["notebooks"].items()},
            diagnoses=diagnoses,
            curves=curves,
            boundaries=boundaries,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
