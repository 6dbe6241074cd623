"""A network of the learner's, trained by the learner's own loop on two moons, in the sandbox."""

import math
import random
from dataclasses import dataclass, replace

from grader import attempts
from grader.course import Limits
from grader.errors import InfrastructureError
from grader.expressions import Draft
from grader.harness.moons import grid, moons
from grader.harness.networks import units
from grader.model import Boundary, Curve, Outcome, Plain
from grader.sandbox import Engine, Fault, Sandbox
from grader.submission import Submission

POINTS, SIZES = 50, [8, 1]
STEPS, LEARNING_RATE = 80, 0.015
COLUMNS, ROWS = 45, 29
EDGES = (-1.7, 2.7, -1.2, 1.6)  # left, right, bottom, top
SECONDS = 180.0  # most engines take three; what is slower is slow, and not wrong


@dataclass(frozen=True)
class Trained:
    """How it went: the losses, the plane, and how many of the points are on their own side."""

    curve: Curve
    boundary: Boundary
    right: int
    parameters: int


def train_on_moons(
    micrograd: Submission,
    limits: Limits,
    isolation: str,
    steps: int = STEPS,
    seconds: float = SECONDS,
) -> Trained:
    """Train in a worker of its own, for so many seconds at most. Raises InfrastructureError where
    nothing useful comes back."""
    points, labels = moons(POINTS, seed=1, noise=0.1, digits=3)
    draft = Draft()
    model = draft.call("MLP", 2, SIZES)
    stream, parameters = random.Random(4), 0
    for unit, inputs in units(model, 2, SIZES):
        parameters += inputs + 1
        for place in range(inputs):
            unit.w[place].data = round(stream.uniform(-1, 1), 2)
        unit.b.data = round(stream.uniform(-1, 1), 2)
    losses = draft.call("train", model, points, labels, steps, LEARNING_RATE)
    draft.show(losses, *(model(place).data for place in (*points, *grid(EDGES, COLUMNS, ROWS))))
    sources = attempts.stranger_sources(micrograd)
    patient = replace(limits, program_seconds=seconds, lesson_seconds=seconds)
    with Sandbox(patient, isolation) as sandbox:
        engine = Engine(sandbox, attempts.worker_kind(sources), sources)
        try:
            [reply] = engine.evaluate([draft.program()])
        finally:
            engine.close()
    curve, *scores = reply.values or (None,)
    numbers = _numbers(curve)
    said = _numbers(list(scores))
    if len(numbers) != steps or len(said) != len(points) + COLUMNS * ROWS:
        raise _no_use(reply.fault)
    right = sum((score > 0) == (label > 0) for score, label in zip(said, labels, strict=False))
    told = tuple((x, y, label) for (x, y), label in zip(points, labels, strict=True))
    left, far, bottom, top = EDGES
    plane = tuple(float(f"{score:.4g}") for score in said[len(points) :])
    return Trained(
        Curve(numbers, ()),
        Boundary(left, far, bottom, top, COLUMNS, plane, (), told),
        right,
        parameters,
    )


def _numbers(value: Plain) -> tuple[float, ...]:
    """Finite numbers; nothing where one is none."""
    found = [
        float(each)
        for each in (value if isinstance(value, list) else ())
        if isinstance(each, int | float) and math.isfinite(each)
    ]
    return tuple(found) if isinstance(value, list) and len(found) == len(value) else ()


def _no_use(fault: Fault | None) -> InfrastructureError:
    why = "it gave something else than numbers"
    if fault:
        why = f"it {'raised ' if fault.outcome is Outcome.ERROR else ''}{fault.message}"
    return InfrastructureError(
        f"training your network on two moons did not work: {why}; nothing was written. "
        "Your lessons pass all the same: please report it"
    )
