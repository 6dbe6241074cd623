"""Promises about what course.toml says: points, titles, hints, and the code that they are about."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from grader import regions
from grader.authoring.workshop import Workshop
from grader.course import COURSE_FILE
from grader.errors import CourseError

POINTS = 100
BONUS = 20
LONGEST_HINT = 240


def check_points(workshop: Workshop) -> Iterator[str]:
    """The lessons are worth 100 points, the bonus lessons 20 on top."""
    for bonus, wanted in ((False, POINTS), (True, BONUS)):
        lessons = [lesson for lesson in workshop.course.lessons if lesson.bonus is bonus]
        total = sum(concept.points for lesson in lessons for concept in lesson.concepts)
        if total != wanted:
            kind = "bonus lessons" if bonus else "lessons"
            yield _found(f"the {kind} add up to {total} points; share out {wanted}")


def check_unique(workshop: Workshop) -> Iterator[str]:
    """No title is used twice, and no concept lists a name twice. (Ids: load_course.)"""
    lessons = [lesson.title for lesson in workshop.course.lessons]
    concepts = [concept.title for concept in workshop.course.concepts]
    for title in [*_twice(lessons), *_twice(concepts)]:
        yield _found(f"the title {title!r} stands twice; reword one")
    for concept in workshop.course.concepts:
        for name in _twice(concept.names):
            yield _found(f"{concept.id}: the name {name!r} stands twice; remove one")


def check_hints(workshop: Workshop) -> Iterator[str]:
    """Hints fit on a few lines of a terminal, and none of them is a line to type."""
    for concept in workshop.course.concepts:
        for level, hint in enumerate(concept.hints, 1):
            if len(hint) > LONGEST_HINT:
                yield _found(
                    f"{concept.id}: hint {level} has {len(hint)} characters; "
                    f"shorten it to {LONGEST_HINT}"
                )
    for lesson, source in workshop.sources():
        answers = {_squeezed(line): line.strip() for line in _answers(source)}
        for concept in lesson.concepts:
            for level, hint in enumerate(concept.hints, 1):
                for answer, line in answers.items():
                    if answer in _squeezed(hint):
                        yield _found(
                            f"{concept.id}: hint {level} gives away {line!r}; say it in words"
                        )


def check_stubs(workshop: Workshop) -> Iterator[str]:
    """Concepts with code of their own have a region in their lesson, and regions a concept."""
    for lesson in workshop.course.lessons:
        path = workshop.solution(lesson)
        if not path.exists():
            continue  # a finding of check_files
        try:
            marked = regions.concepts_in(workshop.source(lesson))
        except CourseError as error:
            yield str(error)
            continue
        file = workshop.show(path)
        known = [concept.id for concept in lesson.concepts]
        for concept in lesson.concepts:
            if concept.names and concept.id not in marked:
                yield f"{file}: nothing to write for {concept.id}; mark a region for it"
        for concept_id in marked:
            if concept_id not in known:
                yield (
                    f"{file}: a region for {concept_id}, which {lesson.id} does not have; "
                    f"use one of {', '.join(known)}"
                )


def check_names(workshop: Workshop) -> Iterator[str]:
    """The functions, classes and methods that concepts name are there."""
    for lesson, source in workshop.sources():
        file = workshop.show(workshop.solution(lesson))
        try:
            defined = _defined(ast.parse(source))
        except SyntaxError as error:
            yield f"{file}: line {error.lineno} is not Python ({error.msg}); mend it"
            continue
        for concept in lesson.concepts:
            for name in concept.names:
                if name not in defined:
                    yield f"{file}: does not define {name}, which {concept.id} names; write it"


def _found(finding: str) -> str:
    return f"{COURSE_FILE.name}: {finding}"


def _twice(values: list[str] | tuple[str, ...]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _answers(source: str) -> Iterator[str]:
    """The lines of a solution's regions that hold an answer: `return out` only names things."""
    solution = regions.without(source).split("\n")
    given = regions.exercise(source).split("\n")
    for line in Counter(solution) - Counter(given):
        if re.search(r"[=+*/\[-]", line) and not line.lstrip().startswith("#"):
            yield line


def _defined(module: ast.Module) -> set[str]:
    """`trace`, `Value`, `Value.__init__`, and `Value.tanh` under `@add_to_class(Value)`."""
    names: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            names.add(node.name)
            methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            names.update(f"{node.name}.{method}" for method in methods)
        elif isinstance(node, ast.FunctionDef):
            names.add(f"{_class_of(node)}{node.name}")
    return names


def _class_of(function: ast.FunctionDef) -> str:
    """`Value.` for a function that is attached to the class Value, else nothing."""
    for decorator in function.decorator_list:
        attached = re.fullmatch(r"add_to_class\((\w+)\)", ast.unparse(decorator))
        if attached:
            return f"{attached[1]}."
    return ""
