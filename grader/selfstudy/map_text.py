"""The map of the course on a terminal: every concept, how it stands, and the way to go on."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.course import Course, Lesson
from grader.model import State
from grader.render.lines import bar, comma_list, out_of, safe, wrapped
from grader.render.rows import Rows, pointer_lines, rows_for
from grader.render.states import GAVE_UP, STATES
from grader.selfstudy.standing import UNCHECKED, CourseStanding, Standing

LOOKS = {
    **{str(state): look for state, look in STATES.items()},
    UNCHECKED: ("?", "written", "yellow"),  # and not checked yet
    str(State.ABSENT): ("·", "absent", "dim"),
}
CHECK = "mggrade check"
GRADUATE = "mggrade graduate"


def map_lines(
    course: Course,
    stands: CourseStanding,
    console: Console,
    now: datetime,
    lessons: Collection[str] = (),
) -> Iterator[Text]:
    """The map of all lessons, or of those with these ids, and below it the summary."""
    chosen = [each for each in course.lessons if not lessons or each.id in lessons]
    ids = (concept.id for lesson in chosen for concept in lesson.concepts)
    rows = rows_for(console, ids, map(_name, chosen))
    yield Text(safe(course.title), "bold")
    for lesson in chosen:
        own = [each for each in stands.concepts if each.concept.lesson == lesson.id]
        yield Text()
        yield from _lesson(lesson, own, stands.next, console, rows)
    yield Text()
    yield from summary_lines(stands, console, now)


def summary_lines(stands: CourseStanding, console: Console, now: datetime) -> Iterator[Text]:
    """The totals, how old they are, and what is next."""
    bonus = out_of(*stands.totals(bonus=True))
    yield (
        Text("Score ", "bold")
        .append(out_of(*stands.totals(bonus=False)))
        .append(f"   Bonus {bonus}", "not bold")
    )
    yield from wrapped(console, Text(age(stands, now), "dim"), 0)
    yield from next_lines(stands, console)


def bar_line(stands: CourseStanding, console: Console) -> Text:
    """The whole course as one bar."""
    earned, possible = stands.totals(bonus=False)
    score = f" {out_of(earned, possible)}"
    style = "green" if earned == possible else "yellow"
    width = rows_for(console, (), ()).width - len(score)
    return bar(earned / max(1, possible), width, style).append(score, "default")


def age(stands: CourseStanding, now: datetime) -> str:
    """How old it is what the states say, and what to do about that."""
    if stands.checked is None:
        return f"Nothing of yours has been checked yet. After your first lines: {CHECK}"
    since = f"As of the last check, {moment(stands.checked, now)}."
    if not stands.stale:
        return since
    only = f" --lesson {stands.stale[0]}" if len(stands.stale) == 1 else ""
    return f"{since} Changed since: {comma_list(stands.stale)}. Bring it up to date: {CHECK}{only}"


def next_lines(stands: CourseStanding, console: Console) -> Iterator[Text]:
    """`next: …`; where nothing is left, that."""
    following = stands.next
    if following is None:
        yield Text("✓ Complete: nothing is left to do.", "green")
        if all(each.done or each.bonus for each in stands.concepts):
            yield Text("A package made of your own code: ").append(GRADUATE, "cyan")
        return
    title = f" ({safe(following.concept.title)})"
    yield from pointer_lines(console, following.concept.id, title, goal(following))
    if following.state == UNCHECKED:
        yield Text("      ").append(f"written, and not checked yet: {CHECK}", "dim")


def goal(stands: Standing) -> str:
    """Where to go on, as a path from here: `exercises/mg3_backpropagation.py, line 59, in tanh`."""
    if stands.place is None or stands.path is None:
        return ""
    return str(replace(stands.place, file=str(_from_here(stands.path))))


def moment(when: datetime, now: datetime) -> str:
    """`today 21:05`, `yesterday 21:05`, `2026-03-01`."""
    local = when.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    day = {0: "today", 1: "yesterday"}.get(days)
    return f"{day} {local:%H:%M}" if day else f"{local:%Y-%m-%d}"


def _lesson(
    lesson: Lesson,
    own: Sequence[Standing],
    following: Standing | None,
    console: Console,
    rows: Rows,
) -> Iterator[Text]:
    earned = sum(round(100 * each.earned) for each in own) / 100
    possible = sum(each.concept.points for each in own)
    yield rows.lesson(lesson.id, _name(lesson), earned, possible, all(each.done for each in own))
    if all(each.path is None for each in own):
        remark = "its file is not here; mggrade init adds what is missing"
        yield from wrapped(console, Text(remark, "dim"), rows.indent)
        return
    if own[0].problem and own[0].path:
        remark = f"{own[0].path.name} {own[0].problem}"
        yield from wrapped(console, Text(safe(remark), "red"), rows.indent)
        return
    for each in own:
        concept, look = each.concept, LOOKS[each.state]
        quiet = each.state in (State.TODO, UNCHECKED)
        line = rows.concept(look, concept.title, concept.id, each.earned, concept.points, quiet)
        if each is following:
            line = Text(" " * (rows.indent - 2)).append("▸ ", "bold cyan") + line[rows.indent :]
        yield line
        if each.known.gave_up:
            yield Text(" " * rows.deeper).append(GAVE_UP, "dim")
    if any(each.stale for each in own):
        yield Text(" " * rows.indent).append("changed since its last check", "dim")


def _name(lesson: Lesson) -> str:
    return lesson.title + (" (bonus)" if lesson.bonus else "")


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
