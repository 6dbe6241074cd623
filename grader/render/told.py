"""What the formats of other programs say of a report: plain text, inert, short."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from grader.model import ConceptResult, Outcome, Place, Report, State
from grader.render.failure import case_lines, diagnosis_lines, failure_lines
from grader.render.lines import points, safe, wrapped
from grader.render.states import WAITING, first_to_mend, trouble_of
from grader.render.untrusted import inert
from grader.render.verdict import message_of

WIDTH = 80
LONGEST = 4000  # characters of what is said of one concept
MOST_NOTES = 20
SHORTENED = "… shortened; mggrade check shows all of it"


@dataclass(frozen=True)
class Setting:
    """What a format may need to know beside the report.

    titles: the lessons' titles by id. folder: where the graded files lie, as seen from where the
    command was run; None where that can't be said (an archive). classroom: what Classroom 50
    hands to a grader, by the names of its variables. secret_seed: results may come into the hands
    of students, and must not hold the seed.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    classroom: Mapping[str, str] = field(default_factory=dict)
    secret_seed: bool = False


def present(report: Report) -> list[ConceptResult]:
    """The concepts that are in the submission, in course order."""
    return [each for each in report.concepts if each.state is not State.ABSENT]


def totals(report: Report) -> str:
    """`Score 36 / 100, bonus 0 / 20`; what was not graded is left out."""
    parts = []
    if report.max_score or not report.max_bonus:
        parts.append(f"score {points(report.score)} / {report.max_score}")
    if report.max_bonus:
        parts.append(f"bonus {points(report.bonus)} / {report.max_bonus}")
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def with_bonus(report: Report) -> float:
    """Score and bonus together, to the hundredth, for programs that know one number only and let
    it exceed the maximum."""
    return (round(100 * report.score) + round(100 * report.bonus)) / 100


def remarks(report: Report) -> list[str]:
    """What else there is to know of the whole: the grader's troubles, notes for the student."""
    notes = [f"note: {safe(inert(each))}" for each in report.notes[:MOST_NOTES]]
    if len(report.notes) > MOST_NOTES:
        notes.append(f"note: and {len(report.notes) - MOST_NOTES} more")
    return [*trouble_of(report), *notes]


def title_of(concept: ConceptResult) -> str:
    """`tanh, forward (bonus)`."""
    return concept.title + (" (bonus)" if concept.bonus else "")


def gist(concept: ConceptResult) -> str:
    """One line: why a concept did not pass, or that it did."""
    if concept.state is State.PASSED:
        return "PyTorch agrees" + (CARRIED if concept.carried else "")
    if concept.state in _WAITS:
        return _WAITS[concept.state]
    if concept.diagnosis is not None:
        return safe(inert(concept.diagnosis.sentence))
    check = first_to_mend(concept)
    return inert(message_of(check)) if check is not None else "none of its checks was run"


def account(concept: ConceptResult, longest: int = LONGEST) -> str:
    """All there is to say about a concept, in lines of 80 columns."""
    return shortened("\n".join(_lines(concept)), longest)


def place_of(concept: ConceptResult) -> Place | None:
    """Where to look: where the diagnosis says, else where it raised, else where the work is."""
    told = concept.diagnosis
    if told is not None and told.file is not None and "[" not in told.file:
        return Place(told.file, told.line)
    check = first_to_mend(concept)
    return check.place if check is not None and check.place is not None else concept.place


def file_of(place: Place, setting: Setting) -> str:
    """The file of a place, as seen from where the command was run."""
    return inert(f"{setting.folder}/{place.file}" if setting.folder else place.file)


def line_of(place: Place) -> int | None:
    """Its line in the file; a line of a notebook's cell is none."""
    return place.line if place.cell is None else None


def program_of(concept: ConceptResult, longest: int = LONGEST) -> str:
    """The program of the first check to mend; empty where there is none."""
    check = first_to_mend(concept)
    return shortened(inert(check.program or ""), longest) if check is not None else ""


def is_graders(concept: ConceptResult) -> bool:
    """Whether the grader failed on one of its checks, or did not get to it."""
    return concept.state is State.NOT_RUN or any(
        check.outcome is Outcome.INFRASTRUCTURE for check in concept.checks
    )


def shortened(text: str, longest: int) -> str:
    """The text, or its beginning and a note that there is more."""
    if len(text) <= longest:
        return text
    if longest <= len(SHORTENED):
        return text[: max(0, longest - 1)] + "…" * (longest > 0)
    kept = text[: longest - len(SHORTENED) - 1]
    return f"{kept}\n{SHORTENED}"


def fitted(most: int, render: Callable[[int], str]) -> str:
    """What `render` makes when told how much may be said of each concept, in at most this many
    bytes: as much as fits."""
    for longest in (LONGEST, LONGEST // 4, LONGEST // 20, 0):
        text = render(longest)
        if len(text.encode()) <= most:
            break
    return text


def plain_console() -> Console:
    """A console that wraps lines at 80 columns and knows no colours."""
    return Console(file=io.StringIO(), width=WIDTH, color_system=None)


CARRIED = ", with the reference's earlier code"
_WAITS = {
    State.TODO: "the gap is still there: this one waits for you",
    State.NOT_RUN: "not run: grading was stopped before it",
}


def _lines(concept: ConceptResult) -> Iterator[str]:
    if concept.state is State.PASSED or concept.state in WAITING:
        text = gist(concept)
        yield f"{text[:1].upper()}{text[1:]}."
        return
    console = plain_console()
    for line in _told(console, concept):
        yield inert(line.plain.rstrip())


def _told(console: Console, concept: ConceptResult) -> Iterator[Text]:
    told, check = concept.diagnosis, first_to_mend(concept)
    if told and told.case and not told.mistake:
        yield from case_lines(console, told.case, 0)
    elif check is not None:
        yield from failure_lines(console, check, 0, verbose=False)
    if told is not None:
        yield from diagnosis_lines(console, told, 0)
        if told.think:
            yield from wrapped(console, Text(f"think    {safe(told.think)}"), 0, 9)
    place = place_of(concept)
    if place is not None and (check is None or check.place != place):
        yield from wrapped(console, Text(f"where    {safe(str(place))}"), 0, 9)
