"""Run the checks of lessons on a submission: on its own, then with the reference's help."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from grader import attempts, scoring
from grader.cache import Cache
from grader.course import Concept, Course, Lesson
from grader.harness import Bench, Oracle, Session, collect
from grader.model import CheckResult, LessonOutcomes, Outcome
from grader.sandbox import Engine, Fault, Sandbox
from grader.submission import Submission

UNSOUND = frozenset({Outcome.TIMEOUT, Outcome.CRASHED, Outcome.PROTOCOL})


def run(
    course: Course,
    submission: Submission,
    lessons: Sequence[Lesson],
    wanted: Sequence[Concept],
    seed: int,
    store: Cache,
    progress: Callable[[str], None],
) -> dict[str, LessonOutcomes]:
    """The outcomes of the wanted concepts of these lessons, by lesson id."""
    outcomes: dict[str, LessonOutcomes] = {}
    with Sandbox(course.limits) as sandbox:
        if any(lesson.worker == "torch" for lesson in lessons):
            sandbox.warm("torch")  # importing it takes a second; do the rest meanwhile
        oracle = Oracle(sandbox, store)

        def body(session: Session) -> None:
            runner = _Runner(course, submission, session, sandbox, oracle, seed)
            for lesson in lessons:
                progress(lesson.id)
                concepts = [concept for concept in wanted if concept.lesson == lesson.id]
                outcomes[lesson.id] = runner.lesson(lesson, concepts)
                runner.remember(lesson, outcomes[lesson.id])

        try:
            collect([lesson.suite for lesson in lessons], body)
        finally:
            oracle.save()
    return outcomes


class _Runner:
    """Runs lesson after lesson; remembers which ones are of no use to later ones."""

    def __init__(
        self,
        course: Course,
        submission: Submission,
        session: Session,
        sandbox: Sandbox,
        oracle: Oracle,
        seed: int,
    ) -> None:
        self._course = course
        self._submission = submission
        self._session = session
        self._sandbox = sandbox
        self._oracle = oracle
        self._seed = seed
        self._broken: set[str] = set()

    def remember(self, lesson: Lesson, outcomes: LessonOutcomes) -> None:
        """Later lessons get the reference in the place of an unsound one."""
        if not outcomes.sound:
            self._broken.add(lesson.id)

    def lesson(self, lesson: Lesson, concepts: Sequence[Concept]) -> LessonOutcomes:
        """The better of two attempts at each check."""
        if self._submission.own:
            return self._stranger(lesson, concepts)
        module = self._submission.lessons[lesson.id]
        if module.problem:
            fault = Fault(Outcome.ERROR, f"{module.path.name} {module.problem}")
            return LessonOutcomes(self._all(concepts, fault), sound=False)
        engine, notes = self._own_engine(lesson)
        lent = bool(self._broken & set(self._submission.lessons)) and lesson.id != "mg1"
        fault = _load_fault(engine)
        try:
            if fault:
                checks = self._all(concepts, fault)
            else:
                checks = {c.id: self._attempt(c, engine) for c in concepts}
        finally:
            engine.close()
        if lent:
            checks = {name: _as_carried(each) for name, each in checks.items()}
        sound = not fault and not any(
            check.outcome in UNSOUND for each in checks.values() for check in each
        )
        if not (fault and fault.type in _SYNTAX):
            for concept in concepts:
                if concept.carry:
                    checks[concept.id] = self._with_help(concept, checks[concept.id])
        return LessonOutcomes(checks, notes, sound)

    def _own_engine(self, lesson: Lesson) -> tuple[Engine, tuple[str, ...]]:
        """The student's code on the student's earlier lessons, as far as these load."""
        while True:
            sources = attempts.own_sources(
                self._course, self._submission, lesson, self._broken
            )
            kind = attempts.worker_kind(lesson, sources)
            engine = Engine(self._sandbox, kind, sources)
            loaded = engine.load()
            by_file = {each.file: each.id for each in self._course.lessons}
            failed = {by_file[each.name] for each in loaded[:-1] if not each.ok}
            if not failed - self._broken:
                last = loaded[-1]
                notes = (f"{last.fault.place}: {last.fault.message}",) if last.fault else ()
                return engine, notes if last.ok else ()
            engine.close()
            self._broken |= failed

    def _with_help(
        self, concept: Concept, first: Sequence[CheckResult]
    ) -> tuple[CheckResult, ...]:
        """What failed, run again with the reference's code for everything but the concept."""
        failed = [
            check.id
            for check in first
            if check.outcome not in (Outcome.PASSED, Outcome.TODO, Outcome.INFRASTRUCTURE)
        ]
        if not failed:
            return tuple(first)
        lesson = self._course.lesson(concept.lesson)
        lent = attempts.lent_sources(self._course, self._submission, concept)
        kind = attempts.worker_kind(lesson, lent.sources)
        engine = Engine(self._sandbox, kind, lent.sources, lent.graft)
        try:
            if _load_fault(engine):
                return tuple(first)
            second = {
                check.id: replace(check, place=lent.original(check.place))
                for check in self._attempt(concept, engine, failed)
            }
        finally:
            engine.close()
        return tuple(_better(check, second.get(check.id)) for check in first)

    def _stranger(self, lesson: Lesson, concepts: Sequence[Concept]) -> LessonOutcomes:
        """A micrograd of someone's own: graded on what it defines, with no help."""
        sources = attempts.stranger_sources(self._submission)
        kind = attempts.worker_kind(lesson, sources)
        if kind == "torch" and not any("torch_neuron" in each.cells[0][1] for each in sources):
            kind = attempts.worker_kind(self._course.lessons[0], sources)
        engine = Engine(self._sandbox, kind, sources)
        try:
            loaded = engine.load()
            faults = [each.fault for each in loaded if each.fault]
            if faults and not any(each.ok for each in loaded):
                return LessonOutcomes(self._all(concepts, faults[0]), sound=False)
            there = self._defined(engine, concepts)
            checks = {
                concept.id: self._attempt(concept, engine, self._applicable(concept, there))
                for concept in concepts
            }
        finally:
            engine.close()
        sound = not any(c.outcome in UNSOUND for each in checks.values() for c in each)
        notes = [f"{fault.place}: {fault.message}" for fault in faults if fault.place]
        return LessonOutcomes(checks, tuple(notes), sound)

    def _defined(self, engine: Engine, concepts: Sequence[Concept]) -> set[str]:
        """Which of the names that concepts and their checks need a stranger's code defines."""
        names = {name for concept in concepts for name in concept.requires}
        for concept in concepts:
            names = names.union(*self._session.needs(concept.id).values())
        listed = sorted(names)
        found = engine.has(listed)
        return {name for name, there in zip(listed, found, strict=True) if there}

    def _applicable(self, concept: Concept, there: set[str]) -> list[str]:
        """The checks of a concept that a stranger's code can be asked; none: it is absent."""
        if not concept.requires or not there.issuperset(concept.requires):
            return []
        needs = self._session.needs(concept.id)
        return [identity for identity, names in needs.items() if names <= there]

    def _attempt(
        self, concept: Concept, engine: Engine, only: Iterable[str] | None = None
    ) -> tuple[CheckResult, ...]:
        bench = Bench(engine, self._oracle, self._course.tolerance, self._seed)
        results = self._session.run(concept.id, bench, only)
        return tuple(_as_todo(result, concept) for result in results)

    def _all(
        self, concepts: Sequence[Concept], fault: Fault
    ) -> dict[str, tuple[CheckResult, ...]]:
        """The same fault for every check: the code could not be loaded."""
        return {
            concept.id: tuple(
                CheckResult(
                    identity, concept.id, fault.outcome, fault.message, place=fault.place
                )
                for identity in self._session.checks(concept.id)
            )
            for concept in concepts
        }


_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})
_STUB = re.compile(r"NotImplementedError: (mg\d+\.[a-z-]+)")


def _load_fault(engine: Engine) -> Fault | None:
    """Why the lesson itself could not be loaded."""
    last = engine.load()[-1]
    if last.ok:
        return None
    return last.fault or Fault(Outcome.ERROR, "could not be loaded")


def _as_todo(result: CheckResult, concept: Concept) -> CheckResult:
    """A check that met the concept's own stub is todo. A concept without code of its own
    (mg7.integration) waits for whatever stub it met."""
    stub = _STUB.fullmatch(result.message)
    if result.outcome is not Outcome.ERROR or not stub:
        return result
    if stub[1] == concept.id or not concept.names:
        return replace(result, outcome=Outcome.TODO, message=f"{stub[1]} is still to be written")
    return replace(result, message=f"needs {stub[1]}, which is still to be written")


def _better(first: CheckResult, second: CheckResult | None) -> CheckResult:
    if second is None or scoring.better(first, second) is first:
        return first
    return replace(second, carried=second.outcome is Outcome.PASSED)


def _as_carried(checks: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    return tuple(
        replace(check, carried=check.outcome is Outcome.PASSED) for check in checks
    )
