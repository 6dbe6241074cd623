"""What a notebook's cells show when they are executed today: for the copy with feedback."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader import attempts
from grader.course import Course
from grader.sandbox import Sandbox
from grader.sandbox.sources import load_request
from grader.source_text import cell_number
from grader.submission import Module, Submission

CELL_SECONDS, NOTEBOOK_SECONDS = 60.0, 180.0  # trainings are shown as well
Outputs = Mapping[int, Sequence[Mapping[str, Any]]]  # by the number of the cell


def fresh_outputs(
    submission: Submission, module: Module, course: Course, isolation: str
) -> Outputs:
    """The outputs of a notebook's code cells, as far as they come: as a main program, with what is
    guarded by `__name__`. Raises InfrastructureError."""
    from grader.kernels.perform import perform

    executed = submission.executed(module.name)
    lesson = next(
        (course.lesson(name) for name, each in submission.lessons.items() if each is module), None
    )
    if lesson is None:
        # The notebook last, on the other files: the last one is what is executed.
        own = sorted(executed.own, key=lambda each: each.name == module.name)
        sources = [attempts.source(each, kernel=True) for each in own]
    else:
        sources = attempts.own_sources(course, executed, lesson, ())
    torch = lesson is not None and any(each.worker == "torch" for each in lesson.concepts)
    limits = replace(course.limits, cell_seconds=CELL_SECONDS, notebook_seconds=NOTEBOOK_SECONDS)
    with Sandbox(limits, isolation) as sandbox:
        done = perform(
            sandbox,
            "torch-kernel" if torch else "kernel",
            sources[-1].cells,
            load_request(sources, None) | {"main": True},
        )
        if done.worker is not None:
            done.worker.close()
    return {cell_number(name): outputs for name, outputs in done.outputs.items()}
