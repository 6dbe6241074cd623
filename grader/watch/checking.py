"""From a save to a verdict on the board: the part that a terminal and a pipe have in common."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
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


class Step(Enum):
    """How far a check has come when something new is on the board."""

    REMARK = 1  # before there is a verdict
    VERDICT = 2  # on what was saved
    REST = 3  # on what builds on it; or nothing at all had changed


Shown = Callable[[Step], None]


class Checker:
    """Checks one path again and again; `board` is what is known, `shown` is called as it changes.

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
        # News stays until there is other news: an editor may touch a file and change nothing.
        turn = fresh or gone != before.gone or not before.results or bool(before.trouble)
        board = replace(before.saved() if turn else before, gone=gone, trouble="", notes=())
        if gone != before.gone:
            self.board = self._stamped(board, began)
            self._shown(Step.REMARK)
        told = False

        def done(results: Sequence[ConceptResult]) -> None:
            nonlocal board, told
            if not before.results:
                return  # the first time, the whole of it
            of_saved = bool(results) and results[0].lesson in lessons
            if of_saved and not told:
                board = board.saved()
            board = self._stamped(board.with_results(results, lessons), began)
            if of_saved:
                self.board, told = board, True
                self._shown(Step.VERDICT)

        try:
            report = desk.check(self._path, fresh=fresh, progress=progress, done=done)
        except GraderError as error:
            turn = True
            self.board = self._stamped(replace(board.saved(), trouble=str(error)), began)
        else:
            report = self._remember(report)
            if not told and board.differs(report.concepts, lessons):  # known from another day
                turn, board = True, board.saved()
            board = board.after_check(report.concepts, lessons, report.notes)
            self.board = self._stamped(board, began)
        self._shown(Step.VERDICT if turn and not told else Step.REST)

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
