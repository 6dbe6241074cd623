"""The loop on a terminal: saves, keys, the size of the window, a check that takes long."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli.hint import Hints, take
from grader.course import Course
from grader.errors import Abandoned, UsageError
from grader.grade import Desk, at_desk
from grader.model import State
from grader.progress import workspace
from grader.render.explain import explain_lines
from grader.render.prose import prose_lines
from grader.selfstudy.section import section
from grader.watch import editor, views
from grader.watch.board import Board
from grader.watch.checking import Checker, Remember, Step, Superseded
from grader.watch.files import Files
from grader.watch.terminal import Terminal

SLOW = 0.3  # seconds after which a check is mentioned
PAGE = 10  # lines
BACK = {
    "list": "↑ ↓ choose, Enter goes there, Esc back",
    **dict.fromkeys(("explain", "text", "help"), "Esc, or a save: back"),
}


class Quit(Abandoned):
    """The learner has had enough for today."""


class Interactive:
    """One session at a terminal."""

    def __init__(self, path: Path, course: Course, remember: Remember, console: Console) -> None:
        self._path = path
        self._course = course
        self._titles = {lesson.id: lesson.title for lesson in course.lessons}
        self._console = console
        self._checker = Checker(path, course, remember, self._verdict)
        self._view = "concept"
        self._scroll = 0
        self._chosen = ""  # in the list
        self._hints: Hints | None = None
        self._said = ""  # a word about the last key, until the next
        self._busy = ""
        self._checking = ""  # the lesson that is under way
        self._wanted: str | None = None  # what a key asks for that is not to be done meanwhile

    @property
    def board(self) -> Board:
        """What is known of the learner's work."""
        return self._checker.board

    def run(self, deep: bool) -> None:
        """Until the learner quits. `deep`: watch the folders below as well.

        Raises KeyboardInterrupt, and what `at_desk` raises.
        """
        with Terminal(self._console) as self._terminal:
            self._busy = "one moment …"
            self._draw()
            with Files(self._path, self._terminal.wake, deep) as self._files:
                try:
                    at_desk(self._body, course=self._course, meanwhile=self._meanwhile)
                except Quit:
                    return

    def _body(self, desk: Desk) -> None:
        saved: set[str] = set()
        due, fresh = True, False
        while True:
            saved |= self._files.take()
            if due or saved:
                try:
                    self._check(desk, saved, fresh)
                    saved, due, fresh = set(), False, False
                except Superseded:  # by a save, or by what a key asked for
                    due = True
            wanted, self._wanted = self._wanted, None
            if wanted == "open":
                self._open()
            if wanted == "all":
                due = fresh = True
            if due or self._files.changed:
                continue
            self._answer(self._terminal.wait(None))

    def _check(self, desk: Desk, saved: set[str], fresh: bool) -> None:
        self._started = time.monotonic()

        def progress(lesson: str) -> None:
            self._checking = lesson
            self._meanwhile()

        try:
            self._checker.check(desk, saved, fresh, progress)
        finally:
            self._checking = self._busy = ""
        self._draw()

    def _meanwhile(self) -> None:
        """While a check is under way: answer keys, and leave it if it is of no use any more."""
        self._answer(self._terminal.wait(0))
        if self._files.changed or self._wanted or self._terminal.resumed():
            raise Superseded
        seconds = time.monotonic() - self._started
        if self._checking and seconds > SLOW:
            told = f"checking {self._checking} {self._titles[self._checking]} … {seconds:.0f} s"
            if told != self._busy:
                self._busy = told
                self._draw()

    def _verdict(self, step: Step) -> None:
        """Something new is on the board; a verdict brings the learner back to it."""
        if step is Step.VERDICT:
            self._view, self._scroll, self._said = "concept", 0, ""
        if self._hints and self._hints.concept.id != self.board.focus:
            self._hints = None
        self._draw()

    def _answer(self, keys: list[str]) -> None:
        for key in keys:
            self._said = ""
            if key == "q":
                raise Quit
            if self._view == "list" and self._in_list(key):
                continue
            does = self._keys().get(key)
            if does is not None and not self.board.results and key != "?":
                self._said = "One moment: your work is still being looked at."
            elif does is not None:
                does()
        if keys or self._terminal.resized():
            self._draw()

    def _keys(self) -> dict[str, Callable[[], None]]:
        return {
            "h": self._hint,
            "e": lambda: self._show("explain"),
            "t": lambda: self._show("text"),
            "l": self._list,
            "?": lambda: self._show("help"),
            "n": self._next,
            "o": lambda: self._want("open"),
            "a": lambda: self._want("all"),
            "escape": lambda: self._show("concept"),
            "up": lambda: self._move(-1),
            "down": lambda: self._move(1),
            "k": lambda: self._move(-1),
            "j": lambda: self._move(1),
            "page-up": lambda: self._move(-PAGE),
            "page-down": lambda: self._move(PAGE),
            "home": lambda: self._move(-self._scroll),
            "end": lambda: self._move(1000),
        }

    def _show(self, view: str) -> None:
        """A view; the same key a second time leads back."""
        if view in ("explain", "text") and not self.board.focus:
            self._said = "No concept is left to look at; l lists them all."
            return
        self._view = "concept" if view == self._view else view
        self._scroll = 0

    def _move(self, lines: int) -> None:
        self._scroll = max(0, self._scroll + lines)

    def _want(self, what: str) -> None:
        self._wanted = what

    def _next(self) -> None:
        self._checker.board = replace(self.board.moved(), passed=(), finished=(), fell=())
        self._hints = None
        self._view, self._scroll = "concept", 0

    def _hint(self) -> None:
        """The first time the last hint that was taken, if any; then the next."""
        if not self.board.focus:
            self._said = "There is no concept left to hint at."
            return
        concept = self._course.concept(self.board.focus)
        again = self._hints is None
        try:
            folder = workspace(self._path)
            self._hints = take(self._course, concept, folder, again=again, every=False)
            if not self._hints.shown:  # all are taken: the last one stays
                self._hints = take(self._course, concept, folder, again=True, every=False)
                self._said = "That was the last hint."
            self._said = self._hints.trouble or self._said
        except UsageError as error:
            self._said = str(error)
        self._view, self._scroll = "concept", 0

    def _list(self) -> None:
        self._show("list")
        self._chosen = self.board.focus or next(iter(self.board.results), "")

    def _in_list(self, key: str) -> bool:
        """Keys that mean something else in the list; whether this was one."""
        names = [
            each.id
            for lesson in self.board.lessons
            for each in self.board.lesson(lesson)
            if each.state is not State.ABSENT
        ]
        step = {"up": -1, "k": -1, "down": 1, "j": 1, "page-up": -PAGE, "page-down": PAGE}.get(key)
        if step is not None and names:
            at = names.index(self._chosen) if self._chosen in names else 0
            self._chosen = names[max(0, min(len(names) - 1, at + step))]
            return True
        if key == "enter" and self._chosen:
            self._checker.board = replace(
                self.board, focus=self._chosen, passed=(), finished=(), fell=()
            )
            self._hints = None
            self._show("concept")
            return True
        return False

    def _open(self) -> None:
        """The file of the concept in hand, in the editor, at its line."""
        here = self.board.concept
        if here is None or here.place is None:
            file, line = self._path, None
        else:
            folder = self._path if self._path.is_dir() else self._path.parent
            file, line = folder / here.place.file, here.place.line
        words = editor.command(os.environ, file, line)
        if words is None:
            self._said = "No editor is set. For example: export EDITOR=nano, then mggrade watch."
        else:
            try:
                with self._terminal.lent():
                    subprocess.run(words, check=False)
            except OSError as error:
                self._said = f"can't start {words[0]}: {error.strerror or error}"
        self._draw()

    def _draw(self) -> None:
        console, board = self._console, self.board
        height = console.size.height
        head = views.head_lines(board, self._course, console)
        word = self._busy or BACK.get(self._view, "")
        foot = views.foot_lines(console, word, self._said)
        room = height - len(head) - len(foot)
        body = self._body_lines(room)
        rows, self._scroll = views.Screen(head, body, foot).rows(height, self._scroll)
        self._terminal.draw(rows)

    def _body_lines(self, room: int) -> list[Text]:
        console, board, here = self._console, self.board, self.board.concept
        if self._view == "help":
            return views.help_lines(console, str(self._path))
        if self._view == "list":
            lines = views.list_lines(board, self._course, console, self._chosen)
            self._scroll = max(0, views.chosen_row(lines) - room // 2)
            return lines
        if self._view == "explain" and here is not None:
            return [*explain_lines(here, console)]
        found = None
        if here is not None:
            concept = self._course.concept(here.id)
            found = section(self._course.lesson(here.lesson), concept)
        if self._view == "text" and found is not None:
            heading = Text(found.heading, "bold")
            return [heading, Text(), *prose_lines(found.paragraphs, console)]
        task = found.task if found else ()
        hint = views.hint_lines(self._hints, console) if self._hints else []
        return views.concept_lines(board, self._course, console, task, hint, room)
