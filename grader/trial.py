"""One set of sources with its workers, and the checks of concepts run on it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from grader import attempts
from grader.course import Concept, Tolerance
from grader.harness import Bench, Oracle, Session
from grader.model import CheckResult, Outcome
from grader.sandbox import Engine, Fault, Graft, Loaded, Sandbox, Source


class Trial:
    """Runs checks on one set of sources. A context manager: leaving it ends the workers."""

    def __init__(
        self,
        session: Session,
        sandbox: Sandbox,
        oracle: Oracle,
        tolerance: Tolerance,
        seed: int,
        sources: Sequence[Source],
        graft: Graft | None = None,
    ) -> None:
        self._session = session
        self._sandbox = sandbox
        self._oracle = oracle
        self._tolerance = tolerance
        self._seed = seed
        self._sources = sources
        self._graft = graft
        self._engine = Engine(sandbox, attempts.worker_kind(sources), sources, graft)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.close()

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
        engine = Engine(self._sandbox, concept.worker, self._sources, self._graft)
        try:
            return self._run(concept, engine, wanted)
        finally:
            engine.close()

    def _run(
        self, concept: Concept, engine: Engine, only: list[str] | None
    ) -> tuple[CheckResult, ...]:
        bench = Bench(engine, self._oracle, self._tolerance, self._seed)
        results = self._session.run(concept.id, bench, only)
        return tuple(_as_todo(result, concept) for result in results)


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
