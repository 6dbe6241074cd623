"""JUnit XML, as Jenkins and GitLab read it (the xunit2 dialect that pytest writes as well).

A suite for every lesson and a case for every concept, with the points as properties. What is still
to be written, or was not run, is skipped; what the code can't be blamed for is an error of type
`infrastructure`. Concepts that are not in the submission are left out.
"""

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from grader.model import ConceptResult, Report, State
from grader.render.lines import points
from grader.render.states import WAITING, points_of
from grader.render.told import (
    Setting,
    account,
    file_of,
    gist,
    is_graders,
    line_of,
    place_of,
    present,
    remarks,
)
from grader.render.untrusted import inert


def render_junit(report: Report, setting: Setting) -> str:
    """The whole document."""
    root = ET.Element("testsuites", name=inert(report.course))
    _count(root, present(report))
    root.set("time", f"{report.seconds:.3f}")
    for lesson, concepts in groupby(present(report), key=lambda each: each.lesson):
        root.append(_suite(report, lesson, list(concepts), setting))
    said = remarks(report)
    if said and len(root):  # of the whole, once
        ET.SubElement(root[0], "system-out").text = inert("\n".join(said))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(
    report: Report, lesson: str, concepts: Sequence[ConceptResult], setting: Setting
) -> ET.Element:
    title = setting.titles.get(lesson, "")
    suite = ET.Element("testsuite", name=f"{lesson} {title}".rstrip())
    _count(suite, concepts)
    suite.set("time", "0")
    if report.started:
        suite.set("timestamp", report.started)
    earned, possible = points_of(concepts)
    bonus = all(each.bonus for each in concepts)
    _properties(suite, earned=points(earned), possible=str(possible), bonus=str(bonus).lower())
    suite.extend(_case(each, setting) for each in concepts)
    return suite


def _case(concept: ConceptResult, setting: Setting) -> ET.Element:
    case = ET.Element("testcase", name=concept.id, classname=concept.lesson, time="0")
    place = place_of(concept)
    if place is not None:
        case.set("file", file_of(place, setting))
        line = line_of(place)
        if line is not None:
            case.set("line", str(line))
    _properties(
        case,
        title=inert(concept.title),
        state=str(concept.state),
        earned=points(concept.earned),
        possible=str(concept.possible),
    )
    kind, type_ = _kind(concept)
    if kind == "skipped":
        ET.SubElement(case, kind, message=gist(concept))
    elif kind:
        ET.SubElement(case, kind, message=gist(concept), type=type_).text = account(concept)
    return case


def _kind(concept: ConceptResult) -> tuple[str, str]:
    """The element that tells what became of it, and its type; none for what passed."""
    if concept.state is State.PASSED:
        return "", ""
    if concept.state in WAITING:
        return "skipped", ""
    if is_graders(concept):
        return "error", "infrastructure"
    return ("error" if concept.state is State.ERROR else "failure"), str(concept.state)


def _count(element: ET.Element, concepts: Sequence[ConceptResult]) -> None:
    kinds = [_kind(each)[0] for each in concepts]
    element.set("tests", str(len(kinds)))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(kinds.count(kind)))


def _properties(element: ET.Element, **values: str) -> None:
    properties = ET.SubElement(element, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=value)
