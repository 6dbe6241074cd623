"""A report for people: what works, what went wrong where, and the one next thing to do."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from grader.model import CheckResult, ConceptResult, Outcome, Place, Report, State
from grader.render.failure import case_lines, diagnosis_lines, failure_lines, output_lines
from grader.render.lines import bar, comma_list, points, safe, wrapped
from grader.render.states import (
    STATE_OF,
    STATES,
    WAITING,
    fault_of,
    first_to_mend,
    how_read,
    is_graders_fault,
    points_of,
    trouble_of,
)
from grader.render.verdict import check_name

WIDEST = 88
NARROW = 72  # below it, titles need the room of the states' words


def render_text(
    report: Report,
    console: Console,
    *,
    titles: Mapping[str, str] | None = None,
    verbose: bool = False,
    quiet: bool = False,
    explain: str = "mggrade explain",
) -> None:
    """Print a report. `titles` are the lessons' titles by id.

    verbose: every check, and all that the student's code printed.
    quiet: the score and the next thing to do, nothing else.
    explain: the command that tells more about a concept, without its id.
    """
    page = _Page(report, console, titles or {}, verbose, explain)
    for line in page.summary() if quiet else page.lines():
        line.rstrip()
        console.print(line, soft_wrap=True, highlight=False)


def plain_text(report: Report, titles: Mapping[str, str], width: int = 80) -> str:
    """The same as plain text, for a file or a log."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        render_text(report, console, titles=titles)
    return captured.get()


@dataclass(frozen=True)
class _Lesson:
    """The concepts of one lesson that are in the submission."""

    id: str
    concepts: tuple[ConceptResult, ...]

    @property
    def states(self) -> set[State]:
        return {concept.state for concept in self.concepts}

    @property
    def carried(self) -> set[bool]:
        return {concept.carried for concept in self.concepts}

    @property
    def fault(self) -> CheckResult | None:
        """Why nothing of it could be graded."""
        return fault_of(self.concepts)


