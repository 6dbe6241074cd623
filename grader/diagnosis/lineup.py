"""How the reference would behave in a concept's checks, had it this or that known mistake."""

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from typing import Self

from grader import attempts
from grader.cache import Cache
from grader.course import Concept, Lesson, Tolerance
from grader.diagnosis.behaviour import (
    Behaviour,
    alike,
    behaviour,
    from_data,
    replied,
    to_data,
)
from grader.diagnosis.catalogue import Change
from grader.errors import CourseError
from grader.harness import Bench, Exchange
from grader.loading import UNSOUND
from grader.model import Plain, Program
from grader.sandbox import Engine, Reply, Source
from grader.trial import Grounds

# One mistake or two at once, perhaps after a change of the base; none: the reference itself.
Mistakes = tuple[Change, ...]
Ledger = dict[str, tuple[Exchange, ...]]
ANYTHING = Tolerance(math.inf, math.inf)
SECONDS = 3600.0  # of each worker, which serves all submissions; a program has its own limit
AT_ONCE = 0.5  # seconds for what may be of use only later


class Lineup:
    """Engines of known mistakes, one worker for all of them; what they did is remembered on disk.

    A context manager: leaving it ends the worker and writes to the cache.
    """

    def __init__(self, grounds: Grounds, store: Cache, stamp: bytes) -> None:
        """`stamp` changes when the grader's own code does."""
        self._grounds = grounds
        self._store = store
        self._stamp = stamp
        self._engines: dict[str, Engine] = {}
        self._loaded: dict[str, tuple[str, ...]] = {}
        self._learned: dict[str, Plain] = {}
        self._new: dict[str, Plain] = {}  # of that, what is not in the cache yet
        self._texts: dict[str, str] = {}  # the reference's lessons, by id
        self._grounding: dict[str, bytes] = {}  # what answers in a lesson hang on, but mistakes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        for engine in self._engines.values():
            engine.close()
        self.save()

    def save(self) -> None:
        """Write what was newly learned to the cache."""
        self._store.put("mistake", self._new)
        if self._store.trouble is None:  # there it is found again
            self._new.clear()

    def behaviours(
        self,
        concept: Concept,
        suspects: Sequence[Mistakes],
        checks: Sequence[str],
        leniently: int | None = None,
    ) -> list[Behaviour | None]:
        """What each of the suspects does in these checks; None for mistakes that exclude each
        other. `leniently`: with programs of this seed, and no number is judged, so that all of
        them are run and none needs PyTorch."""
        seed = self._grounds.seed if leniently is None else leniently
        asked = [*checks, f"leniently {leniently}"]
        found: list[Behaviour | None] = []
        for mistakes in suspects:
            key = self._key(concept, mistakes, seed, asked)
            own: Behaviour | None = from_data(self._known(key))
            if own is None:
                try:
                    own = self._run(concept, mistakes, leniently, checks)
                except CourseError:  # two changes of the same line
                    found.append(None)
                    continue
                self._learn(key, to_data(own))
            found.append(own)
        return found

    def fits(
        self, concept: Concept, suspects: Sequence[Mistakes], evidence: Sequence[Exchange]
    ) -> list[list[bool]]:
        """Which of these programs each suspect gives the student's numbers in: a first sieve, much
        quicker than whole checks."""
        programs = [each.program for each in evidence]
        seen = [replied(each.reply) for each in evidence]
        every = self._programs(concept)
        places = {each.encoded: place for place, each in reversed([*enumerate(every)])}
        wanted = [places.get(each.encoded, len(every)) for each in programs]
        found = []
        for mistakes in suspects:
            given = self._given(concept, mistakes, programs, every, wanted)
            given = [*given, *[None] * (len(seen) - len(given))]
            found.append([alike(own, other) for own, other in zip(seen, given, strict=True)])
        return found

    def reference(self, concept: Concept, programs: Sequence[Program]) -> list[Reply]:
        """What the reference replies, as far as it comes."""
        return self._engine(concept, ()).evaluate(programs)

    def bench(self, concept: Concept, engine: Engine, leniently: int | None, seen: Ledger) -> Bench:
        """Where an engine is examined, PyTorch beside it; or, leniently, the reference."""
        grounds = self._grounds
        if leniently is None:
            return Bench(engine, grounds.oracle, grounds.course.tolerance, grounds.seed, seen)
        return Bench(engine, _Reference(self, concept), ANYTHING, leniently, seen)

    def _known(self, key: str) -> Plain:
        """What was learned under this key, by us or by another grader; None if nothing was."""
        if key not in self._learned:
            self._learned |= self._store.get("mistake", [key])
        return self._learned.get(key)

    def _learn(self, key: str, value: Plain) -> None:
        self._learned[key] = self._new[key] = value

    def _given(
        self,
        concept: Concept,
        mistakes: Mistakes,
        programs: Sequence[Program],
        every: Sequence[Program],
        wanted: Sequence[int],
    ) -> list[Plain]:
        """What these mistakes reply to programs, as far as they come; nothing for mistakes that
        exclude each other. The next student will fail in other ones, so all that the concept's
        checks ask (`every`, the programs at `wanted` in it) are answered along with them; if that
        takes its time, those up to the last."""
        last = max(wanted, default=len(every))
        if last == len(every):  # not only the known ones
            asked = [program.encoded.decode() for program in programs]
            return self._replies(concept, mistakes, programs, asked)
        given = self._replies(concept, mistakes, every, ["all programs"], AT_ONCE)
        if last >= len(given):
            first = every[: last + 1]
            given = self._replies(concept, mistakes, first, [f"first {len(first)} programs"])
        return [given[place] if place < len(given) else None for place in wanted]

    def _programs(self, concept: Concept) -> Sequence[Program]:
        """What the concept's checks ask of everyone. For each check it is found out once."""
        nobody = Engine(self._grounds.sandbox, concept.worker, ())
        return self._grounds.session.programs(concept.id, self._grounds.bench(nobody))

    def _replies(
        self,
        concept: Concept,
        mistakes: Mistakes,
        programs: Sequence[Program],
        asked: Sequence[str],
        seconds: float | None = None,
    ) -> list[Plain]:
        """`asked` names the programs in the cache. With `seconds`, only what comes within so many
        of them."""
        key = self._key(concept, mistakes, self._grounds.seed, asked)
        given = self._known(key)
        if not isinstance(given, list):
            given = self._answered(concept, mistakes, programs, seconds)
            self._learn(key, given)
        return given

    def _answered(
        self,
        concept: Concept,
        mistakes: Mistakes,
        programs: Sequence[Program],
        seconds: float | None,
    ) -> list[Plain]:
        try:
            engine = self._engine(concept, mistakes)
        except CourseError:
            return []
        engine.renew(seconds)
        replies = engine.evaluate(programs)
        engine.renew()
        fault = replies[-1].fault if replies else None
        if seconds is not None and fault is not None and fault.outcome in UNSOUND:
            replies.pop()
        return [replied(each) for each in replies]

    def _run(
        self, concept: Concept, mistakes: Mistakes, leniently: int | None, checks: Sequence[str]
    ) -> Behaviour:
        bench = self.bench(concept, self._engine(concept, mistakes), leniently, {})
        results = list(self._grounds.session.run(concept.id, bench, checks))
        return behaviour(results, bench.ledger)

    def _engine(self, concept: Concept, mistakes: Mistakes) -> Engine:
        """A worker with these mistakes in it. Raises CourseError."""
        role = concept.worker if mistakes else "judge"  # a judge stands beside the examined one
        wanted = (concept.lesson, *(each.id for each in mistakes))
        engine = self._engines.get(role)
        if engine is None or self._loaded.get(role) != wanted:
            sources = self._sources(concept, mistakes)
            self._loaded.pop(role, None)  # unknown, should loading be abandoned
            if engine is None:
                engine = self._engines[role] = Engine(
                    self._grounds.sandbox, concept.worker, sources, seconds=SECONDS, layers=()
                )
            else:
                engine.reload(sources)
            self._loaded[role] = wanted
        return engine

    def _sources(self, concept: Concept, mistakes: Mistakes) -> list[Source]:
        """The lessons up to the concept's: later ones would replace what it is about."""
        sources = []
        for lesson in self._lessons(concept):
            text = self._text(lesson)
            for mistake in mistakes:
                if mistake.lesson == lesson.id:
                    text = mistake.apply(text)
            sources.append(attempts.reference_source(lesson, text))
        return sources

    def _lessons(self, concept: Concept) -> tuple[Lesson, ...]:
        own = self._grounds.course.lesson(concept.lesson)
        return (*self._grounds.course.earlier(own), own)

    def _text(self, lesson: Lesson) -> str:
        """The reference's source of a lesson, read once."""
        if lesson.id not in self._texts:
            self._texts[lesson.id] = attempts.reference_text(lesson)
        return self._texts[lesson.id]

    def _key(self, concept: Concept, mistakes: Mistakes, seed: int, asked: Iterable[str]) -> str:
        if concept.lesson not in self._grounding:
            digest = hashlib.sha256(self._stamp)
            for lesson in self._lessons(concept):
                digest.update(lesson.suite.read_bytes() + self._text(lesson).encode())
            self._grounding[concept.lesson] = digest.digest()
        told = [concept.id, seed, list(asked), [(each.id, each.change) for each in mistakes]]
        return hashlib.sha256(
            self._grounding[concept.lesson] + json.dumps(told).encode()
        ).hexdigest()


class _Reference:
    """A judge that asks the reference."""

    def __init__(self, lineup: Lineup, concept: Concept) -> None:
        self._lineup = lineup
        self._concept = concept

    def answers(self, programs: Sequence[Program]) -> list[tuple[Plain, ...]]:
        """The reference's values for each program."""
        replies = self._lineup.reference(self._concept, programs)
        return [() if each.values is None else each.values for each in replies]
