"""The reference's code for one concept."""

from collections.abc import Collection

from grader import exercise_text
from grader.attempts import reference_text
from grader.course import Concept, Lesson
from grader.selfstudy.stubbing import functions
from grader.selfstudy.units import find


def solution(lesson: Lesson, concept: Concept, passed: Collection[str] = ()) -> str:
    """The functions that hold the concept's code; the gaps of other concepts are left in them, but
    for those that have passed. Empty where it has no code of its own. Raises InfrastructureError.
    """
    source = reference_text(lesson)
    lines = exercise_text.script(source, (concept.id, *passed)).split("\n")
    parts, owner = [], ""
    for name in functions(exercise_text.script(source), concept.id):
        unit = find(lines, name)
        if unit is None:
            continue
        code = "\n".join(lines[unit.first : unit.last])
        if lines[unit.head][:1].isspace() and unit.owner != owner:
            code = f"class {unit.owner}:\n{code}"
        owner = unit.owner
        parts.append(code)
    return "\n\n".join(parts)
