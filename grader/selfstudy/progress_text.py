"""What a learner has done, as a table: passed when, attempts, hints; and the days in a row."""

import json
from collections.abc import Iterator
from datetime import datetime

from rich.console import Console
from rich.text import Text

from grader.course import Course
from grader.model import State
from grader.progress import ConceptProgress, Progress
from grader.render.lines import safe, wrapped
from grader.render.states import GAVE_UP
from grader.selfstudy.map_text import LOOKS
from grader.selfstudy.streak import Streak, streak


def progress_lines(
    course: Course, known: Progress, console: Console, now: datetime
) -> Iterator[Text]:
    """The table of the concepts that were tried, and sums."""
    yield Text(safe(course.title), "bold").append(" · progress", "not bold dim")
    width = max(len(each.id) for each in course.concepts)
    for lesson in course.lessons:
        tried = [each for each in lesson.concepts if known.of(each.id) != ConceptProgress()]
        if tried:
            yield Text()
            yield Text(f" {lesson.id:<4} ").append(lesson.title, "bold")
        for concept in tried:
            yield from wrapped(console, _row(concept.id, known.of(concept.id), width, now), 2, 4)
    yield Text()
    for sentence in _sums(course, known, now):
        yield from wrapped(console, Text(sentence), 0)


def _row(identity: str, told: ConceptProgress, width: int, now: datetime) -> Text:
    state = State.PASSED if told.passed and not told.state else told.state or State.TODO
    glyph, word, style = LOOKS.get(str(state), ("?", str(state), ""))
    if told.passed:
        local = datetime.fromisoformat(told.passed).astimezone(now.tzinfo)
        word = f"{local:%Y-%m-%d %H:%M}"
        if state != State.PASSED:
            word += f", now {state}"
    row = Text(f"{glyph} ", style).append(f"{identity:<{width}}  ", "default")
    row.append(f"{word:<16}", "default" if told.passed else "dim")
    facts = [_count(told.attempts, "attempt"), _count(told.hints, "hint")]
    facts.append(GAVE_UP if told.gave_up else "")
    return row.append("  ").append(" · ".join(filter(None, facts)), "dim")


def _sums(course: Course, known: Progress, now: datetime) -> Iterator[str]:
    told = [known.of(each.id) for each in course.concepts]
    passed = sum(bool(each.passed) for each in told)
    attempts, hints = sum(each.attempts for each in told), sum(each.hints for each in told)
    facts = [f"Passed {passed} of {len(told)} concepts"]
    facts += [f"in {_count(attempts, 'attempt')}"] * bool(attempts)
    facts += [f"with {_count(hints, 'hint')}"] * bool(hints)
    yield f"{', '.join(facts)}."
    yield streak_words(streak(known.days, now.date()))


def streak_words(days: Streak) -> str:
    """`3 days in a row (the longest: 5), 12 days in all.`"""
    if not days.days:
        return "No day of work yet; the first check of something you wrote begins the count."
    row = f"{_count(days.current, 'day')} in a row" if days.current else "No row of days just now"
    return f"{row} (the longest: {days.longest}), {_count(days.days, 'day')} in all."


def _count(number: int, noun: str) -> str:
    """`1 hint`, `3 hints`; empty for none."""
    return f"{number} {noun}{'s' * (number != 1)}" if number else ""


def progress_json(course: Course, known: Progress, now: datetime) -> str:
    """The same for a program, with every concept that anything is known of."""
    days = streak(known.days, now.date())
    data = {
        "streak": {"current": days.current, "longest": days.longest, "days": days.days},
        "days": {
            day: {"checks": each.checks, "passed": each.passed} for day, each in known.days.items()
        },
        "concepts": [
            {
                "id": concept.id,
                "title": concept.title,
                "state": told.state or None,
                "earned": told.earned,
                "possible": concept.points,
                "attempts": told.attempts,
                "hints": told.hints,
                "checked": told.checked or None,
                "passed": told.passed or None,
                "gave_up": told.gave_up or None,
            }
            for concept in course.concepts
            if (told := known.of(concept.id)) != ConceptProgress()
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
