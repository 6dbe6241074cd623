"""The course as rows of a terminal: a bar for each lesson, a line for each concept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from grader.render.lines import bar, points_column, safe

WIDEST = 88
NARROW = 72  # below it, titles need the room of the states' words


@dataclass(frozen=True)
class Rows:
    """How wide things are on one screen: all of it, the longest id, the longest lesson's name."""

    width: int
    narrow: bool
    id_width: int
    name_width: int

    @property
    def indent(self) -> int:
        """Of a concept under its lesson."""
        return 2 if self.narrow else 6

    @property
    def deeper(self) -> int:
        """Of what is told about a concept."""
        return self.indent + 3

    def lesson(self, identity: str, name: str, earned: float, possible: int, done: bool) -> Text:
        """A lesson's name, a bar, its points."""
        line = Text(f" {identity:<4} ").append(f"{set_cell_size(name, self.name_width)}  ", "bold")
        score = Text(points_column(earned, possible))
        room = self.width - line.cell_len - score.cell_len
        style = "green" if done else "yellow"
        return line.append_text(bar(earned / max(1, possible), room, style)).append_text(score)

    def concept(
        self,
        look: tuple[str, str, str],
        title: str,
        identity: str,
        earned: float,
        possible: int,
        quiet: bool,
    ) -> Text:
        """A concept's state, title, id and points. `look`: the state's glyph, word and style."""
        glyph, word, style = look
        state = f"{glyph} " if self.narrow else f"{glyph} {word:<7}  "
        line = Text(" " * self.indent).append(state, style)
        score = points_column(earned, possible)
        room = self.width - line.cell_len - self.id_width - 1 - cell_len(score)
        title = safe(title)
        if cell_len(title) > room - 1:
            title = set_cell_size(title, max(0, room - 2)) + "…"
        line.append(set_cell_size(title, room)).append(f"{identity:<{self.id_width}} ", "dim")
        return line.append(score, "dim" if quiet else "")


def rows_for(console: Console, ids: Iterable[str], names: Iterable[str]) -> Rows:
    """The rows that fit a console; `ids` of the concepts, `names` of the lessons to be shown."""
    return Rows(
        width=min(console.width, WIDEST) - 1,
        narrow=console.width < NARROW,
        id_width=max(map(cell_len, ids), default=0),
        name_width=max(map(cell_len, names), default=0),
    )


def pointer_lines(console: Console, what: str, title: str, goal: str) -> Iterator[Text]:
    """`next: …` on one line; where there is no room, without the title, then on two.

    what: a concept's id. title: ` (its title)` or nothing. goal: the place to go to, or nothing.
    """
    goal = f" → {safe(goal)}" if goal else ""
    room = console.width - cell_len("next: ")
    if cell_len(what + title + goal) > room:
        title = ""
    head = Text("next: ", style="bold cyan").append(what + title, "not bold")
    if cell_len(what + goal) > room and console.is_terminal:  # a pipe gets one line
        yield head
        head = Text("     ")
    yield head.append(goal, "not bold cyan")
