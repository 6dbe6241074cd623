"""Run a submission's checks lesson by lesson: on its own, then with the reference's help."""

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from grader import attempts, scoring
from grader.course import Concept, Lesson
from grader.diagnosis.curves import curve_of
from grader.diagnosis.diagnose import Diagnostician, Ledger
from grader.harness import Exchange
from grader.loading import UNSOUND, Checks, all_alike, hangs, is_sound, load_fault, notes_of
from grader.model import CheckResult, Diagnosis, LessonOutcomes, Outcome
from grader.reading import CELLS, EXECUTE
from grader.sandbox import Fault, Loaded, Source
from grader.sandbox.sources import standard_imports
from grader.stranger import Stranger
from grader.submission import Module, Submission
from grader.trial import Grounds, Trial


class Runner:
    """Runs lesson after lesson; remembers which ones are of no use to later ones."""

    def __init__(
        self,
        submission: Submission,
        grounds: Grounds,
        diagnostician: Diagnostician,
        broken: Set[str] = frozenset(),
    ) -> None:
        """`broken`: lessons that are known to be of no use to later ones."""
        self._submission = submission
        self._diagnostician = diagnostician
        self._diagnoses: dict[str, Diagnosis] = {}
        self._grounds = grounds
        self._course = grounds.course
        self._broken = set(broken)  # later lessons get the reference in their place
        self._own: Trial | None = None  # of the last lesson: the next one may go on in its worker
        self._stranger = Stranger(submission, grounds, diagnostician) if submission.own else None

    def lesson(self, lesson: Lesson, concepts: Sequence[Concept]) -> LessonOutcomes:
        """The outcomes of one lesson."""
        if self._stranger is not None:
            outcomes = self._stranger.lesson(concepts)
            return replace(outcomes, notebooks=_how_read(self._stranger.submission.own))
        outcomes = self._outcomes(lesson, concepts)
        diagnoses = {
            each.id: self._diagnoses[each.id] for each in concepts if each.id in self._diagnoses
        }
        read = _how_read([self._submission.lessons[lesson.id]])
        return replace(outcomes, diagnoses=diagnoses, notebooks=read)

    def close(self) -> None:
        """End what was kept from lesson to lesson."""
        if self._stranger is not None:
            self._stranger.close()
        self._leave()

    def _leave(self) -> None:
        """End the worker of the last lesson's own trial."""
        if self._own is not None:
            self._own.close()
            self._own = None

    def _outcomes(self, lesson: Lesson, concepts: Sequence[Concept]) -> LessonOutcomes:
        module = self._submission.lessons[lesson.id]
        if module.problem:
            fault = Fault(Outcome.ERROR, f"{module.path.name} {module.problem}")
            outcomes = LessonOutcomes(
                all_alike(self._grounds.session, concepts, fault), sound=False
            )
        else:
            outcomes = self._best_of_two(lesson, concepts)
        if not outcomes.sound:
            self._broken.add(lesson.id)
            self._leave()
        return outcomes

    def _best_of_two(self, lesson: Lesson, concepts: Sequence[Concept]) -> LessonOutcomes:
        """The student's code alone; then, for what failed, with the reference's help."""
        trial, loaded = self._own_trial(lesson)
        self._own = trial
        fault = load_fault(loaded)
        if fault:
            checks = all_alike(self._grounds.session, concepts, fault)
        else:
            checks = {concept.id: trial.checks(concept) for concept in concepts}
        sound = not fault and is_sound(checks)
        lent = self._lent(lesson)
        if lent:
            checks = {name: _as_carried(each) for name, each in checks.items()}
        checks = {**checks, **self._without_own_lessons(lesson, concepts, lent)}
        if not (fault and (fault.type in _SYNTAX or fault.outcome in UNSOUND)):
            checks = self._helped(concepts, checks, trial.ledger)
        notes = notes_of([loaded]) if loaded.ok else ()
        curves = {
            each.id: curve
            for each in concepts
            if (curve := curve_of(trial.ledger, checks[each.id])) is not None
        }
        boundaries = {
            each.id: trial.planes[check.id]
            for each in concepts
            for check in checks[each.id]
            if check.id in trial.planes
        }
        return LessonOutcomes(checks, notes, sound, curves=curves, boundaries=boundaries)

    def _own_trial(self, lesson: Lesson) -> tuple[Trial, Loaded]:
        """The student's code on the student's earlier lessons, as far as these load."""
        while True:
            trial = self._on_own(
                attempts.own_sources(self._course, self._submission, lesson, self._broken)
            )
            loaded = trial.load()
            failed = self._failed(lesson, loaded) - self._broken
            hanging = not failed and hangs(loaded[-1], self._submission)
            if not failed and not hanging:
                return trial, loaded[-1]
            trial.close()
            self._broken |= failed
            if hanging:
                self._submission = self._submission.executed(loaded[-1].name)

    def _on_own(self, sources: Sequence[Source]) -> Trial:
        """In the worker of the lesson before, if that holds nothing but what it should."""
        last, self._own = self._own, None
        if last is not None and last.onward(sources):
            return last
        if last is not None:
            last.close()
        modules = self._submission.modules
        codes = (code for each in modules for _, code in each.cells)
        return Trial(self._grounds, sources, imports=standard_imports(codes))

    def _failed(self, lesson: Lesson, loaded: Sequence[Loaded]) -> set[str]:
        """The earlier lessons that don't load. A process that ended took all of them along: then
        the first that ends it is looked for."""
        if not any(each.fault and each.fault.outcome in UNSOUND for each in loaded):
            by_file = {each.file: each.id for each in self._course.lessons}
            return {by_file[each.name] for each in loaded[:-1] if not each.ok}
        there = self._submission.lessons
        for earlier in (each for each in self._course.earlier(lesson) if each.id in there):
            sources = attempts.own_sources(self._course, self._submission, earlier, self._broken)
            with Trial(self._grounds, sources) as trial:
                if not trial.load()[-1].ok:
                    return {earlier.id}
        return set()

    def _lent(self, lesson: Lesson) -> list[str]:
        """The earlier lessons that were handed in, and that the reference stands in for."""
        there = self._submission.lessons
        earlier = self._course.earlier(lesson)
        return [each.id for each in earlier if each.id in self._broken and each.id in there]

    def _without_own_lessons(
        self, lesson: Lesson, concepts: Sequence[Concept], lent: Sequence[str]
    ) -> Checks:
        """What to say of concepts that get no help (mg7.integration) where some earlier lesson is
        not the student's own: absent if it was not handed in, an error if it is of no use."""
        own = [concept for concept in concepts if not concept.carry]
        missing = {each.id for each in self._course.earlier(lesson)} - set(self._submission.lessons)
        if missing:
            return {concept.id: () for concept in own}
        if lent:
            fault = Fault(Outcome.ERROR, f"needs your own {', '.join(lent)}, which can't be used")
            return all_alike(self._grounds.session, own, fault)
        return {}

    def _helped(self, concepts: Sequence[Concept], checks: Checks, ledger: Ledger) -> Checks:
        """What failed, run again with the reference's code around it: first what may pass together,
        then each concept by itself."""
        deadline = time.monotonic() + self._course.limits.lesson_seconds
        checks = {**checks, **self._together(concepts, checks)}
        for each in concepts:
            if time.monotonic() < deadline:  # slow code does not get so much for each concept
                apart = any(
                    {*each.names} & {*other.names} and _has_failed(checks[other.id])
                    for other in concepts
                    if other is not each
                )
                checks = {**checks, each.id: self._with_help(each, checks[each.id], ledger, apart)}
        return checks

    def _together(self, concepts: Sequence[Concept], checks: Checks) -> Checks:
        """Those that pass in one attempt, with the reference's code for all that is right already
        and for the first that failed: most of what fails does so because of something before it."""
        needy = [each for each in concepts if each.carry and _has_failed(checks[each.id])]
        if any(check.outcome in UNSOUND for each in needy for check in checks[each.id]):
            return {}  # it would be waited for twice
        asked = needy[1:]
        if len(asked) < 2:  # no less work than one by one
            return {}
        passed = {}
        with self._lent_trial(asked) as (trial, lent):
            if trial.load()[-1].ok:
                for each in asked:
                    first = checks[each.id]
                    results = _better_of(first, _second(each, first, trial, lent))
                    if not _has_failed(results):
                        passed[each.id] = results
        return passed

    def _with_help(
        self, concept: Concept, first: tuple[CheckResult, ...], ledger: Ledger, apart: bool
    ) -> tuple[CheckResult, ...]:
        """What failed, run again with the reference's code for everything but the concept. What
        fails even so is diagnosed. `ledger` is that of the first attempt; for `apart` see
        attempts.lent_sources."""
        if not _has_failed(first) or not concept.carry:
            return first
        with self._lent_trial([concept], apart) as (trial, lent):
            if not trial.load()[-1].ok:
                return first
            second = _second(concept, first, trial, lent)
            results = _better_of(first, second)
            if _has_failed(results):
                self._diagnose(concept, *_as_one(concept, first, second, ledger, trial), trial)
        return results

    def _diagnose(
        self, concept: Concept, results: Sequence[CheckResult], ledger: Ledger, trial: Trial
    ) -> None:
        found = self._diagnostician.diagnose(concept, results, ledger, trial)
        if found is not None:
            self._diagnoses[concept.id] = found

    @contextlib.contextmanager
    def _lent_trial(
        self, concepts: Sequence[Concept], apart: bool = False
    ) -> Iterator[tuple[Trial, attempts.Lent]]:
        lent = attempts.lent_sources(self._course, self._submission, concepts, apart)
        with Trial(self._grounds, lent.sources, lent.graft) as trial:
            yield trial, lent


