"""A report for people: what works, what went wrong where, and the one next thing to do."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from rich.console import Console
from rich.text import Text

from grader.model import CheckResult, ConceptResult, Outcome, Report, State
from grader.render.failure import (
    diagnosis_lines,
    failure_lines,
    first_failure_lines,
    output_lines,
)
from grader.render.lines import comma_list, out_of, safe, wrapped
from grader.render.rows import pointer_lines, rows_for
from grader.render.states import (
    GAVE_UP,
    STATE_OF,
    STATES,
    WAITING,
    fault_of,
    how_read,
    is_open,
    points_of,
    trouble_of,
)
from grader.render.verdict import check_name

CARRIED = "with the reference's earlier code"


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
        self._lessons = _lessons(report.concepts)
        present = [concept for lesson in self._lessons for concept in lesson.concepts]
        names = map(self._name, self._lessons)
        self._rows = rows_for(console, (each.id for each in present), names)
        self._indent, self._deeper = self._rows.indent, self._rows.deeper

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
            total.append("Score ", "bold").append(out_of(report.score, report.max_score), "bold")
        if report.max_bonus:
            total.append("   " if total else "").append("Bonus ")
            total.append(out_of(report.bonus, report.max_bonus))
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
                yield self._remark(CARRIED)
            gave_up = [each.id for each in lesson.concepts if each.gave_up]
            if gave_up:
                remark = f"{GAVE_UP}: {comma_list(self._short(lesson, gave_up))}"
                yield from wrapped(self._console, Text(remark, style="dim"), self._deeper, 2)
        elif lesson.states == {State.NOT_RUN}:
            glyph, word, style = STATES[State.NOT_RUN]
            yield Text(" " * self._indent).append(f"{glyph} {word}", style)
        elif self._verbose or lesson.states - WAITING:
            for concept in lesson.concepts:
                yield from self._concept(concept)
        elif unfold or any(concept.gave_up for concept in lesson.concepts):
            for concept in lesson.concepts:
                yield self._concept_line(concept)
                if concept.gave_up:
                    yield self._remark(GAVE_UP)

    def _lesson_line(self, lesson: _Lesson) -> Text:
        earned, possible = points_of(lesson.concepts)
        done = lesson.states == {State.PASSED}
        return self._rows.lesson(lesson.id, self._name(lesson), earned, possible, done)

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
        names = comma_list(self._short(lesson, [concept.id for concept in lesson.concepts]))
        text = Text(start, style).append(names, "dim")
        yield from wrapped(self._console, text, self._indent, len(start))

    def _concept(self, concept: ConceptResult) -> Iterator[Text]:
        yield self._concept_line(concept)
        if concept.carried:
            yield self._remark(CARRIED)
        if concept.gave_up:
            yield self._remark(GAVE_UP)
        if self._verbose:
            for check in concept.checks:
                yield from self._check(check)
        elif concept.state not in WAITING:
            yield from first_failure_lines(self._console, concept, self._deeper)
        if concept.diagnosis:
            yield from diagnosis_lines(self._console, concept.diagnosis, self._deeper)

    def _concept_line(self, each: ConceptResult) -> Text:
        look, quiet = STATES[each.state], each.state in WAITING
        return self._rows.concept(look, each.title, each.id, each.earned, each.possible, quiet)

    def _check(self, check: CheckResult) -> Iterator[Text]:
        """One check in the verbose list."""
        glyph, _, style = STATES[STATE_OF.get(check.outcome, State.ERROR)]
        name = safe(check_name(check))
        yield Text(" " * self._deeper).append(f"{glyph} ", style).append(name, "dim")
        if check.outcome is Outcome.PASSED:
            yield from output_lines(self._console, check, self._deeper + 2, True)
        elif check.outcome is not Outcome.TODO:
            yield from failure_lines(self._console, check, self._deeper + 2, True)

    def _short(self, lesson: _Lesson, ids: Iterable[str]) -> Iterator[str]:
        return (each.removeprefix(f"{lesson.id}.") for each in ids)

    def _remark(self, remark: str) -> Text:
        return Text(" " * self._deeper).append(remark, "dim")

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
        """The first thing in course order that is not done, as far as that is known."""
        for lesson in self._lessons:
            for concept in lesson.concepts:
                if not is_open(concept):
                    continue
                what, title = concept.id, f" ({safe(concept.title)})"
                if lesson.fault is not None:
                    name = f"{lesson.id} {self._titles.get(lesson.id, '')}".rstrip()
                    what, title = f"make {name} load", ""
                goal = str(concept.place or "")
                yield from pointer_lines(self._console, what, title, goal)
                if concept.diagnosis and lesson.fault is None:
                    more = Text("more: ", style="bold cyan")
                    yield more.append(f"{self._explain} {concept.id}", "not bold")
                return


def _lessons(concepts: Iterable[ConceptResult]) -> list[_Lesson]:
    present = [concept for concept in concepts if concept.state is not State.ABSENT]
    return [
        _Lesson(lesson_id, tuple(group))
        for lesson_id, group in groupby(present, key=lambda concept: concept.lesson)
    ]
