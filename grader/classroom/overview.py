"""What the page of a class shows: standings put into words and cells, nothing escaped yet."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.classroom.export import number, possible
from grader.classroom.standing import MISSING, Standing
from grader.course import Course
from grader.model import ConceptResult, State
from grader.render.lines import points

GROUPS = 10  # bars of the distribution
MOST_MISTAKES = 8  # of a concept


@dataclass(frozen=True)
class Column:
    """A concept above its column: how many have all of its points."""

    id: str
    title: str
    passed: int


@dataclass(frozen=True)
class Line:
    """A student's row. `cells` has a letter for each concept: p(assed), h(alf), f(ailed), e(rror),
    t(odo), or a dash for what was not handed in. `told` is what stands out."""

    name: str
    alias: str  # in anonymous mode
    section: str
    total: str
    sort: float
    cells: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class Mistake:
    """Something that several did: `example` is the smallest program that showed it to one."""

    sentence: str
    count: int
    example: str
    shown: str


@dataclass(frozen=True)
class Trouble:
    """The mistakes made in one concept, the commonest first."""

    id: str
    title: str
    tried: int
    wrong: int
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class Bar:
    """How many have a total in this range."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Overview:
    """All of it."""

    course: str
    students: int
    handed_in: int
    middle: str
    most: int
    bars: tuple[Bar, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    troubles: tuple[Trouble, ...]
    missing: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    anonymous: bool


def overview(standings: Sequence[Standing], course: Course, *, anonymous: bool = False) -> Overview:
    """The page of a class. `anonymous`: no name, section or id is in it at all."""
    aliases = _aliases(standings)
    names = {each.student.key: each.student.shown for each in standings}
    shown = aliases if anonymous else names
    graded = [each for each in standings if each.report is not None]
    concepts = [each for each in course.concepts if any(each.id in one.concepts for one in graded)]
    results = {
        each.student.key: {one.id: one for one in each.report.concepts} if each.report else {}
        for each in standings
    }
    columns = tuple(
        Column(each.id, each.title, sum(_passed(row.get(each.id)) for row in results.values()))
        for each in concepts
    )
    lines = [
        Line(
            name=shown[each.student.key],
            alias=aliases[each.student.key],
            section="" if anonymous else each.student.section,
            total=str(number(each.total)) if each.state != MISSING else "–",
            sort=float(each.total or 0) if each.state != MISSING else -1.0,
            cells="".join(_letter(results[each.student.key].get(one.id)) for one in concepts),
            told=_told(each),
        )
        for each in standings
    ]
    # The best on top; those with the same gaps beside each other, so that a pattern is a block.
    lines.sort(key=lambda line: (-line.sort, line.cells, line.name))
    totals = sorted(float(each.total) for each in graded if each.total is not None)
    most = possible(graded)
    return Overview(
        course=course.title,
        students=len(standings),
        handed_in=sum(each.state != MISSING for each in standings),
        middle=points(_middle(totals)) if totals else "–",
        most=most,
        bars=_bars(totals, most),
        columns=columns,
        lines=tuple(lines),
        troubles=tuple(
            found for each in concepts if (found := _trouble(each.id, each.title, results.values()))
        ),
        missing=tuple(shown[each.student.key] for each in standings if each.state == MISSING),
        refused=tuple(
            (shown[each.student.key], "" if anonymous else each.trouble)
            for each in standings
            if each.trouble
        ),
        anonymous=anonymous,
    )


_LETTERS = {
    State.PASSED: "p",
    State.PARTIAL: "h",
    State.FAILED: "f",
    State.ERROR: "e",
    State.TODO: "t",
    State.ABSENT: "-",
}


def _letter(result: ConceptResult | None) -> str:
    return "-" if result is None else _LETTERS[result.state]


def _passed(result: ConceptResult | None) -> bool:
    return result is not None and result.state is State.PASSED


def _told(standing: Standing) -> tuple[str, ...]:
    told = []
    if standing.state == MISSING:
        told.append("not handed in")
    elif standing.state != "graded":
        told.append("not graded")
    if standing.hung:
        told.append("timed out")
    if standing.crashed:
        told.append("crashed")
    if standing.penalty or standing.marked_late:
        told.append("late")
    if standing.adjustments:
        told.append("adjusted")
    return tuple(told)


def _aliases(standings: Sequence[Standing]) -> dict[str, str]:
    """A number for each, in an order that tells nothing about names."""
    import hashlib

    keys = sorted(
        (each.student.key for each in standings),
        key=lambda key: hashlib.sha256(key.encode("utf-8", "backslashreplace")).digest(),
    )
    return {key: f"Student {place}" for place, key in enumerate(keys, start=1)}


def _middle(totals: Sequence[float]) -> float:
    half = len(totals) // 2
    return totals[half] if len(totals) % 2 else (totals[half - 1] + totals[half]) / 2


def _bars(totals: Sequence[float], most: int) -> tuple[Bar, ...]:
    width = max(1.0, most / GROUPS)
    counts = Counter(min(GROUPS - 1, max(0, int(total / width))) for total in totals)
    highest = max(counts.values(), default=1)
    return tuple(
        Bar(
            f"{group * width:g}–{(group + 1) * width:g}",
            counts[group],
            counts[group] / highest,
        )
        for group in range(GROUPS)
    )


def _trouble(
    concept: str, title: str, rows: Iterable[Mapping[str, ConceptResult]]
) -> Trouble | None:
    """What went wrong in a concept, by mistake."""
    found = [row[concept] for row in rows if concept in row]
    tried = [each for each in found if each.state not in (State.TODO, State.ABSENT)]
    wrong = [each for each in tried if each.state is not State.PASSED]
    groups: dict[str, list[ConceptResult]] = {}
    for each in wrong:
        mistake = each.diagnosis.mistake if each.diagnosis else None
        if each.diagnosis and mistake:
            groups.setdefault(each.diagnosis.sentence, []).append(each)
    if not wrong:
        return None
    common = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MOST_MISTAKES]
    return Trouble(
        concept,
        title,
        len(tried),
        len(wrong),
        tuple(Mistake(sentence, len(who), *_example(who)) for sentence, who in common),
    )


def _example(who: Sequence[ConceptResult]) -> tuple[str, str]:
    """The shortest program that shows it, and what came out."""
    cases = [each.diagnosis.case for each in who if each.diagnosis and each.diagnosis.case]
    if not cases:
        return "", ""
    case = min(cases, key=lambda each: (len(each.program), each.program))
    lines = [line for line in case.program.split("\n") if not line.startswith("from ")]
    return "\n".join(lines), f"{case.shown} = {case.actual}, {case.judge} says {case.expected}"
