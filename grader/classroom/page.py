"""The page of a class: one HTML file that needs no other, in the look of a student's report."""

from grader.classroom.overview import Overview
from grader.render.html import TEMPLATES, policy_for, template

CELLS = {"p": "✓", "h": "◐", "f": "✗", "e": "!", "t": "·", "-": "–"}


def render_class(page: Overview) -> str:
    """The whole page. Everything from outside is escaped by the template."""
    style = "".join(
        (TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "class.css")
    )
    script = (TEMPLATES / "class.js").read_text(encoding="utf-8")
    patterns = {line.cells for line in page.lines}
    return template("class.html.j2").render(
        page=page,
        cells={each: "".join(map(_cell, each)) for each in patterns},
        style=style,
        script=script,
        policy=policy_for(style, script),
    )


def _cell(letter: str) -> str:
    """Our own markup: a class and a glyph."""
    name = "n" if letter == "-" else letter
    return f'<td class="{name}">{CELLS[letter]}</td>'
