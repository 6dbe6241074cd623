"""The report as a page: the same facts as the text, inert whatever a submission writes."""

import base64
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from rich.console import Console

from grader.model import Diagnosis, Outcome, Place, State
from grader.render.html import TEMPLATES, render_html
from grader.render.lines import points
from grader.render.text import render_text
from grader.render.untrusted import inert
from tests.report_examples import (
    TITLES,
    check,
    does_not_load,
    full_marks,
    half_done,
    hostile,
    interrupted,
    report,
)

VOID = {"meta", "link", "br", "input", "img", "hr"}
BAD = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- --><svg onload=alert(1)>",
    "]]></style><style>*{display:none}",
    "javascript:alert(1)",
    "&lt;b&gt;&#x202e;",
    "\u202eright to left\u2066\u200f",
    "\x00\x1b[31m\x07\x9b",
    "\ud800 half a pair",
    "line\r\none\rtwo\nthree",
]


class Page(HTMLParser):
    """A page's elements in order, what each says, and how they are nested."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "attributes": dict(attributes), "text": "", "in": list(self.open)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1]["tag"] == tag, f"</{tag}> in {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag=None, **wanted):
        wanted = {name.rstrip("_"): value for name, value in wanted.items()}
        return [
            each
            for each in self.elements
            if tag in (None, each["tag"])
            and all(
                value in (each["attributes"].get(name) or "").split()
                for name, value in wanted.items()
            )
        ]

    def said(self, identity):
        """What stands in the element with this id, in one line."""
        (element,) = self.all(id=identity)
        return " ".join(element["text"].split())

    def shape(self):
        """Tags, the names of their attributes, and how deep they stand."""
        return [
            (len(each["in"]), each["tag"], sorted(each["attributes"])) for each in self.elements
        ]


def page(graded):
    return Page(render_html(graded, TITLES))


EXAMPLES = [
    half_done,
    full_marks,
    does_not_load,
    interrupted,
    lambda: hostile("<b>"),
    lambda: report({}),
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_page_is_well_formed(example):
    found = page(example())
    ids = [each["attributes"]["id"] for each in found.elements if "id" in each["attributes"]]
    assert len(ids) == len(set(ids))
    for each in found.elements:
        if each["tag"] == "a":
            assert each["attributes"]["href"].removeprefix("#") in ids
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((each["attributes"].get(name) or "").split()) <= set(ids)
        reference = re.fullmatch(r"url\(#(.+)\)", each["attributes"].get("marker-end") or "")
        assert not reference or reference[1] in ids


@pytest.mark.parametrize("example", EXAMPLES)
def test_headings_go_down_one_level_at_a_time(example):
    levels = [
        int(each["tag"][1])
        for each in page(example()).elements
        if re.fullmatch(r"h\d", each["tag"])
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("example", [half_done, full_marks, does_not_load])
def test_totals_are_those_of_the_text(example):
    graded = example()
    stream = io.StringIO()
    render_text(graded, Console(file=stream, width=80), titles=TITLES)
    head = " ".join(page(graded).all(class_="totals")[0]["text"].split())
    score = f"Score {points(graded.score)} / {graded.max_score}"
    bonus = f"Bonus {points(graded.bonus)} / {graded.max_bonus}"
    assert head == f"{score} {bonus}"
    assert f"{score}   {bonus}" in stream.getvalue()


def test_the_map_names_every_concept_and_its_state():
    graded = half_done()
    (course,) = page(graded).all("nav")
    text = " ".join(course["text"].split())
    for concept in graded.concepts:
        assert f"{concept.title} {concept.state}" in text
    assert page(graded).all("a", href="#mg3-tanh-backward")


def test_a_diagnosis_is_told_whole():
    graded = half_done()
    (concept,) = [each for each in graded.concepts if each.id == "mg4.accumulate"]
    found = page(graded)
    text = found.said("mg4-accumulate")
    diagnosis = concept.diagnosis
    for told in (diagnosis.sentence, diagnosis.think, *diagnosis.facts):
        assert told in text
    assert "mg3_backpropagation.py, line 41" in text
    assert "3.33 / 5" in text and "◐ partial" in text
    assert "yours a.grad = 0.894966 PyTorch a.grad = 3.10723" in text
    assert "Failing checks: 1 (2 passed)" in text
    assert "order not reversed" in found.said("mg3-backward")  # a tie
    assert "line 59, in tanh" in found.said("mg3-tanh-backward")  # the place knows the function


def test_the_case_can_be_pasted():
    found = page(half_done())
    code = [each["text"] for each in found.all("code")]
    (concept,) = [each for each in half_done().concepts if each.id == "mg4.accumulate"]
    assert concept.diagnosis.case.program in code


def test_every_failing_check_is_there_with_its_numbers():
    text = page(half_done()).said("mg3-tanh-backward")
    assert "a = Value(0.62) b = (a * 1.4).tanh()" in text
    assert "yours a.grad = 1.23457 PyTorch a.grad = 0.832418" in text


def test_an_error_shows_the_line_and_what_was_printed():
    text = page(half_done()).said("mg4-relu")
    assert "! error" in text and "mg4_activation.py, line 188, in relu" in text
    assert "out = Value(max(0, self.dta), (self,), 'relu')" in text
    assert "printed entering relu self is Value(-0.5)" in text
    assert text.count("AttributeError") == 1


def test_a_concept_that_passed_is_one_line():
    found = page(half_done())
    assert found.said("mg3-tanh") == "✓ passed tanh, forward mg3.tanh 2 / 2"
    assert found.said("mg4-sub").endswith("with the reference’s earlier code")


def test_training_is_shown_also_of_what_passed():
    found = page(full_marks())
    row = found.all(id="mg7-train")[0]
    pictures = [each for each in found.all("svg", class_="plot") if row in each["in"]]
    assert len(pictures) == 1
    assert len(page(half_done()).all("svg", class_="plane")) == 2


def test_the_graph_is_there_as_a_table_too():
    found = page(half_done())
    rows = [" ".join(each["text"].split()) for each in found.all("tr", class_="first")]
    (row,) = [each for each in rows if each.startswith("✗ g first wrong")]
    assert "tanh(e)" in row and "-1.05" in row and "-3.62251" in row
    assert "-1.28626 = 2.25 × -0.57167, from m" in row


def test_the_next_step_leads_to_its_concept():
    (following,) = page(half_done()).all("p", class_="next")
    assert following["text"].split()[:3] == ["Next", "tanh,", "backward"]
    assert not page(full_marks()).all("p", class_="next")
    graded = does_not_load()
    only = replace(graded, concepts=tuple(each for each in graded.concepts if each.lesson == "mg3"))
    (following,) = page(only).all("p", class_="next")
    assert "make mg3 Backpropagation load" in " ".join(following["text"].split())


def test_a_lesson_that_does_not_load_says_so_once():
    text = page(does_not_load()).said("mg3")
    assert text.count("SyntaxError") == 1 and "7 concepts wait for it" in text


def test_a_fault_of_the_grader_is_not_the_students():
    checks = (check("mg3.tanh", Outcome.INFRASTRUCTURE, message="the worker did not start"),)
    graded = report({"mg3.tanh": {"checks": checks}})
    only = tuple(each for each in graded.concepts if each.lesson == "mg3")
    found = page(replace(graded, concepts=only))
    assert found.all("p", class_="fault")
    assert "A fault of the grader, not yours" in found.said("mg3-tanh")
    (following,) = found.all("p", class_="next")
    assert "A neuron, by hand" in following["text"]


def test_what_was_not_run_is_neither_done_nor_to_do():
    graded = interrupted()
    found = page(graded)
    left = [each for each in graded.concepts if each.state is State.NOT_RUN]
    (course,) = found.all("nav")
    for each in left:
        assert f"{each.title} not run" in " ".join(course["text"].split())
        told = found.said(each.id.replace(".", "-"))
        assert told.startswith("– not run") and "passed" not in told and "todo" not in told
        assert told.endswith(f"0 / {each.possible}")
    assert found.said("mg4").count("not run") == 8 and "none run" in found.said("mg4")
    (trouble,) = found.all("p", class_="fault")
    assert "stopped early" in trouble["text"]
    (following,) = found.all("p", class_="next")
    assert "tanh, backward" in following["text"]  # what has a verdict


def test_what_is_absent_is_listed_and_nowhere_else():
    graded = half_done()
    concepts = tuple(
        replace(each, state=State.ABSENT, checks=()) if each.lesson == "mg5" else each
        for each in graded.concepts
    )
    found = page(replace(graded, concepts=concepts))
    (absent,) = found.all("p", class_="absent")
    assert "mg5.layer" in absent["text"]
    assert not found.all(id="mg5") and not found.all(id="mg5-layer")


def test_nothing_comes_from_anywhere_else():
    for example in EXAMPLES:
        text = render_html(example(), TITLES)
        assert not re.search(r"(?:https?:)?//[a-z]|@import|@font-face", _without_code(text))
        for each in Page(text).elements:
            assert each["tag"] not in ("iframe", "object", "embed", "form", "base", "img")
            for name, value in each["attributes"].items():
                assert not name.startswith("on") and name != "style"
                if name in ("src", "href"):
                    assert value.startswith("#") or value == "data:,"


def _without_code(text):
    return re.sub(r"(?m)^\s*//.*$", "", text)  # the script's comments


def test_the_policy_allows_this_script_and_this_style_alone():
    found = page(half_done())
    (policy,) = [
        each["attributes"]["content"]
        for each in found.all("meta")
        if "http-equiv" in each["attributes"]
    ]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy and "http" not in policy
    for tag in ("script", "style"):
        (element,) = found.all(tag)
        digest = hashlib.sha256(element["text"].encode()).digest()
        assert f"{tag}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def schemes():
    """The style sheet's colours, by scheme: what dark and print don't name is as in light."""
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    rules = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule)) for rule in rules]
    return [found[0], found[0] | found[1], found[0] | found[2]]


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@pytest.mark.parametrize("scheme", schemes(), ids=["light", "dark", "print"])
def test_every_colour_of_text_stands_out_from_what_is_behind_it(scheme):
    behind = {
        **dict.fromkeys(("text", "quiet", "link", "green", "red", "amber"), ("page", "card")),
        "on-solid": ("red", "link"),
    }
    pairs = [(text, ground) for text, grounds in behind.items() for ground in grounds]
    pairs += [("text", "sunk"), ("quiet", "sunk"), ("green", "green-wash"), ("red", "red-wash")]
    pairs += [("amber", "amber-wash"), ("text", "red-wash")]
    for text, ground in pairs:
        light, dark = sorted((luminance(scheme[each]) for each in (text, ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)
    for ground in ("page", "card"):  # lines that carry meaning
        light, dark = sorted(luminance(scheme[each]) for each in ("strong-line", ground))[::-1]
        assert (light + 0.05) / (dark + 0.05) >= 3, ground


@pytest.mark.parametrize("bad", BAD)
def test_no_text_of_a_submission_becomes_markup(bad):
    assert page(hostile(bad)).shape() == page(hostile("harmless")).shape()


@pytest.mark.parametrize("bad", BAD)
def test_no_text_of_a_submission_hides_or_reorders_others(bad):
    text = render_html(hostile(bad), TITLES)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]", text
    )
    assert not re.search("&#x?0*(?:8238|202e);", text.replace("&amp;", "&amp "), re.IGNORECASE)
    text.encode("utf-8")


def test_a_template_in_a_submission_is_not_evaluated():
    text = render_html(hostile("{{ 7 * 7 }}"), TITLES)
    assert "{{ 7 * 7 }}" in text and ">49<" not in text


def test_what_is_long_stays_bounded():
    text = render_html(hostile("x" * 5000 + "\n" * 3 + "y\n" * 5000), TITLES)
    assert len(text) < 1_200_000


def test_inert_keeps_lines_and_letters():
    assert inert("a\tb\r\nc\rd") == "a   b\nc\nd"
    assert inert("Пётр 🙂 é") == "Пётр 🙂 é"
    assert inert("a\u202eb\x1b\ud800") == "a�b�?"
    assert inert("abcdef", 4) == "abc…"


def test_the_page_is_the_same_for_the_same_report():
    assert render_html(half_done(), TITLES) == render_html(half_done(), TITLES)


def test_a_diagnosis_without_anything_but_a_sentence_will_do():
    checks = (check("mg3.tanh", Outcome.FAILED, message="no"),)
    bare = {"checks": checks, "diagnosis": Diagnosis("It differs.")}
    text = page(report({"mg3.tanh": bare})).said("mg3-tanh")
    assert "It differs." in text and "How to think" not in text and "Where to look" not in text


def test_a_place_of_the_diagnosis_comes_before_where_the_check_raised():
    place = Place("mg3.py", 3, "tanh")
    checks = (check("mg3.tanh", Outcome.ERROR, message="no", place=place),)
    told = {"checks": checks, "diagnosis": Diagnosis("It differs.", file="mg2.py", line=9)}
    assert "Where to look mg2.py, line 9" in page(report({"mg3.tanh": told})).said("mg3-tanh")
    told["diagnosis"] = None
    assert "Where to look mg3.py, line 3, in tanh" in page(report({"mg3.tanh": told})).said(
        "mg3-tanh"
    )
