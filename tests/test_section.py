"""The text of a concept, from its lesson, and how it reads on a terminal."""

import io
import re

import pytest
from rich.console import Console

from grader.course import load_course
from grader.render.prose import plain, prose_lines
from grader.selfstudy.section import section

COURSE = load_course()


def shown(paragraphs, width=60, indent=2):
    console = Console(file=io.StringIO(), width=width)
    return [line.plain for line in prose_lines(paragraphs, console, indent)]


@pytest.mark.parametrize("concept", COURSE.concepts, ids=lambda each: each.id)
def test_every_concept_has_a_section_that_reads_well(concept):
    found = section(COURSE.lesson(concept.lesson), concept)
    assert found and found.paragraphs and set(found.task) <= set(found.paragraphs)
    assert concept.id not in found.heading
    for line in shown((found.heading, *found.task)):
        assert len(line) <= 60
        assert not re.search(r"<!--|\\[a-z]|\$|\*\*[A-Z]|`", line), line
        assert line == line.rstrip()


def test_a_section_ends_where_the_next_one_begins():
    tanh, by_hand = (COURSE.concept(each) for each in ("mg3.tanh", "mg3.by-hand"))
    lesson = COURSE.lesson("mg3")
    first, second = section(lesson, tanh), section(lesson, by_hand)
    assert not set(first.paragraphs) & set(second.paragraphs)
    assert [each.split()[0] for each in first.task] == ["**Your", "**Check"]


def test_without_a_task_the_whole_section_is_one():
    found = section(COURSE.lesson("mg7"), COURSE.concept("mg7.integration"))
    assert found.task == found.paragraphs


def test_formulas_become_plain_signs():
    assert plain(r"$L = \frac{1}{n} \sum_{i} \max(0, 1 - y_i \cdot s_i) \;+\; \alpha$") == (
        "L = 1/n Σ_i max(0, 1 - y_i · s_i) + α"
    )
    assert plain(r"$\frac{dL}{dc} = \frac{a + b}{2h}$, **so** *there*: `x**2`, 2 * 3 * 4") == (
        "dL/dc = (a + b)/2h, so there: x**2, 2 * 3 * 4"
    )


def test_figures_keep_their_lines_and_lists_hang():
    figure = "    a ---+\n         (+)--- c and a line that is far too long to fit in 30 columns"
    items = "- one item that is long enough for two lines\n- two"
    assert shown(["Look here:", figure, items], 30) == [
        "  Look here:",
        "",
        *(f"  {line}" for line in figure.split("\n")),
        "",
        "  - one item that is long",
        "    enough for two lines",
        "  - two",
    ]
