"""A report as one HTML file: no other file is needed, and nothing is fetched from anywhere."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.model import Report
from grader.render.page import page_of
from grader.render.untrusted import inert

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).parent / "templates"


def render_html(report: Report, titles: Mapping[str, str]) -> str:
    """The whole page. `titles` are the lessons' titles by id.

    Whatever a submission wrote is shown as text: the template escapes everything, and the page's
    own policy allows no script or style but those that stand in it.
    """
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    return template("report.html.j2").render(
        page=page_of(report, titles),
        style=style,
        script=script,
        policy=policy_for(style, script),
    )


def policy_for(style: str, script: str) -> str:
    """A content security policy that allows this style and this script, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def template(name: str) -> "jinja2.Template":
    """A template that escapes everything and makes it inert."""
    import jinja2  # heavy, and no other format needs it

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def _finalized(value: Any) -> Any:
    """Every text on its way into the page, but for those marked as markup, is made inert."""
    return inert(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
