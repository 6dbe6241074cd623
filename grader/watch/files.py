"""Which files were saved: the system tells, and a look of our own now and then finds the rest."""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.intake import SKIPPED

STEP_MS = 10  # how long nothing may happen before a save counts as done
MOST_MS = 100  # how long a file that is written without a pause is waited for
LOOK_MS = 500  # between two looks of our own: network drives and containers tell nothing

Marks = dict[str, tuple[int, int, int]]  # by file: when it was changed, its size, its number


class Files:
    """Watches the folder of a submission in a thread of its own.

    A folder is watched and never a file: editors that save by renaming put another file in its
    place. `wake` is called from that thread when there is something to `take`.
    """

    def __init__(self, path: Path, wake: Callable[[], None], deep: bool = False) -> None:
        """`deep`: the folders below as well."""
        self._folder = path if path.is_dir() else path.parent
        self._only = None if path.is_dir() else path.name
        self._deep = deep
        self._wake = wake
        self._lock = threading.Lock()
        self._changed: set[str] = set()
        self._stop = threading.Event()
        self._marks = self._look()
        self._thread = threading.Thread(target=self._run, daemon=True, name="files")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()

    @property
    def changed(self) -> bool:
        """Whether there is something to take."""
        return bool(self._changed)

    def take(self) -> set[str]:
        """The paths of the files that were changed, created or removed since the last call."""
        with self._lock:
            changed, self._changed = self._changed, set()
        return changed

    def _run(self) -> None:
        """Watch; should the folder itself go, wait for it to come back."""
        while not self._stop.is_set():
            number = _number(self._folder)
            if number is not None:
                self._watch(number)
            self._compare()
            self._stop.wait(LOOK_MS / 1000)

    def _watch(self, number: int) -> None:
        """Until the folder is another one, or can't be watched."""
        from watchfiles import watch

        try:
            for _ in watch(
                self._folder,
                watch_filter=None,
                debounce=MOST_MS,
                step=STEP_MS,
                rust_timeout=LOOK_MS,
                yield_on_timeout=True,
                stop_event=self._stop,
                recursive=self._deep,
                raise_interrupt=False,
            ):
                self._compare()
                if _number(self._folder) != number:
                    return
        except (OSError, RuntimeError):  # no watches left, say: then our own looks must do
            return

    def _compare(self) -> None:
        """Whatever the system told: what counts is which files are not as they were."""
        before, self._marks = self._marks, self._look()
        names = {*before, *self._marks}
        self._tell({each for each in names if before.get(each) != self._marks.get(each)})

    def _tell(self, names: set[str]) -> None:
        if names:
            with self._lock:
                self._changed |= names
            self._wake()

    def _look(self) -> Marks:
        marks: Marks = {}
        for folder, folders, names in os.walk(self._folder):
            folders[:] = [each for each in folders if self._deep and _may_hold_code(each)]
            for name in filter(self._counts, names):
                path = Path(folder, name)
                with contextlib.suppress(OSError):  # it is being moved about
                    status = path.stat()
                    marks[str(path)] = (status.st_mtime_ns, status.st_size, status.st_ino)
        return marks

    def _counts(self, name: str) -> bool:
        """Whether a file may hold a submission's code; editors' own files begin with a dot."""
        if self._only is not None:
            return name == self._only
        return name.endswith((".py", ".ipynb")) and not name.startswith(".")


def _may_hold_code(folder: str) -> bool:
    return not folder.startswith((".", "__")) and folder not in SKIPPED


def _number(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino
    except OSError:
        return None
