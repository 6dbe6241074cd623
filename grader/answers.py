"""PyTorch's answers as they are remembered on disk, by the program that was asked."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from grader.cache import Cache
from grader.engines import TORCH_ENGINE
from grader.model import Plain
from grader.version import torch_version


class Answers:
    """Forgotten where PyTorch's version or the engine's code is another one."""

    def __init__(self, cache: Cache, seed: int) -> None:
        """`seed` only tells apart the runs for which it is remembered that all is answered."""
        self._cache = cache
        self._seed = seed
        # Without PyTorch answers may still be known; a worker that needs it will say so.
        told = f"{torch_version() or 'none'}\n{TORCH_ENGINE.read_text(encoding='utf-8')}"
        self._prefix = hashlib.sha256(told.encode())

    def find(self, programs: Collection[bytes]) -> dict[bytes, tuple[Plain, ...]]:
        """The values of those of these programs (as `Program.encoded`) that are known."""
        keys = {self._key(program): program for program in programs}
        found = self._cache.get("answer", keys)
        return {
            keys[key]: tuple(values) for key, values in found.items() if isinstance(values, list)
        }

    def keep(self, answers: Mapping[bytes, Sequence[Plain]], suites: Iterable[Path]) -> None:
        """Write new ones, by program; `suites` were run whole."""
        entries = {self._key(each): list(values) for each, values in answers.items()}
        self._cache.put("answer", entries)
        if entries:
            self._cache.put("suite", {self._suite_key(suite): True for suite in suites})

    def cover(self, suites: Sequence[Path]) -> bool:
        """Whether a run of these suites with this seed was answered before, so that PyTorch will
        hardly be needed. Only a guess: what is missing is computed."""
        keys = [self._suite_key(suite) for suite in suites]
        return len(self._cache.get("suite", keys)) == len(keys)

    def _suite_key(self, suite: Path) -> str:
        return self._key(f"{self._seed}\n".encode() + suite.read_bytes())

    def _key(self, asked: bytes) -> str:
        digest = self._prefix.copy()
        digest.update(asked)
        return digest.hexdigest()
