"""Which lesson a session is about, told by its notebook's name, its imports and what it defines."""

import re
from collections.abc import Collection, Sequence

from grader.course import Course, Lesson
from grader.regions import definition_pattern, stubs


def lesson_of(
    course: Course, code: str, notebook: str | None, asked: Collection[str]
) -> str | None:
    """The lesson; where several are as likely, the one asked for. None where nothing tells."""
    for lesson in course.lessons:
        if lesson.file == notebook:
            return lesson.id
    imported = [n for n, each in enumerate(course.lessons, 1) if _imports(each, code)]
    likely = {
        lesson.id: told(lesson, code) for lesson in course.lessons[max(imported, default=0) :]
    }
    most = max(likely.values(), default=0)
    best = [lesson for lesson, count in likely.items() if count == most > 0]
    return next((each for each in asked if each in best), next(iter(best), None))


def told(lesson: Lesson, code: str) -> int:
    """How many of a lesson's concepts the code says something about."""
    gaps = {stub.concept for stub in stubs(code)}
    return sum(
        concept.id in gaps or any(_defines(name, code) for name in concept.names)
        for concept in lesson.concepts
    )


def is_whole_micrograd(course: Course, code: str) -> bool:
    """A `Value` that does not build on lessons and goes backward: somebody's own."""
    return (
        _defines("Value", code)
        and _defines("Value.backward", code)
        and not any(_imports(lesson, code) for lesson in course.lessons)
    )


def sorted_ids(course: Course, ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Ids sorted into lessons and concepts. Raises UsageError that suggests the nearest id."""
    known = {lesson.id for lesson in course.lessons}
    lessons = [each for each in ids if each in known or re.fullmatch(r"mg\w*", each)]
    return lessons, [course.concept(each).id for each in ids if each not in lessons]


def _imports(lesson: Lesson, code: str) -> bool:
    return bool(re.search(rf"^\s*(?:from|import)\s+{lesson.file}\b", code, re.MULTILINE))


def _defines(name: str, code: str) -> bool:
    return bool(definition_pattern(name).search(code))
