"""A micrograd of someone's own: graded on what it defines, with no help."""

from collections.abc import Sequence
from dataclasses import replace

from grader import attempts
from grader.course import Concept
from grader.diagnosis.diagnose import Diagnostician
from grader.loading import all_alike, hangs, is_sound, load_fault, notes_of
from grader.model import Diagnosis, LessonOutcomes
from grader.sandbox import Fault, Loaded
from grader.submission import Submission
from grader.trial import Grounds, Trial


class Stranger:
    """Grades it lesson by lesson. An executed notebook is executed once for all of them."""

    def __init__(
        self, submission: Submission, grounds: Grounds, diagnostician: Diagnostician
    ) -> None:
        self.submission = submission
        self._grounds = grounds
        self._diagnostician = diagnostician
        self._trial: Trial | None = None
        self._unusable: Fault | None = None  # why its Value can't even be made

    def lesson(self, concepts: Sequence[Concept]) -> LessonOutcomes:
        """The outcomes of one lesson's concepts."""
        if self._unusable:
            return self._useless(concepts, self._unusable)
        trial = self._open()
        loaded = trial.load()
        if not any(each.ok for each in loaded):
            return self._useless(concepts, next(filter(None, map(load_fault, loaded))))
        there = _why_no_value(trial, loaded) or self._defined(trial, concepts)
        if isinstance(there, Fault):
            self._unusable = there
            return replace(self._useless(concepts, there), notes=notes_of(loaded))
        checks = {
            concept.id: trial.checks(concept, self._applicable(concept, there))
            for concept in concepts
        }
        diagnoses: dict[str, Diagnosis] = {}
        for concept in concepts:
            own = {each.id: trial.ledger.get(each.id, ()) for each in checks[concept.id]}
            found = self._diagnostician.diagnose(concept, checks[concept.id], own, trial)
            if found is not None:
                diagnoses[concept.id] = found
        return LessonOutcomes(checks, notes_of(loaded), is_sound(checks), diagnoses=diagnoses)

    def close(self) -> None:
        """End its worker."""
        if self._trial is not None:
            self._trial.close()
            self._trial = None

    def _open(self) -> Trial:
        """Its files in a worker: a fresh one for every lesson, or the notebook's kernel."""
        if self._trial is not None and any(each.executed for each in self.submission.own):
            self._trial.renew()
            return self._trial
        self.close()
        self._trial = Trial(self._grounds, attempts.stranger_sources(self.submission))
        hanging = [each.name for each in self._trial.load() if hangs(each, self.submission)]
        if hanging:
            self.submission = self.submission.executed(*hanging)
            return self._open()
        return self._trial

    def _useless(self, concepts: Sequence[Concept], fault: Fault) -> LessonOutcomes:
        return LessonOutcomes(all_alike(self._grounds.session, concepts, fault), sound=False)

    def _defined(self, trial: Trial, concepts: Sequence[Concept]) -> set[str] | Fault:
        """Which of the names that concepts and their checks need a stranger's code defines."""
        names = {name for concept in concepts for name in concept.requires}
        for concept in concepts:
            names = names.union(*self._grounds.session.needs(concept.id).values())
        listed = sorted(names)
        found = trial.has(listed)
        if isinstance(found, Fault):
            return replace(found, message=f"making a Value {found.message}")
        return {name for name, there in zip(listed, found, strict=True) if there}

    def _applicable(self, concept: Concept, there: set[str]) -> list[str]:
        """The checks of a concept that a stranger's code can be asked; none: it is absent."""
        if not concept.requires or not there.issuperset(concept.requires):
            return []
        needs = self._grounds.session.needs(concept.id)
        return [identity for identity, names in needs.items() if names <= there]


def _why_no_value(trial: Trial, loaded: Sequence[Loaded]) -> Fault | None:
    """The fault of a notebook whose cell that makes the class has raised."""
    faults = [each.fault for each in loaded if each.fault]
    return faults[0] if faults and trial.has(["Value"]) == [False] else None
