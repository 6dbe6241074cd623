"""The rules of the programs that read our formats, each as a function that fails on a breach, and
what each format says of the totals."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

import jsonschema
from lxml import etree

from grader.render.json_format import render_json, report_from_data

XSD = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "junit_xunit2.xsd"))
STRING, COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
POINTS = {"type": "number", "minimum": 0}
FILLED = {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Totals:
    """Points as a reader of one format finds them; None where it has no such number."""

    score: float
    max_score: float
    bonus: float | None = None
    max_bonus: float | None = None


def junit(text):
    """Valid by the schema; the counts are those of the elements."""
    root = etree.fromstring(text.encode())
    XSD.assertValid(root)
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests")) == len(list(element.iter("testcase")))
        for name, child in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(name)) == len(list(element.iter(child)))
    sums = {"false": [0.0, 0], "true": [0.0, 0]}
    for suite in root.iter("testsuite"):
        known = {each.get("name"): each.get("value") for each in suite.find("properties")}
        sums[known["bonus"]][0] += float(known["earned"])
        sums[known["bonus"]][1] += int(known["possible"])
    # To the hundredth, as reports count: the parts are floats.
    return Totals(*(round(each, 2) for each in (*sums["false"], *sums["true"])))


def gradescope(text):
    """Of results.json: fields, formats, visibilities; a hidden test would hide the total."""
    formats = {"enum": ["text", "simple_format", "html", "md", "ansi"]}
    seen = {"const": "visible"}
    test = closed(
        ["name", "score", "max_score"],
        score=POINTS, max_score=POINTS, status={"enum": ["passed", "failed"]}, name=FILLED,
        number=STRING, output=STRING, output_format=formats, visibility=seen,
        tags={"type": "array", "items": STRING},
    )  # fmt: skip
    data = valid(
        text,
        closed(
            ["tests", "score"],
            score=POINTS, execution_time=POINTS, output=STRING, output_format=formats,
            test_output_format=formats, test_name_format=formats, visibility=seen,
            stdout_visibility={"enum": ["hidden", "after_due_date", "after_published", "visible"]},
            extra_data={"type": "object"}, tests={"type": "array", "items": test},
        ),
    )  # fmt: skip
    apart = data["extra_data"]
    assert round(sum(each["score"] for each in data["tests"]), 2) == data["score"]
    assert data["score"] == round(apart["score"] + apart["bonus"], 2)
    maximum = sum(each["max_score"] for each in data["tests"])
    assert maximum == apart["max_score"] + apart["max_bonus"]
    return Totals(*(apart[name] for name in ("score", "max_score", "bonus", "max_bonus")))


def classroom50(text):
    """What its collector refuses is not there."""
    assert len(text.encode()) <= 10 << 20
    test = closed(
        ["test-name", "passed", "score", "max-score"],
        **{"test-name": FILLED, "passed": {"type": "boolean"}, "score": COUNT, "max-score": COUNT},
    )
    fields = dict.fromkeys(
        ("classroom", "assignment", "commit", "release", "review", "datetime"), FILLED
    )
    data = valid(
        text,
        closed(
            [*fields, "schema", "submission", "score", "max-score", "tests"],
            **fields,
            **{"schema": {"const": "classroom50/result/v1"}, "max-score": COUNT},
            submission={"type": "string", "pattern": "^submit/"},
            score=COUNT,
            usernames={"type": "array", "items": FILLED},
            tests={"type": "array", "items": test},
        ),
    )
    for each in (data, *data["tests"]):
        assert each["score"] <= each["max-score"]
    return Totals(data["score"] / 100, data["max-score"] / 100)


def github_classroom(text):
    """Base64 on one line; version 3, always with tests."""
    assert re.fullmatch(r"[A-Za-z0-9+/]+=*\n", text)
    state = {"enum": ["pass", "fail", "error"]}
    test = closed(
        ["name", "status", "message", "test_code", "filename", "line_no", "duration", "score"],
        name=FILLED, status=state, message=STRING, test_code=STRING, task_id=COUNT,
        filename=STRING, line_no=COUNT, duration=POINTS, score=POINTS, max_score=POINTS,
        output=STRING,
    )  # fmt: skip
    data = valid(
        base64.b64decode(text).decode(),
        closed(
            ["version", "status", "max_score", "tests"],
            version={"const": 3}, status=state, message=STRING, max_score=POINTS,
            tests={"type": "array", "items": test, "minItems": 1},
        ),
    )  # fmt: skip
    said = spoken(data["message"])
    assert data["max_score"] in (said.max_score, said.max_bonus)
    assert round(sum(each["score"] for each in data["tests"]), 2) == round(
        said.score + (said.bonus or 0), 2
    )
    return said


def prairielearn(text):
    """Of results.json: at most 1 MB, a score from 0 to 1."""
    assert len(text.encode()) <= 1_000_000
    test = closed(
        ["name", "points", "max_points"],
        name=FILLED, description=STRING, points=POINTS, max_points=POINTS, message=STRING,
        output=STRING,
    )  # fmt: skip
    data = valid(
        text,
        closed(
            ["gradable", "score", "tests"],
            gradable={"type": "boolean"}, score={"type": "number", "minimum": 0, "maximum": 1},
            message=STRING, output=STRING, images={"type": "array"},
            format_errors={"type": "array", "items": STRING},
            tests={"type": "array", "items": test},
        ),
    )  # fmt: skip
    said = spoken(data["message"])
    counted = (said.score, said.max_score) if said.max_score else (said.bonus, said.max_bonus)
    assert data["score"] == (counted[0] / counted[1] if counted[1] else 0)
    assert data["gradable"] or data["format_errors"]
    return said


def exercism(text):
    """Version 3: what is no error has tests, an error has a message."""
    state = {"enum": ["pass", "fail", "error"]}
    brief = {"type": ["string", "null"], "maxLength": 500}
    test = closed(
        ["name", "status"],
        name=FILLED, test_code=STRING, status=state, message={"type": ["string", "null"]},
        output=brief, task_id=COUNT,
    )  # fmt: skip
    data = valid(
        text,
        closed(
            ["version", "status", "tests"],
            version={"const": 3}, status=state, message={"type": ["string", "null"]},
            tests={"type": "array", "items": test},
        ),
    )  # fmt: skip
    assert (data["status"] == "error") == bool(data["message"])
    assert data["status"] == "error" or data["tests"]
    passes = {each["status"] for each in data["tests"]} == {"pass"}
    assert (data["status"] == "pass") == passes
    return


def github(text):
    """Commands are off while the report is shown; then come nothing but well-formed commands."""
    assert len(text.encode()) <= 4 << 20
    start, *lines = text.splitlines()
    token = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", start)[1]
    end = lines.index(f"::{token}::")
    assert token not in "\n".join([*lines[:end], *lines[end + 1 :]])
    pattern = r"::(error|warning|notice) (?:file=[^,:]+,)?(?:line=\d+,)?title=[^,:]*::.+"
    kinds = [re.fullmatch(pattern, line)[1] for line in lines[end + 1 :]]
    assert kinds.count("error") <= 10
    assert kinds[-1] == "notice"
    return spoken(lines[-1].rpartition("::")[2])


def markdown(text):
    """Of a step's summary: at most 1 MiB; every row of the table has its columns."""
    assert len(text.encode()) <= 1 << 20
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows and all(row.count("|") == 5 for row in rows)
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)
    return spoken(re.search(r"^\*\*(.*)\*\*$", text, re.MULTILINE)[1])


