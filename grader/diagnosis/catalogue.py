"""The catalogue of mistakes: the reference with one thing changed, and what to say of it.

The files are `mistakes/mgN.toml`, one a lesson. An entry:

    [[mistake]]
    id = "tanh-derivative-of-input"
    concept = "mg3.tanh-backward"
    operator = "tanh"              # optional: where to look
    change = [["out.data**2", "self.data**2"]]
    happened = "tanh's local derivative was computed from its input, where it needs its output."
    think = "…"

`change` holds pairs of texts: each old text must stand exactly once in the lesson's solution.
`when` names a fact of the source (`grader/diagnosis/facts.py`) that tells this mistake from others
with the same numbers.

A `[[base]]` with `id`, `concepts` and `change` is no mistake: the reference with these concepts
built in another right way, on which the same mistake may give other numbers.
"""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import CourseError

FOLDER = Path(__file__).parent / "mistakes"


@dataclass(frozen=True)
class Change:
    """A change of one lesson's solution: pairs of old and new text."""

    id: str
    lesson: str
    change: tuple[tuple[str, str], ...]

    def apply(self, source: str) -> str:
        """The lesson's source with the change in it. Raises CourseError if it does not fit."""
        for old, new in self.change:
            if source.count(old) != 1:
                raise CourseError(
                    f"mistake {self.id}: the solution of {self.lesson} holds {old!r} "
                    f"{source.count(old)} times instead of once; give more or other lines"
                )
            source = source.replace(old, new)
        return source


@dataclass(frozen=True)
class Mistake(Change):
    """One entry. `happened` says what happened, `think` how to think about it."""

    concept: str
    happened: str
    think: str
    operator: str | None = None
    when: str | None = None


@dataclass(frozen=True)
class Base(Change):
    """Another right way to build these concepts in the reference."""

    concepts: tuple[str, ...]


def catalogue() -> tuple[Mistake, ...]:
    """All mistakes, in the order of the files. Raises CourseError."""
    lessons = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return tuple(
        each for lesson in lessons for each in _entries(lesson) if isinstance(each, Mistake)
    )


def bases_of(concept: str) -> tuple[Change, ...]:
    """The other right ways to build a concept in the reference."""
    found = (each for each in _entries(_lesson_of(concept)) if isinstance(each, Base))
    return tuple(each for each in found if concept in each.concepts)


def mistakes_of(concept: str) -> tuple[Mistake, ...]:
    """The mistakes that this concept can suffer from, simplest first."""
    found = (each for each in _entries(_lesson_of(concept)) if isinstance(each, Mistake))
    return tuple(each for each in found if each.concept == concept)


def _lesson_of(concept: str) -> str:
    return concept.partition(".")[0]


@functools.cache
def _entries(lesson: str) -> tuple[Change, ...]:
    """The entries of one lesson's file; a check that fails needs no other's. Of a lesson without
    a file, none."""
    path = FOLDER / f"{lesson}.toml"
    return tuple(_read(path)) if path.exists() else ()


def _read(path: Path) -> list[Change]:
    try:
        data: dict[str, list[dict[str, Any]]] = tomllib.loads(path.read_text(encoding="utf-8"))
        mistakes: list[Change] = [
            Mistake(**{**entry, "lesson": path.stem, "change": _pairs(entry)})
            for entry in data["mistake"]
        ]
        bases: list[Change] = [
            Base(
                **{
                    **entry,
                    "lesson": path.stem,
                    "change": _pairs(entry),
                    "concepts": tuple(entry["concepts"]),
                }
            )
            for entry in data.get("base", [])
        ]
        return mistakes + bases
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{path.name}: not a list of [[mistake]] entries ({error!r})") from None


def _pairs(entry: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((old, new) for old, new in entry["change"])
