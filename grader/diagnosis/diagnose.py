"""Why a concept failed, put together: the mistake, the first wrong number, facts, the place."""

from collections.abc import Iterable, Mapping, Sequence

from grader.course import Concept
from grader.diagnosis import facts
from grader.diagnosis.behaviour import Behaviour, behaviour
from grader.diagnosis.catalogue import Mistake
from grader.diagnosis.divergence import Parting, case_of, has_failed, where_they_part
from grader.diagnosis.known import sentence_for, thought_for
from grader.diagnosis.lineup import Lineup
from grader.diagnosis.naming import Named, name
from grader.harness import Exchange
from grader.model import CheckResult, Diagnosis, Outcome, Plain, Program
from grader.submission import Submission
from grader.trial import Grounds, Trial

Ledger = Mapping[str, Sequence[Exchange]]
# What a learner wrote and got wrong; time-outs and crashes speak for themselves.
DIAGNOSED = frozenset({Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT})
MOST_EVIDENCE = 3


class Diagnostician:
    """Diagnoses the concepts of one submission."""

    def __init__(self, grounds: Grounds, submission: Submission, lineup: Lineup) -> None:
        self._grounds = grounds
        self._submission = submission
        self._lineup = lineup
        self._found: list[Mistake] = []  # in a stranger's micrograd one mistake spoils much

    def diagnose(
        self, concept: Concept, results: Sequence[CheckResult], ledger: Ledger, trial: Trial
    ) -> Diagnosis | None:
        """The diagnosis of a concept with these results; None where there is nothing to say
        beyond them. `trial` holds the student's code as it was when the checks failed."""
        if not any(each.outcome in DIAGNOSED for each in results):
            return None
        student = behaviour(results, ledger)
        files = self._files(concept)
        found = facts.facts(files, concept.names, None)
        named = name(
            self._lineup,
            concept,
            student,
            self._evidence(concept, ledger),
            {each.kind for each in found},
            self._grounds.seed,
            lambda seed: self._again(concept, trial, sorted(student), seed),
            self._found,
        )
        if named and self._submission.own:
            self._found += [each for each in named.mistakes if each not in self._found]
        parting = self._parting(concept, ledger, trial)
        return self._told(concept, named, parting, found)

    def _told(
        self,
        concept: Concept,
        named: Named | None,
        parting: Parting | None,
        found: Sequence[facts.Fact],
    ) -> Diagnosis | None:
        if named is None and parting is None and not found:
            return None
        operators = parting.operators if parting else ()
        if named and any(each.operator for each in named.mistakes):
            operators = tuple(each.operator for each in named.mistakes if each.operator)
        if named:
            sentence = " Besides: ".join(_told_of(each, concept) for each in named.mistakes)
            think = " ".join(each.think for each in named.mistakes)
        elif parting:
            sentence, think = sentence_for(parting), thought_for(parting)
        else:
            sentence, think = found[0].sentence, ""
        operator = operators[0] if operators else None
        file, line = self._place(concept, operator, named, parting, found)
        return Diagnosis(
            sentence=sentence,
            mistake=" + ".join(each.id for each in named.mistakes) if named else None,
            operator=operator,
            node=parting.name if parting else None,
            file=file,
            line=line,
            think=think,
            ties=named.ties if named else (),
            facts=tuple(each.sentence for each in found if each.sentence != sentence),
            case=case_of(parting, self._module(concept)) if parting else None,
        )

    def _evidence(self, concept: Concept, ledger: Ledger) -> list[Exchange]:
        """The first program that failed in each check, or raised, as far as PyTorch was asked."""
        tolerance = self._grounds.course.tolerance
        failed = (
            next((each for each in exchanges if has_failed(each, tolerance)), None)
            for exchanges in ledger.values()
        )
        return [each for each in failed if each is not None][:MOST_EVIDENCE]

    def _parting(self, concept: Concept, ledger: Ledger, trial: Trial) -> Parting | None:
        if concept.worker != "plain":
            return None

        def judge(program: Program) -> tuple[Plain, ...]:
            return self._grounds.oracle.answers([program])[0]

        return where_they_part(
            (exchange for each in ledger.values() for exchange in each),
            trial.evaluate,
            judge,
            lambda programs: self._lineup.reference(concept, programs),
            self._grounds.course.tolerance,
        )

    def _again(self, concept: Concept, trial: Trial, checks: Sequence[str], seed: int) -> Behaviour:
        """What the student's code does in the same checks, leniently, with programs of a seed."""
        results, ledger = trial.again(
            concept, checks, lambda engine, seen: self._lineup.bench(concept, engine, seed, seen)
        )
        return behaviour(results, ledger)

    def _place(
        self,
        concept: Concept,
        operator: str | None,
        named: Named | None,
        parting: Parting | None,
        found: Iterable[facts.Fact],
    ) -> tuple[str | None, int | None]:
        """The line of a fact that names the mistake; else where the operator's code begins."""
        wanted = {each.when for each in named.mistakes} if named else set()
        for each in found:
            if each.kind in wanted or not named:
                return _for_people(each.file), each.line
        names = [facts.method_of(operator)] if operator else []
        own = [each for each in names if each in concept.names or self._submission.own]
        backward = parting is not None and not parting.forward
        place = facts.where(self._files(concept), [*own, *concept.names], closure=backward)
        return (_for_people(place[0]), place[1]) if place else (None, None)

    def _files(self, concept: Concept) -> list[tuple[str, str]]:
        modules = self._submission.own or [self._submission.lessons[concept.lesson]]
        return [cell for module in modules for cell in module.cells]

    def _module(self, concept: Concept) -> str | None:
        """Where a learner can import Value from to try the case."""
        own = self._submission.own
        if not own:
            return self._grounds.course.lesson(concept.lesson).file
        return own[0].name if len(own) == 1 else None


def _told_of(mistake: Mistake, concept: Concept) -> str:
    """What happened; of a mistake that another concept is about, whose."""
    other = mistake.concept != concept.id
    return f"This comes from {mistake.concept}: {mistake.happened}" if other else mistake.happened


def _for_people(file: str) -> str:
    """`mg3.ipynb[cell 4]` is a notebook's cell."""
    return file.replace("[cell ", ", cell ").removesuffix("]")