def text(shown):
    """What a person reads."""
    line = next(each for each in shown.splitlines() if re.match(r"(Score|Bonus) [\d.]+ / ", each))
    return spoken(line.replace("   ", ", "))


def spoken(sentence):
    """`Score 36 / 100, bonus 0 / 20`; what is not said is 0."""
    found = {
        name.lower(): (float(got), int(possible))
        for name, got, possible in re.findall(
            r"(score|bonus) ([\d.]+) / (\d+)", sentence, re.IGNORECASE
        )
    }
    return Totals(*found.get("score", (0.0, 0)), *found.get("bonus", (0.0, 0)))


def json_report(text):
    """Strict JSON, and the report itself: nothing is lost on the way back."""
    back = report_from_data(valid(text, {"type": "object"}))
    assert render_json(back) == text
    return Totals(back.score, back.max_score, back.bonus, back.max_bonus)


def html(text):
    """One well-formed page; every concept's state is in its map."""
    assert text.startswith("<!doctype html>")
    root = etree.fromstring(text.encode(), etree.HTMLParser(recover=False, huge_tree=True))
    (course,) = root.iter("nav")
    rows = [" ".join(each.itertext()).split() for each in course.iter("li")]
    assert rows and all(rows)
    (shown,) = root.xpath("//*[@class='totals']")
    return spoken(" ".join(" ".join(shown.itertext()).split()))


RULES = {
    "text": text,
    "junit": junit,
    "github": github,
    "markdown": markdown,
    "gradescope": gradescope,
    "classroom50": classroom50,
    "github-classroom": github_classroom,
    "prairielearn": prairielearn,
    "exercism": exercism,
}
# These are `--json` and `--html` as well.
ALL_RULES = {**RULES, "json": json_report, "html": html}


def closed(required, **properties):
    """The schema of an object with these fields and no others."""
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


def valid(text, schema):
    """The data, if the schema accepts it; JSON without NaN."""

    def refused(constant):
        raise AssertionError(f"{constant} is no JSON")

    data = json.loads(text, parse_constant=refused)
    jsonschema.validate(data, schema)
    return data
