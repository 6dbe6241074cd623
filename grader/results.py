"""What outcomes add up to: the result of each concept."""

from collections.abc import Iterable, Mapping

from grader import locate, scoring
from grader.course import Concept, Course, Lesson
from grader.model import (
    CheckResult,
    ConceptResult,
    Diagnosis,
    Isolation,
    LessonOutcomes,
    Outcome,
    State,
)
from grader.submission import Submission


def result_of(
    course: Course,
    submission: Submission,
    concept: Concept,
    outcomes: Mapping[str, LessonOutcomes],
) -> ConceptResult:
    """The score of one concept; `outcomes` are by lesson, as far as there are any."""
    found = outcomes.get(concept.lesson)
    checks: tuple[CheckResult, ...] = found.checks.get(concept.id, ()) if found else ()
    state = scoring.state_of(checks)
    working = state not in (State.PASSED, State.ABSENT)
    diagnosis = found.diagnoses.get(concept.id) if found and working else None
    return ConceptResult(
        id=concept.id,
        lesson=concept.lesson,
        title=concept.title,
        state=state,
        earned=scoring.earned(checks, concept.points),
        possible=scoring.counted(checks, concept.points),
        bonus=course.lesson(concept.lesson).bonus,
        carried=any(check.carried for check in checks),
        checks=checks,
        diagnosis=diagnosis,
        place=(
            locate.place_of(submission, concept, checks, _blamed(diagnosis)) if working else None
        ),
        curve=found.curves.get(concept.id) if found else None,
        boundary=found.boundaries.get(concept.id) if found else None,
    )


def not_run(lesson: Lesson) -> LessonOutcomes:
    """Of a lesson that was not reached."""
    identity, why = f"{lesson.suite.stem}::not_run", "grading was stopped before it"
    return LessonOutcomes(
        {
            each.id: (CheckResult(identity, each.id, Outcome.NOT_RUN, why),)
            for each in lesson.concepts
        }
    )


def isolation_of(asked: str, outcomes: Iterable[LessonOutcomes]) -> Isolation:
    """How well the workers were sealed that gave these outcomes."""
    missing = tuple(dict.fromkeys(layer for each in outcomes for layer in each.missing))
    if asked == "none":
        return Isolation("none", missing)
    return Isolation("reduced" if missing else "full", missing)


def _blamed(diagnosis: Diagnosis | None) -> str:
    """The method that a diagnosis speaks of."""
    if diagnosis is None or diagnosis.operator is None:
        return ""
    from grader.diagnosis.facts import method_of

    return method_of(diagnosis.operator)