class _Page:
    """Lays out one report for one console."""

    def __init__(
        self,
        report: Report,
        console: Console,
        titles: Mapping[str, str],
        verbose: bool,
        explain: str,
    ) -> None:
        self._report = report
        self._console = console
        self._titles = titles
        self._verbose = verbose
        self._explain = explain
        self._right = min(console.width, WIDEST) - 1
        self._narrow = console.width < NARROW
        self._indent = 2 if self._narrow else 6  # of a concept under its lesson
        self._deeper = self._indent + 3  # of what is told about a concept
        self._lessons = _lessons(report.concepts)
        present = [concept for lesson in self._lessons for concept in lesson.concepts]
        self._id_width = max((cell_len(each.id) for each in present), default=0)
        names = [self._name(lesson) for lesson in self._lessons]
        self._name_width = max(map(cell_len, names), default=0)

    def lines(self) -> Iterator[Text]:
        """The whole page."""
        head = Text(safe(self._report.course), style="bold")
        head.append(f" · {safe(self._report.submission)}", "not bold dim")
        yield from wrapped(self._console, head, 0, 2)
        yield Text()
        todo = [lesson for lesson in self._lessons if lesson.states != {State.PASSED}]
        for lesson in self._lessons:
            yield from self._lesson(lesson, unfold=lesson in todo[:1])
            if lesson.states - {State.PASSED, *WAITING} and lesson is not self._lessons[-1]:
                yield Text()  # room to breathe after a long one
        yield from self._absent()
        yield Text()
        yield from self._notes()
        yield from self.summary()

    def summary(self) -> Iterator[Text]:
        """Totals, and the line that says how to go on."""
        report = self._report
        total = Text()
        if report.max_score or not report.max_bonus:
            total.append("Score ", "bold").append(_of(report.score, report.max_score), "bold")
        if report.max_bonus:
            total.append("   " if total else "").append("Bonus ")
            total.append(_of(report.bonus, report.max_bonus))
        yield from wrapped(self._console, total, 0)
        if report.complete:
            yield Text("✓ Complete: PyTorch agrees with every number.", style="green")
        for sentence in trouble_of(report):
            yield from wrapped(self._console, Text(sentence, style="red"), 0)
        yield from self._next()

    def _lesson(self, lesson: _Lesson, unfold: bool) -> Iterator[Text]:
        yield self._lesson_line(lesson)
        fault = lesson.fault
        if fault is not None:
            yield from self._unloaded(lesson, fault)
        elif not self._verbose and lesson.states == {State.PASSED} and len(lesson.carried) == 1:
            yield from self._folded(lesson)
            if lesson.carried == {True}:
                yield self._remark()
        elif lesson.states == {State.NOT_RUN}:
            glyph, word, style = STATES[State.NOT_RUN]
            yield Text(" " * self._indent).append(f"{glyph} {word}", style)
        elif self._verbose or lesson.states - WAITING:
            for concept in lesson.concepts:
                yield from self._concept(concept)
        elif unfold:
            for concept in lesson.concepts:
                yield self._concept_line(concept)

    def _lesson_line(self, lesson: _Lesson) -> Text:
        earned, possible = points_of(lesson.concepts)
        name = set_cell_size(self._name(lesson), self._name_width)
        line = Text(f" {lesson.id:<4} ").append(f"{name}  ", "bold")
        score = Text(_points(earned, possible))
        room = self._right - line.cell_len - score.cell_len
        style = "green" if lesson.states == {State.PASSED} else "yellow"
        return line.append_text(bar(earned / max(1, possible), room, style)).append_text(score)

    def _name(self, lesson: _Lesson) -> str:
        bonus = all(concept.bonus for concept in lesson.concepts)
        return self._titles.get(lesson.id, "") + (" (bonus)" if bonus else "")

    def _unloaded(self, lesson: _Lesson, fault: CheckResult) -> Iterator[Text]:
        glyph, word, style = STATES[State.ERROR]
        count = len(lesson.concepts)
        waits = "1 concept waits" if count == 1 else f"{count} concepts wait"
        text = Text(f"{glyph} {word:<7}  ", style)
        text.append(f"the lesson does not load; {waits} for it", "default")
        yield from wrapped(self._console, text, self._indent, 11)
        yield from failure_lines(self._console, fault, self._deeper, self._verbose)

    def _folded(self, lesson: _Lesson) -> Iterator[Text]:
        """All concepts of a lesson that passed, in one go."""
        glyph, word, style = STATES[State.PASSED]
        start = f"{glyph} {word:<7}  "
        names = comma_list(concept.id.removeprefix(f"{lesson.id}.") for concept in lesson.concepts)
        text = Text(start, style).append(names, "dim")
        yield from wrapped(self._console, text, self._indent, len(start))

    def _concept(self, concept: ConceptResult) -> Iterator[Text]:
        yield self._concept_line(concept)
        if concept.carried:
            yield self._remark()
        if self._verbose:
            for check in concept.checks:
                yield from self._check(check)
        elif concept.state not in WAITING:
            yield from self._first_failure(concept)
        if concept.diagnosis:
            yield from diagnosis_lines(self._console, concept.diagnosis, self._deeper)

    def _first_failure(self, concept: ConceptResult) -> Iterator[Text]:
        """The first check to mend; where the sentence to come speaks of a case, that case."""
        told = concept.diagnosis
        if told and told.case and not told.mistake:
            yield from case_lines(self._console, told.case, self._deeper)
            return
        check = first_to_mend(concept)
        if check is not None:
            yield from failure_lines(self._console, check, self._deeper, False)

    def _concept_line(self, concept: ConceptResult) -> Text:
        glyph, word, style = STATES[concept.state]
        state = f"{glyph} " if self._narrow else f"{glyph} {word:<7}  "
        line = Text(" " * self._indent).append(state, style)
        score = _points(concept.earned, concept.possible)
        room = self._right - line.cell_len - self._id_width - 1 - cell_len(score)
        title = safe(concept.title)
        if cell_len(title) > room - 1:
            title = set_cell_size(title, max(0, room - 2)) + "…"
        line.append(set_cell_size(title, room)).append(f"{concept.id:<{self._id_width}} ", "dim")
        return line.append(score, "dim" if concept.state in WAITING else "")

    def _check(self, check: CheckResult) -> Iterator[Text]:
        """One check in the verbose list."""
        glyph, _, style = STATES[STATE_OF.get(check.outcome, State.ERROR)]
        name = safe(check_name(check))
        yield Text(" " * self._deeper).append(f"{glyph} ", style).append(name, "dim")
        if check.outcome is Outcome.PASSED:
            yield from output_lines(self._console, check, self._deeper + 2, True)
        elif check.outcome is not Outcome.TODO:
            yield from failure_lines(self._console, check, self._deeper + 2, True)

    def _remark(self) -> Text:
        return Text(" " * self._deeper).append("with the reference's earlier code", "dim")

    def _absent(self) -> Iterator[Text]:
        absent = [each for each in self._report.concepts if each.state is State.ABSENT]
        if not absent:
            return
        count = "1 concept is" if len(absent) == 1 else f"{len(absent)} concepts are"
        text = f"{count} not in this submission, and out of the total"
        if self._verbose:
            text += f": {comma_list(each.id for each in absent)}"
        yield from wrapped(self._console, Text(text, style="dim"), 1, 2)

    def _notes(self) -> Iterator[Text]:
        """What else there is to know, dim: notes, what was reused, the seed."""
        report = self._report
        for note in report.notes:
            yield from wrapped(self._console, Text(f"note: {safe(note)}", style="yellow"), 0, 6)
        facts = [f"seed {report.seed}", *how_read(report), f"{report.seconds:.1f} s"]
        count = len(self._lessons)
        if report.reused >= count > 0:
            facts.append("nothing has changed since the last check")
        elif report.reused:
            facts.append(f"{report.reused} of {count} lessons unchanged since the last check")
        if self._verbose:
            missing = comma_list(report.isolation.missing)
            facts.append(
                f"isolation {report.isolation.level}" + (f" (without {missing})" if missing else "")
            )
        yield from wrapped(self._console, Text(" · ".join(facts), style="dim"), 0, 2)

    def _next(self) -> Iterator[Text]:
        """The first thing in course order that is not done."""
        for lesson in self._lessons:
            for concept in lesson.concepts:
                if concept.state is State.PASSED or is_graders_fault(concept):
                    continue
                what, title = concept.id, f" ({safe(concept.title)})"
                if lesson.fault is not None:
                    name = f"{lesson.id} {self._titles.get(lesson.id, '')}".rstrip()
                    what, title = f"make {name} load", ""
                yield from self._pointer(what, title, concept.place)
                if concept.diagnosis and lesson.fault is None:
                    more = Text("more: ", style="bold cyan")
                    yield more.append(f"{self._explain} {concept.id}", "not bold")
                return

    def _pointer(self, what: str, title: str, place: Place | None) -> Iterator[Text]:
        """`next: …` on one line; where there is no room, without the title, then on two."""
        goal = f" → {safe(str(place))}" if place else ""
        room = self._console.width - cell_len("next: ")
        if cell_len(what + title + goal) > room:
            title = ""
        head = Text("next: ", style="bold cyan").append(what + title, "not bold")
        if cell_len(what + goal) > room and self._console.is_terminal:  # a pipe gets one line
            yield head
            head = Text("     ")
        yield head.append(goal, "not bold cyan")


def _lessons(concepts: Iterable[ConceptResult]) -> list[_Lesson]:
    present = [concept for concept in concepts if concept.state is not State.ABSENT]
    return [
        _Lesson(lesson_id, tuple(group))
        for lesson_id, group in groupby(present, key=lambda concept: concept.lesson)
    ]


def _points(earned: float, possible: int) -> str:
    return f"{points(earned):>6} / {possible:<2}"


def _of(earned: float, possible: int) -> str:
    return f"{points(earned)} / {possible}"
