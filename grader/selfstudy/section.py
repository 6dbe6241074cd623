"""A concept's section in its lesson: the text that teaches it, and what it asks for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.attempts import reference_text
from grader.course import Concept, Lesson
from grader.exercise_text import without_marks


@dataclass(frozen=True)
class Section:
    """The heading, without the concept's id, and the paragraphs as Markdown.

    A paragraph keeps its lines: figures and code are indented, and mean what they look like.
    """

    heading: str
    paragraphs: tuple[str, ...]

    @property
    def task(self) -> tuple[str, ...]:
        """What to write, and a worked number to check it by; all of it where no task is marked."""
        chosen: list[str] = []
        inside = given = False
        for paragraph in self.paragraphs:
            lead = _LEAD.match(paragraph)
            if lead:
                asked = lead[1].lower()
                given = given or asked.startswith(_TASK)
                inside = asked.startswith((_TASK, _CHECK))
            if inside:
                chosen.append(paragraph)
        return tuple(chosen) if given else self.paragraphs


def section(lesson: Lesson, concept: Concept) -> Section | None:
    """The section of a concept; None where the lesson has none. Raises InfrastructureError."""
    found: list[str] = []
    heading = ""
    for line in _markdown(without_marks(reference_text(lesson))):
        title = _HEADING.fullmatch(line)
        if title and heading:
            break
        if title and title["concept"] == concept.id:
            heading = title["title"]
        elif heading:
            found.append(line)
    return Section(heading, tuple(_paragraphs(found))) if heading else None


_HEADING = re.compile(r"##? (?P<title>.*?)(?:\s*\(`(?P<concept>mg\d+\.[a-z-]+)`.*\))?")
_LEAD = re.compile(r"\*\*([^*]+)\*\*")
_TASK, _CHECK = "your task", "check yourself"


def _markdown(source: str) -> Iterator[str]:
    """The lines of a script's Markdown cells, one blank line after each."""
    inside = False
    for line in source.split("\n"):
        if line.startswith("# %%"):
            if inside:
                yield ""
            inside = "[markdown]" in line
        elif inside:
            yield line.removeprefix("#").removeprefix(" ").rstrip()


def _paragraphs(lines: list[str]) -> Iterator[str]:
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if line:
            paragraph.append(line)
        elif paragraph:
            yield "\n".join(paragraph)
            paragraph = []
