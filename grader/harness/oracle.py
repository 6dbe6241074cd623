"""PyTorch's answers, from the cache where they are known, from a worker with torch where not."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.cache import Cache
from grader.engines import TORCH_ENGINE
from grader.errors import InfrastructureError
from grader.expressions import graph_in
from grader.model import Plain, Program
from grader.sandbox import Engine, Sandbox, Source
from grader.version import torch_version


class Oracle:
    """A trusted engine. Its worker is started only for a program that was never answered."""

    def __init__(self, sandbox: Sandbox, cache: Cache, seed: int) -> None:
        """`seed` only tells apart the runs for which `knows` remembers that all is answered."""
        self._sandbox = sandbox
        self._cache = cache
        self._seed = seed
        self._code = TORCH_ENGINE.read_text(encoding="utf-8")
        # Without PyTorch answers may still be known; a worker that needs it will say so.
        self._prefix = hashlib.sha256(f"{torch_version() or 'none'}\n{self._code}".encode())
        self._known: dict[bytes, tuple[Plain, ...]] = {}  # by program
        self._new: dict[str, Plain] = {}
        self._engine: Engine | None = None

    def answers(self, programs: Sequence[Program]) -> list[tuple[Plain, ...]]:
        """PyTorch's values for each program. Raises InfrastructureError if it can't tell."""
        unknown = {
            self._key(program): program
            for program in programs
            if program.encoded not in self._known
        }
        if unknown:
            for key, values in self._cache.get("answer", unknown).items():
                if isinstance(values, list):
                    self._known[unknown.pop(key).encoded] = tuple(values)
        if unknown:
            self._compute([*unknown.items(), *self._with_every_gradient(unknown.values())])
        return [self._known[program.encoded] for program in programs]

    def knows(self, suites: Sequence[Path]) -> bool:
        """Whether a run of these suites with this seed was answered before, so that PyTorch will
        hardly be needed. Only a guess: what is missing is computed."""
        keys = [self._suite_key(suite) for suite in suites]
        return len(self._cache.get("suite", keys)) == len(keys)

    def save(self, suites: Sequence[Path]) -> None:
        """Write what was newly learned to the cache; `suites` were run whole."""
        self._cache.put("answer", self._new)
        if self._new:
            self._cache.put("suite", {self._suite_key(suite): True for suite in suites})
        self._new = {}

    def _with_every_gradient(self, programs: Iterable[Program]) -> Iterator[tuple[str, Program]]:
        """The same graphs with every number shown: should a check fail, the picture of it must not
        wait for PyTorch."""
        for graph in filter(None, map(graph_in, programs)):
            program = graph.program()
            yield self._key(program), program

    def _compute(self, missing: Sequence[tuple[str, Program]]) -> None:
        if self._engine is None:
            source = Source("torch_engine", ((TORCH_ENGINE.name, self._code),))
            self._engine = Engine(self._sandbox, "torch", [source], seconds=3600.0, layers=())
        replies = self._engine.evaluate([program for _, program in missing])
        for (key, program), reply in zip(missing, replies, strict=False):
            if reply.values is None:
                why = reply.fault.message if reply.fault else "no answer"
                raise InfrastructureError(f"PyTorch could not evaluate {program.text!r}: {why}")
            self._known[program.encoded] = reply.values
            self._new[key] = list(reply.values)

    def _suite_key(self, suite: Path) -> str:
        digest = self._prefix.copy()
        digest.update(f"{self._seed}\n".encode() + suite.read_bytes())
        return digest.hexdigest()

    def _key(self, program: Program) -> str:
        digest = self._prefix.copy()
        digest.update(program.encoded)
        return digest.hexdigest()
