"""The page of a graduation: one HTML file in the look of the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from grader.model import Boundary, Curve
from grader.render.html import whole_page
from grader.render.lines import points
from grader.render.plots import boundary_svg, curve_sentence, curve_svg

SIGNS = {
    "__add__": "+", "__sub__": "−", "__mul__": "×", "__truediv__": "÷", "__pow__": "power",
    "__neg__": "negative", "__call__": "call",
}  # fmt: skip


@dataclass(frozen=True)
class Achievement:
    """What is celebrated. `lines` are lines of code by module; `outline`, by file, holds classes
    with their methods and functions with none; `right` counts points on their own side."""

    course: str
    score: float
    max_score: int
    bonus: float
    day: date
    lines: Mapping[str, int]
    outline: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    curve: Curve
    boundary: Boundary
    right: int
    parameters: int
    folder: str


def render_graduation(achievement: Achievement) -> str:
    """The whole page; nothing is fetched from anywhere."""
    curve = achievement.curve
    return whole_page(
        "graduation.html.j2",
        ["report.css", "graduation.css"],
        [],
        it=achievement,
        score=points(achievement.score),
        bonus=points(achievement.bonus) if achievement.bonus else "",
        day=f"{achievement.day.day} {achievement.day:%B %Y}",
        total=sum(achievement.lines.values()),
        plane=boundary_svg(achievement.boundary, "plane", yours=True),
        curve=curve_svg(curve, "curve"),
        curve_sentence=curve_sentence(curve),
        outline={
            name: [(owner, _shown(methods)) for owner, methods in parts]
            for name, parts in achievement.outline.items()
        },
    )


def _shown(methods: tuple[str, ...]) -> str:
    """Operators by their signs, methods by their names; what is only there for Python left out."""
    named = [SIGNS.get(each, each) for each in methods]
    return ", ".join(each for each in named if not each.startswith("_"))
