"""One set of sources with its workers, and the checks of concepts run on it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from grader import attempts
from grader.course import Concept, Course
from grader.harness import Bench, Exchange, Oracle, Session
from grader.model import Boundary, CheckResult, Outcome, Program
from grader.sandbox import Engine, Fault, Graft, Loaded, Reply, Sandbox, Source


@dataclass(frozen=True)
class Grounds:
    """What all trials of one run have in common."""

    course: Course
    session: Session
    sandbox: Sandbox
    oracle: Oracle
    seed: int

    def bench(self, engine: Engine) -> Bench:
        """Where a check examines this engine."""
        return Bench(engine, self.oracle, self.course.tolerance, self.seed)


class Trial:
    """Runs checks on one set of sources. A context manager: leaving it ends the workers.

    `ledger` holds what was said in each check, by its id; `planes` the pictures of classifiers.
    """

    def __init__(
        self,
        grounds: Grounds,
        sources: Sequence[Source],
        graft: Graft | None = None,
        imports: Sequence[str] | None = None,
    ) -> None:
        """`imports`: for `onward`, the standard modules of what is still to come as well."""
        self._grounds = grounds
        self._sources = sources
        self._graft = graft
        self._imports = imports
        self._engine = self._new_engine(attempts.worker_kind(sources))
        self.ledger: dict[str, tuple[Exchange, ...]] = {}
        self.planes: dict[str, Boundary] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers."""
        self._engine.close()

    def renew(self) -> None:
        """Give the workers time for another lesson."""
        self._engine.renew()

    def onward(self, sources: Sequence[Source]) -> bool:
        """Go on with one more lesson in the same worker; whether that can be."""
        kind = attempts.worker_kind(sources)
        if kind != attempts.worker_kind(self._sources) or any(
            each.executed for each in (*self._sources, *sources)
        ):
            return False
        if not self._engine.extend(sources):
            return False
        self._sources = sources
        self.ledger, self.planes = {}, {}
        return True

    def load(self) -> tuple[Loaded, ...]:
        """What loading each of the sources gave."""
        return self._engine.load()

    def has(self, names: Sequence[str]) -> list[bool] | Fault:
        """Which of these names the sources define, or what looking for them ended with."""
        return self._engine.has(names)

    def checks(
        self, concept: Concept, only: Iterable[str] | None = None
    ) -> tuple[CheckResult, ...]:
        """The outcomes of a concept's checks, or of some of them."""
        wanted = None if only is None else list(only)
        found = self._run(concept, self._engine, wanted)
        if concept.worker == "plain" or all(each.outcome is Outcome.TODO for each in found):
            return found  # to see a stub takes no PyTorch
        engine = self._new_engine(concept.worker)
        try:
            return self._run(concept, engine, wanted)
        finally:
            engine.close()

    def evaluate(self, programs: Sequence[Program]) -> list[Reply]:
        """What the sources reply to programs that are no check's, as far as they come."""
        return self._engine.evaluate(programs)

    def again(
        self,
        concept: Concept,
        only: Sequence[str],
        bench: Callable[[Engine, dict[str, tuple[Exchange, ...]]], Bench],
    ) -> tuple[list[CheckResult], dict[str, tuple[Exchange, ...]]]:
        """The same checks on another bench: for comparison, not for a score."""
        if concept.worker != "plain":
            return [], {}
        own = bench(self._engine, {})
        return list(self._grounds.session.run(concept.id, own, only)), own.ledger

    def _run(
        self, concept: Concept, engine: Engine, only: list[str] | None
    ) -> tuple[CheckResult, ...]:
        bench = self._grounds.bench(engine)
        results = list(self._grounds.session.run(concept.id, bench, only))
        self.ledger |= bench.ledger
        self.planes |= bench.planes
        return tuple(_as_todo(result, concept) for result in results)

    def _new_engine(self, kind: str) -> Engine:
        if any(source.executed for source in self._sources):
            from grader.kernels.engine import NotebookEngine  # Jupyter is needed only now

            kind = "torch-kernel" if kind == "torch" else "kernel"
            return NotebookEngine(self._grounds.sandbox, kind, self._sources, self._graft)
        sandbox, imports = self._grounds.sandbox, self._imports
        return Engine(sandbox, kind, self._sources, self._graft, imports=imports)


_STUB = re.compile(r"NotImplementedError: (mg\d+\.[a-z-]+)")


def _as_todo(result: CheckResult, concept: Concept) -> CheckResult:
    """A check that met the concept's own stub is todo. A concept without code of its own
    (mg7.integration) waits for whatever stub it met."""
    stub = _STUB.fullmatch(result.message)
    if result.outcome is not Outcome.ERROR or not stub:
        return result
    if stub[1] == concept.id or not concept.names:
        return replace(result, outcome=Outcome.TODO, message=f"{stub[1]} is still to be written")
    return replace(result, message=f"needs {stub[1]}, which is still to be written")
