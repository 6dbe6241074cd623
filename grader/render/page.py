"""What the HTML page shows: a report put into words, nothing decided, nothing escaped yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from grader.model import ConceptResult, Report, State
from grader.render.lines import comma_list, out_of, points
from grader.render.page_concept import CheckView, ConceptView, check_view, concept_view
from grader.render.states import (
    fault_of,
    how_read,
    is_open,
    points_of,
    trouble_of,
)


@dataclass(frozen=True)
class LessonView:
    """One lesson; `fault` is why nothing of it could be graded."""

    id: str
    title: str
    bonus: bool
    score: str
    share: float
    concepts: tuple[ConceptView, ...]
    fault: CheckView | None
    settled: str  # "passed", "todo" or "not-run" where all concepts are, else empty
    word: str  # what is said of them all


@dataclass(frozen=True)
class Next:
    """What to do next, and where."""

    title: str
    anchor: str
    where: str


@dataclass(frozen=True)
class Page:
    """All of it."""

    course: str
    submission: str
    score: str
    max_score: int
    bonus: str
    max_bonus: int
    complete: bool
    trouble: tuple[str, ...]
    lessons: tuple[LessonView, ...]
    next: Next | None
    absent: tuple[str, ...]
    notes: tuple[str, ...]
    facts: tuple[str, ...]


def page_of(report: Report, titles: Mapping[str, str]) -> Page:
    """The page of a report; `titles` are the lessons' titles by id."""
    present = [each for each in report.concepts if each.state is not State.ABSENT]
    views = {each.id: concept_view(each) for each in present}
    lessons = tuple(
        _lesson(identity, titles.get(identity, ""), list(group), views)
        for identity, group in groupby(present, key=lambda each: each.lesson)
    )
    return Page(
        course=report.course,
        submission=report.submission,
        score=points(report.score),
        max_score=report.max_score,
        bonus=points(report.bonus),
        max_bonus=report.max_bonus,
        complete=report.complete,
        trouble=trouble_of(report),
        lessons=lessons,
        next=_next(present, lessons),
        absent=tuple(each.id for each in report.concepts if each.state is State.ABSENT),
        notes=report.notes,
        facts=tuple(_facts(report)),
    )


def _next(present: list[ConceptResult], lessons: tuple[LessonView, ...]) -> Next | None:
    """The first thing in course order that is not done, as far as that is known."""
    for each in present:
        if not is_open(each):
            continue
        place = str(each.place or "")
        lesson = next(one for one in lessons if one.id == each.lesson)
        if lesson.fault:
            name = f"make {lesson.id} {lesson.title}".rstrip()
            return Next(f"{name} load", lesson.id, place or lesson.fault.where)
        return Next(each.title, each.id.replace(".", "-"), place)
    return None


def _facts(report: Report) -> list[str]:
    missing = comma_list(report.isolation.missing)
    without = f" (without {missing})" if missing else ""
    facts = [f"seed {report.seed}", f"isolation {report.isolation.level}{without}"]
    facts += how_read(report)
    facts.append(f"course {report.course_version}")
    facts.append(f"mggrade {report.grader_version}")
    if report.started:
        facts.append(report.started)
    return [*facts, f"{report.seconds:.1f} s"]


def _lesson(
    identity: str, title: str, concepts: list[ConceptResult], views: Mapping[str, ConceptView]
) -> LessonView:
    earned, possible = points_of(concepts)
    states = {each.state for each in concepts}
    fault = fault_of(concepts)
    common = next(iter(states)) if len(states) == 1 else None
    word = _SETTLED.get(common, "") if common else ""
    told = any(each.curve or each.boundary or each.gave_up for each in concepts)
    settled = str(common) if word and not told else ""
    return LessonView(
        id=identity,
        title=title,
        bonus=all(each.bonus for each in concepts),
        score=out_of(earned, possible),
        share=earned / max(1, possible),
        concepts=tuple(views[each.id] for each in concepts),
        fault=check_view(fault) if fault else None,
        word=word,
        settled=settled,
    )


_SETTLED = {State.PASSED: "all passed", State.TODO: "all to do", State.NOT_RUN: "none run"}
