"""PyTorch's answers, from the cache where they are known, from a worker with torch where not."""

from collections.abc import Sequence
from pathlib import Path

from grader.answers import Answers
from grader.engines import TORCH_ENGINE
from grader.errors import InfrastructureError
from grader.expressions import graph_in
from grader.model import Plain, Program
from grader.sandbox import Engine, Sandbox, Source


class Oracle:
    """A trusted engine. Its worker is started only for a program that was never answered."""

    def __init__(self, sandbox: Sandbox, remembered: Answers) -> None:
        self._sandbox = sandbox
        self._remembered = remembered
        self._known: dict[bytes, tuple[Plain, ...]] = {}  # by program
        self._new: dict[bytes, tuple[Plain, ...]] = {}
        self._engine: Engine | None = None

    def answers(self, programs: Sequence[Program]) -> list[tuple[Plain, ...]]:
        """PyTorch's values for each program. Raises InfrastructureError if it can't tell."""
        unknown = {each.encoded: each for each in programs if each.encoded not in self._known}
        if unknown:
            found = self._remembered.find(unknown)
            self._known |= found
            self._compute([each for key, each in unknown.items() if key not in found])
        return [self._known[program.encoded] for program in programs]

    def save(self, suites: Sequence[Path]) -> None:
        """Write what was newly learned to the cache; `suites` were run whole."""
        self._remembered.keep(self._new, suites)
        self._new = {}

    def _compute(self, missing: Sequence[Program]) -> None:
        if not missing:
            return
        if self._engine is None:
            code = TORCH_ENGINE.read_text(encoding="utf-8")
            source = Source("torch_engine", ((TORCH_ENGINE.name, code),))
            self._engine = Engine(self._sandbox, "torch", [source], seconds=3600.0, layers=())
        # The same graphs with every number shown as well: should a check fail, the picture of it
        # must not wait for PyTorch.
        whole = [graph.program() for graph in map(graph_in, missing) if graph]
        asked = [*missing, *whole]
        for program, reply in zip(asked, self._engine.evaluate(asked), strict=False):
            if reply.values is None:
                why = reply.fault.message if reply.fault else "no answer"
                raise InfrastructureError(f"PyTorch could not evaluate {program.text!r}: {why}")
            self._known[program.encoded] = self._new[program.encoded] = reply.values