def _how_read(modules: Iterable[Module]) -> dict[str, str]:
    return {
        module.path.name: EXECUTE if module.executed else CELLS
        for module in modules
        if module.notebook and not module.problem
    }


def _second(
    concept: Concept, first: Sequence[CheckResult], trial: Trial, lent: attempts.Lent
) -> dict[str, CheckResult]:
    """The checks that failed at first, by id, as they come out now."""
    failed = [check.id for check in first if check.outcome in _HELPED]
    return {
        check.id: replace(check, place=lent.original(check.place))
        for check in trial.checks(concept, failed)
    }


def _as_one(
    concept: Concept,
    first: Sequence[CheckResult],
    second: Mapping[str, CheckResult],
    ledger: Ledger,
    trial: Trial,
) -> tuple[list[CheckResult], Ledger]:
    """What the concept's own code does with the reference around it, in all of its checks: also in
    those that it passed without, since a faulty order may pass by luck. Where the reference's stub
    stands in for a name that the student lacks, what the first attempt gave."""
    left = [check.id for check in first if check.id not in second]
    told = {**second, **{check.id: check for check in trial.checks(concept, left)}}
    results: list[CheckResult] = []
    said: dict[str, Sequence[Exchange]] = {**trial.ledger}
    for check in first:
        again = told.get(check.id, check)
        if again.outcome is Outcome.TODO:
            again, said[check.id] = check, ledger.get(check.id, ())
        results.append(again)
    return results, said


_HELPED = frozenset({Outcome.FAILED, Outcome.ERROR}) | UNSOUND
_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})


def _has_failed(checks: Iterable[CheckResult]) -> bool:
    return any(each.outcome in _HELPED for each in checks)


def _better_of(
    first: Sequence[CheckResult], second: Mapping[str, CheckResult]
) -> tuple[CheckResult, ...]:
    """Of each check, the better of its two results."""
    return tuple(_better(check, second.get(check.id)) for check in first)


def _better(first: CheckResult, second: CheckResult | None) -> CheckResult:
    if second is None or scoring.better(first, second) is first:
        return first
    if second.outcome is Outcome.TODO and second.place is None:
        return first  # the reference's stub: the student has neither a stub nor a definition
    return replace(second, carried=second.outcome is Outcome.PASSED)


def _as_carried(checks: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    return tuple(replace(check, carried=check.outcome is Outcome.PASSED) for check in checks)
