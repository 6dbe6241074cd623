"""The loop without a terminal: one line a verdict, and no control codes."""

import os
import select
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader import scoring
from grader.course import Course
from grader.grade import Desk, at_desk
from grader.model import ConceptResult, State
from grader.render.lines import comma_list, out_of, safe
from grader.render.states import STATES, first_to_mend, points_of
from grader.render.verdict import message_of
from grader.watch.board import Board
from grader.watch.checking import Checker, Remember, Step, Superseded
from grader.watch.files import Files


class Plain:
    """One session into a pipe, a file, or a terminal that can't be drawn on."""

    def __init__(self, path: Path, course: Course, remember: Remember, console: Console) -> None:
        self._path = path
        self._course = course
        self._console = console
        self._checker = Checker(path, course, remember, self._verdict)
        self._last = ""
        self._alarm, self._bell = os.pipe()

    def run(self, deep: bool) -> None:
        """Until it is interrupted. Raises KeyboardInterrupt, and what `at_desk` raises."""
        with Files(self._path, self._wake, deep) as self._files:
            at_desk(self._body, course=self._course, meanwhile=self._meanwhile)

    def _body(self, desk: Desk) -> None:
        saved: set[str] = set()
        while True:
            try:
                self._checker.check(desk, saved, progress=lambda lesson: self._meanwhile())
                saved = set()
            except Superseded:
                pass
            while not (saved or self._files.changed):
                select.select([self._alarm], [], [])
                os.read(self._alarm, 4096)
            saved |= self._files.take()

    def _meanwhile(self) -> None:
        """A newer save is more interesting than the rest of a check."""
        if self._files.changed:
            raise Superseded

    def _wake(self) -> None:
        os.write(self._bell, b"!")

    def _verdict(self, step: Step) -> None:
        """A line; after the lessons that build on a save, another one only if it says more."""
        line = verdict_line(self._checker.board, self._course)
        if step is Step.VERDICT or (step is Step.REST and line != self._last):
            self._last = line
            when = self._checker.board.checked or datetime.now().astimezone()
            text = Text(f"{when:%H:%M:%S} {line}")
            self._console.print(text, soft_wrap=True, highlight=False)
            self._console.file.flush()


def verdict_line(board: Board, course: Course) -> str:
    """`12 / 22 mg3 · ✓ mg3.tanh · next: mg3.by-hand → mg3_backpropagation.py, line 88`."""
    if board.trouble:
        return safe(f"! {board.trouble}")
    here = board.concept
    told = [_score(board, here)]
    if board.passed:
        told.append(f"✓ {comma_list(board.passed)}")
    told += [f"★ {each} {course.lesson(each).title} is complete" for each in board.finished]
    if board.fell:
        told.append(f"! no more: {comma_list(board.fell)}")
    if board.gone:
        told.append(f"! gone: {comma_list(board.gone)}")
    if here is None:
        return " · ".join([*told, "complete"])
    goal = f" → {safe(str(here.place))}" if here.place else ""
    fault, check = board.fault, first_to_mend(here)
    if fault is not None:
        told.append(f"! {here.lesson} can't be loaded: {message_of(fault)}{goal}")
    elif here.state is State.TODO or check is None:
        told.append(f"next: {here.id}{goal}")
    else:
        glyph, word, _ = STATES[here.state]
        told.append(f"{glyph} {here.id} {word}: {message_of(check)}{goal}")
    return " · ".join(told)


def _score(board: Board, here: ConceptResult | None) -> str:
    if here is None:
        score, possible, _, _ = scoring.totals(tuple(board.results.values()))
        return out_of(score, possible)
    return f"{here.lesson} {out_of(*points_of(board.lesson(here.lesson)))}"
