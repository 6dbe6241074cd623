"""The log of a GitHub Actions step: the report for people, then annotations at one's own lines.

GitHub reads commands from a step's log. While the report stands there, with whatever a submission
printed in it, commands are off; the word that switches them on again depends on all of the text,
so that no text can contain it.
"""

import hashlib
from collections.abc import Iterator
from itertools import groupby

from grader.model import ConceptResult, Place, Report, State
from grader.render.lines import points
from grader.render.states import WAITING, fault_of, trouble_of
from grader.render.text import plain_text
from grader.render.told import (
    Setting,
    account,
    file_of,
    line_of,
    place_of,
    present,
    title_of,
    totals,
)
from grader.render.untrusted import inert
from grader.render.verdict import message_of

MOST_SHOWN = 10  # annotations of a kind that GitHub shows for a step
LONGEST_MESSAGE = 1000


def render_github(report: Report, setting: Setting) -> str:
    """The whole log of the step."""
    text = plain_text(report, setting.titles).rstrip("\n")
    token = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    return (
        "\n".join(
            [f"::stop-commands::{token}", text, f"::{token}::", *_annotations(report, setting)]
        )
        + "\n"
    )


def _annotations(report: Report, setting: Setting) -> Iterator[str]:
    errors = list(_errors(report, setting))
    if len(errors) > MOST_SHOWN:
        left = len(errors) - MOST_SHOWN + 1
        errors = errors[: MOST_SHOWN - 1]
        errors.append(
            _command("error", f"{left} more: all of them are in the log", title="mggrade")
        )
    yield from errors
    for sentence in trouble_of(report):
        yield _command("warning", sentence, title="mggrade")
    yield _command("notice", totals(report), title="mggrade")


def _errors(report: Report, setting: Setting) -> Iterator[str]:
    """One for each concept that went wrong; for a lesson that does not load, one in all."""
    for lesson, group in groupby(present(report), key=lambda each: each.lesson):
        concepts = list(group)
        fault = fault_of(concepts)
        if fault is not None:
            title = f"{lesson} {setting.titles.get(lesson, '')}".rstrip()
            place = fault.place or concepts[0].place
            yield _error(inert(message_of(fault)), f"{title} does not load", place, setting)
            continue
        for each in concepts:
            if each.state is not State.PASSED and each.state not in WAITING:
                said = account(each, LONGEST_MESSAGE)
                yield _error(said, _title(each), place_of(each), setting)


def _title(concept: ConceptResult) -> str:
    score = f"{points(concept.earned)} / {concept.possible}"
    return f"{concept.id}: {title_of(concept)}, {score}"


def _error(message: str, title: str, place: Place | None, setting: Setting) -> str:
    where = {}
    if place is not None and setting.folder is not None:
        where["file"] = file_of(place, setting)
        line = line_of(place)
        if line is not None:
            where["line"] = str(line)
    return _command("error", message, **where, title=title)


def _command(name: str, message: str, **properties: str) -> str:
    """One line that GitHub obeys, with nothing in it that ends it early."""
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
