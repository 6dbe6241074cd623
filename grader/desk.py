"""The desk: pytest's session, the sandbox and PyTorch's answers, opened once for any number of
submissions."""

from collections.abc import Callable, Generator, Iterable, Sequence, Set
from dataclasses import replace
from pathlib import Path

from grader.answers import Answers
from grader.cache import Cache
from grader.course import Concept, Course, Lesson
from grader.diagnosis.diagnose import Diagnostician
from grader.diagnosis.lineup import Lineup
from grader.harness import Oracle, Session, collect
from grader.model import LessonOutcomes
from grader.reading import EXECUTE
from grader.regions import stubs
from grader.running import Runner
from grader.sandbox import Sandbox
from grader.submission import Submission
from grader.trial import Grounds

Progress = Callable[[str], None]
# Grades lessons of one submission, as far as their concepts are wanted, one after the other. The
# set holds the ids of lessons known to hang or crash: the reference stands in for them.
Grade = Callable[
    [Submission, Sequence[Lesson], Sequence[Concept], Progress, Set[str]],
    Generator[tuple[Lesson, LessonOutcomes]],
]


def open_desk(
    course: Course,
    lessons: Sequence[Lesson],
    seed: int,
    store: Cache,
    stamp: bytes,
    sandbox: Sandbox,
    body: Callable[[Grade], None],
    warm: Iterable[str] = (),
) -> None:
    """Call `body` with a function that grades submissions on these lessons.

    `stamp` changes when the grader's own code does. `warm`: the kinds of workers that will be
    needed in any case.
    """
    answers = Answers(store, seed)
    oracle = Oracle(sandbox, answers)
    suites = [lesson.suite for lesson in lessons]
    for kind in warm:
        sandbox.warm(kind)
    if not answers.cover(suites):
        sandbox.warm("torch")  # importing it takes a second; do the rest meanwhile

    done: list[Path] = []

    def in_session(session: Session) -> None:
        grounds = Grounds(course, session, sandbox, oracle, seed)
        with Lineup(grounds, store, stamp) as lineup:

            def grade(
                submission: Submission,
                asked: Sequence[Lesson],
                wanted: Sequence[Concept],
                progress: Progress,
                broken: Set[str],
            ) -> Generator[tuple[Lesson, LessonOutcomes]]:
                diagnostician = Diagnostician(grounds, submission, lineup)
                runner = Runner(submission, grounds, diagnostician, broken)
                left = {each.id for each in asked}
                for kind in kinds(submission, [each for each in wanted if each.lesson in left]):
                    sandbox.warm(kind)
                try:
                    for lesson in asked:
                        progress(lesson.id)
                        concepts = [each for each in wanted if each.lesson == lesson.id]
                        found = runner.lesson(lesson, concepts)
                        done.append(lesson.suite)
                        yield lesson, _with_seal(found, sandbox.missing)
                finally:
                    runner.close()
                    oracle.save(done)
                    lineup.save()

            body(grade)

    collect(suites, in_session)


def _with_seal(found: LessonOutcomes, missing: tuple[str, ...]) -> LessonOutcomes:
    """The layers of isolation that were not there, with a word on notebooks."""
    if missing and EXECUTE in found.notebooks.values():
        lacking = ", ".join(missing)
        note = f"notebooks were executed in an ordinary kernel, without {lacking}"
        return replace(found, missing=missing, notes=(*found.notes, note))
    return replace(found, missing=missing)


def kinds(submission: Submission, wanted: Sequence[Concept]) -> list[str]:
    """The kinds of workers that a submission needs and that are slow to start."""
    torch = _needs_torch(submission, wanted)
    if any(module.executed for module in submission.modules):
        return ["kernel", *(["torch-kernel"] if torch else [])]
    return ["torch"] if torch else []


def _needs_torch(submission: Submission, wanted: Sequence[Concept]) -> bool:
    """Whether a concept that needs torch in its worker has more than a stub."""
    for concept in wanted:
        module = submission.lessons.get(concept.lesson)
        if concept.worker == "torch" and module is not None:
            left = {stub.concept for _, code in module.cells for stub in stubs(code)}
            if concept.id not in left:
                return True
    return False
