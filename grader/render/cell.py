"""A report as what a notebook shows under a cell: in the notebook's own colours and fonts."""

from collections.abc import Mapping, Sequence

from grader.model import Report
from grader.render.html import template
from grader.render.page import page_of


def render_cell(report: Report, titles: Mapping[str, str]) -> str:
    """A table of the concepts, and what there is to say about those that fail.

    It stands in a page with other things: no script, no style sheet, nothing fetched. Whatever a
    submission wrote is shown as text. `titles` are the lessons' titles by id.
    """
    page = page_of(report, titles)
    cells = any(each.place is not None and each.place.cell is not None for each in report.concepts)
    return template("cell.html.j2").render(page=page, cells=cells)


def render_hint_cell(title: str, concept: str, lines: Sequence[str]) -> str:
    """A concept's hints, paragraph by paragraph."""
    return template("hint.html.j2").render(title=title, concept=concept, lines=lines)
