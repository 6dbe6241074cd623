"""All formats by name: who reads each, and the one function that renders any of them."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.model import Report
    from grader.render.told import Setting

# Each of them is documented in its own file, grader/render/<name>.py.
FORMATS = {
    "text": "people",
    "json": "programs: the whole report",
    "html": "browsers: one file, with graphs",
    "junit": "GitLab, Jenkins and most other CI",
    "github": "the log of a GitHub Actions step, with annotations",
    "markdown": "a step's summary, a comment",
    "gradescope": "Gradescope",
    "classroom50": "Classroom 50",
    "github-classroom": "the legacy GitHub Classroom (base64)",
    "prairielearn": "PrairieLearn",
    "exercism": "exercism's test runners",
}


def render(name: str, report: "Report", setting: "Setting") -> str:
    """The report in one of FORMATS. What a format needs is imported only now."""
    if name == "text":
        from grader.render.text import plain_text

        return plain_text(report, setting.titles)
    if name == "json":
        from grader.render.json_format import render_json

        return render_json(report)
    if name == "html":
        from grader.render.html import render_html

        return render_html(report, setting.titles)
    name = name.replace("-", "_")
    module = importlib.import_module(f"grader.render.{name}")
    return str(getattr(module, f"render_{name}")(report, setting))
