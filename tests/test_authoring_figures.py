"""The graphs in the lessons' text, and the formulas as scripts show them."""

import re
from pathlib import Path

import pytest

from grader import formulas
from grader.authoring import figures
from grader.authoring.build import Standing, as_notebook, as_script, carry_out, plan
from grader.authoring.lint_files import check_figures
from grader.authoring.workshop import Workshop
from grader.course import load_course
from grader.errors import CourseError
from grader.sandbox import Sandbox
from tests.conftest import SOLUTIONS

COURSE = load_course()
DIAMOND = """# <!-- graph data grad: a = -2; b = 3;
# d = a * b; e = a + b; f = d * e -->
#
#                    data   grad
#     f = d * e        -6      1
#     ├─ d = a * b     -6      1
#     │  ├─ a ↓
#     │  └─ b ↓
#     └─ e = a + b      1     -6
#        ├─ a          -2     -3
#        └─ b           3     -8
#
# <!-- end of the graph -->
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """The course, with a figure that is not drawn yet in lesson 1."""
    (tmp_path / "solutions").mkdir()
    for lesson in COURSE.lessons:
        name = f"{lesson.file}.py"
        text = (SOLUTIONS / name).read_text(encoding="utf-8")
        (tmp_path / "solutions" / name).write_text(text, encoding="utf-8")
    return Workshop(COURSE, tmp_path / "solutions", tmp_path / "exercises")


def _drawn(*programs: str) -> str:
    marks = "".join(f"# <!-- graph {each} -->\n# <!-- end of the graph -->\n" for each in programs)
    sources = dict(Workshop(COURSE, SOLUTIONS, SOLUTIONS).sources())
    sources[COURSE.lessons[0]] = marks
    with Sandbox(COURSE.limits) as sandbox:
        return figures.with_figures(sources, sandbox)[COURSE.lessons[0]]


def test_a_figure_shows_what_the_code_computes() -> None:
    drawn = _drawn("data grad: a = -2; b = 3;\n# d = a * b; e = a + b; f = d * e")
    assert drawn == DIAMOND


def test_what_is_left_to_the_reader_is_not_told() -> None:
    one = _drawn("data ?: a = 2; c = 1 - a; d = -c")
    assert [line.split() for line in one.split("\n")[3:6]] == [
        ["#", "d", "=", "-c", "1", "1"],
        ["#", "└─", "c", "=", "1", "-", "a", "-1", "?"],
        ["#", "└─", "a", "2", "?"],
    ]
    other = _drawn(": a = 2; b = a ** 2; c = b.tanh()")
    assert "#     c = tanh(b)\n#     └─ b = a**2\n#        └─ a\n#\n" in other


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("data: a = 2; b = a * x", "can't be drawn"),
        ("data: a = 2; b = a * a + a", "a * a has no name of its own"),
        ("data: print(1)", "a step is name = something"),
        ("data: a = 0; b = a ** -1", "ZeroDivisionError"),
        ("data: a = ", "can't be drawn"),
        ("number: a = 2", "no column 'number'"),
    ],
)
def test_a_figure_that_can_not_be_drawn_is_named(program: str, words: str) -> None:
    with pytest.raises(CourseError, match=r"^mg1_derivatives\.py: .*") as raised:
        _drawn(program)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_build_mends_stale_figures_and_check_finds_them(workshop: Workshop) -> None:
    path = workshop.solution(COURSE.lesson("mg4"))
    text = path.read_text(encoding="utf-8")
    assert "#        └─ b           3     -8\n" in text
    path.write_text(text.replace("3     -8\n", "3     -7\n"), encoding="utf-8")
    assert list(check_figures(workshop)) == [
        "solutions/mg4_activation.py: a figure is not what the code computes; "
        "run mggrade course build"
    ]
    items = plan(workshop)
    assert [each.path for each in items if each.standing is Standing.STALE] == [path]
    carry_out(items)
    assert path.read_text(encoding="utf-8") == text
    assert "3     -8\n" in workshop.exercise(COURSE.lesson("mg4")).read_text(encoding="utf-8")
    assert list(check_figures(workshop)) == []


def test_a_figure_follows_the_code(workshop: Workshop) -> None:
    """A wrong closure in lesson 4 shows in every figure that it is part of."""
    path = workshop.solution(COURSE.lesson("mg4"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("other.grad += out.grad", "other.grad += 2 * out.grad"), "utf-8")
    assert any("mg4_activation" in each for each in check_figures(workshop))


def test_exercises_have_the_figures_without_their_marks() -> None:
    text = f"# %% [markdown]\n# Look:\n#\n{DIAMOND}#\n# And so on.\n"
    lesson = COURSE.lesson("mg4")
    for made in (as_script(text), as_notebook(lesson, text)):
        assert "└─ e = a + b      1     -6" in made
        assert "<!--" not in made and "end of the graph" not in made
    assert "└─ b           3     -8\n#\n# And so on." in as_script(text)


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"f'(x) \approx \frac{f(x + h) - f(x)}{2h}", "f'(x) ≈ (f(x + h) - f(x)) / (2h)"),
        (r"\frac{\partial L}{\partial\,\text{out}}", "∂L/∂out"),
        (r"\frac{\partial f}{\partial d}\frac{\partial d}{\partial a}", "∂f/∂d · ∂d/∂a"),
        (r"\tanh(n) = \frac{e^{2n} - 1}{e^{2n} + 1}", "tanh(n) = (e²ⁿ - 1) / (e²ⁿ + 1)"),
        (r"n \cdot x^{n-1}", "n · xⁿ⁻¹"),
        (r"b^{2.5} - a^{0.5}", "b^2.5 - a^0.5"),
        (r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}", "pᵢ = e^zᵢ / (Σⱼ e^zⱼ)"),
        (r"\frac{1}{n} \sum_{i=1}^{n} \max(0,\ 1 - y_i s_i)", "1/n Σᵢ max(0, 1 - yᵢ sᵢ)"),
        (r"-\ln p_{\text{target}}", "-ln p_target"),
        (r"a \qquad b", "a\nb"),
        (r"\unknown{x}", r"\unknownx"),
        (r"x_1 w_1", "x1 w1"),
    ],
)
def test_formulas_in_plain_characters(tex: str, words: str) -> None:
    assert formulas.plain(tex) == words


def test_only_text_is_rewritten() -> None:
    """Code keeps its dollars, a lone name becomes code, a formula a line of its own."""
    cell = "# %% [markdown]\n# As $a$ grows by $h^2$:\n#\n# $$a +\n# b \\qquad c$$\n#\n# So.\n"
    code = "# %%\n# costs $a$ and $b$\nprint('$a$')\n"
    assert formulas.in_script(cell + code) == (
        "# %% [markdown]\n# As `a` grows by h²:\n#\n#     a + b\n#     c\n#\n# So.\n" + code
    )


def test_no_tex_is_left_in_any_exercise() -> None:
    for _, source in Workshop(COURSE, SOLUTIONS, SOLUTIONS).sources():
        text = as_script(source)
        words = [line for line in text.split("\n") if line.startswith("#")]
        assert not [line for line in words if "$" in line or "\\" in line]


def test_every_concept_is_taught_in_the_same_parts() -> None:
    """A task, a worked number, a common mistake."""
    lacking = []
    for lesson, source in Workshop(COURSE, SOLUTIONS, SOLUTIONS).sources():
        sections = re.split(r"^# ## ", source, flags=re.MULTILINE)
        for concept in lesson.concepts:
            [text] = [each for each in sections if f"(`{concept.id}`" in each.split("\n", 1)[0]]
            parts = ["**Your task:**"] if concept.names else []
            parts += ["**Check yourself:**", "**People often**"]
            lacking += [f"{concept.id}: {part}" for part in parts if text.count(part) != 1]
            assert f"(`{concept.id}`, {concept.points} point" in text
    assert lacking == []
