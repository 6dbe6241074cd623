"""From a save to a verdict on the board: the part that a terminal and a pipe have in common."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from grader.course import Course
from grader.errors import Abandoned, GraderError
from grader.grade import Desk
from grader.model import ConceptResult, Report
from grader.watch.board import Board

PATIENCE = 0.2  # seconds that a file may be gone or empty while an editor saves it
GLANCE = 0.01


class Superseded(Abandoned):
    """Something happened that a check under way is too old for."""


Remember = Callable[[Report], Report]
Shown = Callable[[bool], None]


class Checker:
    """Checks one path again and again; `board` is what is known, `shown` is called as it changes:
    with True for a verdict, with False for a remark before it.

    `remember` notes a report in the learner's workspace. A verdict on what was saved is shown as
    soon as there is one; lessons that build on it are checked afterwards.
    """

    def __init__(self, path: Path, course: Course, remember: Remember, shown: Shown) -> None:
        self.board = Board()
        self._path = path
        self._course = course
        self._remember = remember
        self._shown = shown
        self._seen: dict[str, None] = {}  # the lessons' files that were ever there

    def check(
        self,
        desk: Desk,
        saved: Collection[str] = (),
        fresh: bool = False,
        progress: Callable[[str], None] = lambda lesson: None,
    ) -> None:
        """Check what is there now; `saved` are the files that were changed, by path.

        Raises what `desk.check` lets through beside its own errors: these are on the board.
        """
        self._settle(saved)
        began = time.perf_counter()
        lessons = self._lessons(saved)
        before, gone = self.board, self._gone()
        board = replace(before.saved(), gone=gone)
        if gone != before.gone:
            self.board = self._stamped(board, began)
            self._shown(False)

        def done(results: Sequence[ConceptResult]) -> None:
            nonlocal board
            if not before.results:
                return  # the first time, the whole of it
            board = self._stamped(board.with_results(results, lessons), began)
            if results and results[0].lesson in lessons:
                self.board = board
                self._shown(True)

        try:
            report = desk.check(self._path, fresh=fresh, progress=progress, done=done)
        except GraderError as error:
            self.board = self._stamped(replace(board, trouble=str(error)), began)
        else:
            report = self._remember(report)
            board = board.after_check(report.concepts, lessons, report.notes)
            self.board = self._stamped(board, began)
        self._shown(True)

    def _stamped(self, board: Board, began: float) -> Board:
        seconds = time.perf_counter() - began
        return replace(board, checked=datetime.now().astimezone(), seconds=seconds)

    def _settle(self, saved: Collection[str]) -> None:
        """Some editors empty a file, or move it away, a moment before they write it."""
        for _ in range(round(PATIENCE / GLANCE)):
            if all(map(_holds_something, saved)):
                return
            time.sleep(GLANCE)

    def _lessons(self, saved: Collection[str]) -> set[str]:
        """The lessons that these files are; of a micrograd of one's own, all."""
        stems = {Path(each).stem for each in saved}
        here = {each.id for each in self._course.lessons if each.file in stems}
        return here or {each.id for each in self._course.lessons if stems}

    def _gone(self) -> tuple[str, ...]:
        """The files of lessons that were there and are not there now."""
        folder = self._path if self._path.is_dir() else self._path.parent
        there = {each.stem for each in folder.glob("*") if each.suffix in (".py", ".ipynb")}
        self._seen |= dict.fromkeys(
            each.file for each in self._course.lessons if each.file in there
        )
        return tuple(file for file in self._seen if file not in there)


def _holds_something(file: str) -> bool:
    try:
        return Path(file).stat().st_size > 0
    except OSError:
        return False
