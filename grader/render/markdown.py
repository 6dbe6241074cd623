"""Markdown with a table of the concepts, for a step's summary or a comment on GitHub or GitLab."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from grader.model import ConceptResult, Report, State
from grader.render.failure import failure_lines
from grader.render.feedback import code, feedback_markdown, fence, prose
from grader.render.lines import points
from grader.render.states import STATES, WAITING, fault_of, points_of
from grader.render.told import Setting, plain_console, present, remarks, title_of, totals

MOST_BYTES = 1 << 20  # of a step's summary
ROOM_FOR_NOTE = 200


def render_markdown(report: Report, setting: Setting) -> str:
    """The totals, the table, and what there is to say about what went wrong."""
    lessons = [
        (name, list(each)) for name, each in groupby(present(report), key=lambda one: one.lesson)
    ]
    head = "\n\n".join(
        [
            f"## {prose(report.course)} · {code(report.submission)}",
            f"**{totals(report)}**",
            *map(prose, remarks(report)),
            "\n".join(_table(lessons, setting)),
        ]
    )
    return "\n\n".join(_as_fits([head, *_sections(lessons, setting)])) + "\n"


def _table(lessons: Sequence[tuple[str, list[ConceptResult]]], setting: Setting) -> Iterator[str]:
    yield "| | concept | | points |"
    yield "|---|---|---|--:|"
    for lesson, concepts in lessons:
        earned, possible = points_of(concepts)
        title = f"**{prose(setting.titles.get(lesson, ''))}**" if setting.titles else ""
        yield f"| | **{lesson}** | {title} | **{points(earned)} / {possible}** |"
        for each in concepts:
            glyph, word, _ = STATES[each.state]
            title = prose(title_of(each))
            score = f"{points(each.earned)} / {each.possible}"
            yield f"| {glyph} {word} | {code(each.id)} | {title} | {score} |"


def _sections(
    lessons: Sequence[tuple[str, list[ConceptResult]]], setting: Setting
) -> Iterator[str]:
    """What went wrong, concept by concept; of a lesson that does not load, why."""
    console = plain_console()
    for lesson, concepts in lessons:
        fault = fault_of(concepts)
        if fault is not None:
            title = f"{lesson} {setting.titles.get(lesson, '')}".rstrip()
            lines = fence(failure_lines(console, fault, 0, verbose=True))
            yield f"**! {prose(title)}** · the lesson does not load\n\n{lines}"
            continue
        for each in concepts:
            if each.state is not State.PASSED and each.state not in WAITING:
                yield feedback_markdown(each, console, None)


def _as_fits(parts: Sequence[str]) -> Iterator[str]:
    """The head, and as many sections as a summary has room for."""
    left = MOST_BYTES - ROOM_FOR_NOTE
    for number, part in enumerate(parts):
        left -= len(part.encode()) + 2
        if left < 0:
            yield f"… {len(parts) - number} more; {code('mggrade check')} shows them all."
            return
        yield part
