"""The desk: pytest's session, the sandbox and PyTorch's answers, opened once for any number of
submissions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

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
# Grades lessons of one submission, as far as their concepts are wanted: each lesson's id with its
# outcomes, as soon as they are there.
Grade = Callable[
    [Submission, Sequence[Lesson], Sequence[Concept], Progress],
    Iterator[tuple[str, LessonOutcomes]],
]


def open_desk(
    course: Course,
    lessons: Sequence[Lesson],
    seed: int,
    store: Cache,
    stamp: bytes,
    isolation: str,
    body: Callable[[Grade], None],
    warm: Iterable[str] = (),
) -> None:
    """Call `body` with a function that grades submissions on these lessons.

    `stamp` changes when the grader's own code does. `warm`: the kinds of workers that will be
    needed in any case.
    """
    done: dict[str, Lesson] = {}
    with Sandbox(course.limits, isolation) as sandbox:
        oracle = Oracle(sandbox, store, seed)
        suites = [lesson.suite for lesson in lessons]
        for kind in warm:
            sandbox.warm(kind)
        if not oracle.knows(suites):
            sandbox.warm("torch")  # importing it takes a second; do the rest meanwhile

        def in_session(session: Session) -> None:
            grounds = Grounds(course, session, sandbox, oracle, seed)
            with Lineup(grounds, store, stamp) as lineup:

                def grade(
                    submission: Submission,
                    asked: Sequence[Lesson],
                    wanted: Sequence[Concept],
                    progress: Progress,
                ) -> Iterator[tuple[str, LessonOutcomes]]:
                    runner = Runner(submission, grounds, Diagnostician(grounds, submission, lineup))
                    try:
                        for lesson in asked:
                            progress(lesson.id)
                            concepts = [each for each in wanted if each.lesson == lesson.id]
                            found = runner.lesson(lesson, concepts)
                            done[lesson.id] = lesson
                            yield lesson.id, _with_seal(found, sandbox.missing)
                    finally:
                        runner.close()

                body(grade)

        try:
            collect(suites, in_session)
        finally:
            oracle.save([lesson.suite for lesson in done.values()])


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
