"""The exercises as they are handed out, wherever mggrade is installed."""

from collections import Counter

from grader import exercise_text, regions
from grader.attempts import course_folder, reference_text
from grader.course import Lesson
from grader.errors import InfrastructureError, UsageError
from grader.intake import Unreadable
from grader.source_text import notebook_cells


def script(lesson: Lesson) -> str:
    """The exercise of a lesson as a script. Raises InfrastructureError."""
    return exercise_text.script(reference_text(lesson))


def notebook(lesson: Lesson) -> bytes:
    """The exercise of a lesson as a notebook.

    Raises InfrastructureError where it is missing, and UsageError where somebody has worked in it:
    in a clone, that is where one works.
    """
    path = course_folder("exercises") / "notebooks" / f"{lesson.file}.ipynb"
    try:
        raw = path.read_bytes()
        code = "\n".join(text for _, text in notebook_cells(raw, path.name))
    except (OSError, Unreadable) as error:
        raise InfrastructureError(
            f"the notebook of {lesson.id} can't be read ({error}); install mggrade again"
        ) from None
    if _gaps(code) != _gaps(script(lesson)):
        raise UsageError(
            f"{path} has been worked in, and is no exercise any more; take it back from the "
            f"repository: git checkout {path}"
        )
    return raw


def _gaps(code: str) -> Counter[str]:
    return Counter(stub.concept for stub in regions.stubs(code))
