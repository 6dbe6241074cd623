"""The page of a class: one HTML file that needs no other, in the look of a student's report."""

from grader.classroom.overview import Overview
from grader.render.html import whole_page

CELLS = {"p": "✓", "h": "◐", "f": "✗", "e": "!", "t": "·", "-": "–"}


def render_class(page: Overview) -> str:
    """The whole page. Everything from outside is escaped by the template."""
    patterns = {line.cells for line in page.lines}
    cells = {each: "".join(map(_cell, each)) for each in patterns}
    styles, scripts = ["report.css", "class.css"], ["class.js"]
    return whole_page("class.html.j2", styles, scripts, page=page, cells=cells)


def _cell(letter: str) -> str:
    """Our own markup: a class and a glyph."""
    name = "n" if letter == "-" else letter
    return f'<td class="{name}">{CELLS[letter]}</td>'
