"""Feedback in a copy of the notebook: where it stands, what it says, and that it harms nothing."""

import json
import os
import re
import zipfile
from html.parser import HTMLParser

import nbformat
import pytest
from markdown_it import MarkdownIt

import grader
from grader import errors
from grader.render.annotate import annotate
from grader.source_text import FEEDBACK, is_feedback
from tests.conftest import EXERCISES, ROOT
from tests.notebook_examples import (
    COURSE,
    code,
    joined,
    made_of,
    old_format,
    read,
    run_check,
    solution,
    words,
    write,
)
from tests.report_examples import full_marks, half_done, hostile

TANH = "tanh-backward"
MG3, MG4 = "mg3_backpropagation.ipynb", "mg4_activation.ipynb"
WRONG = ("(1 - out.data**2)", "(1 - self.data**2)")


@pytest.fixture(scope="module")
def command(cache):
    """Runs `mggrade check`."""

    return lambda *arguments, folder: run_check(folder, cache, *arguments)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory, command):
    """A folder with a notebook that has outputs and a mistake, and its annotated copy."""
    folder = tmp_path_factory.mktemp("wrong")
    data = solution("mg3", *WRONG)
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["0.7 ✓\n"]}]
    write(folder / MG3, data)
    result = command(MG3, "--annotate", "feedback.ipynb", folder=folder)
    assert (result.returncode, result.stderr) == (errors.INCOMPLETE, "")
    return folder


def feedback(data):
    """The concepts with feedback in a notebook, each with its text and the code above it."""
    found, above = {}, None
    for cell in data["cells"]:
        if is_feedback(cell):
            name = re.search(r"`(mg\d\.[a-z-]+)`", joined(cell))[1]
            assert name not in found
            found[name] = joined(cell), above
        else:
            above = joined(cell)
    return found


def without_feedback(data):
    return {**data, "cells": [cell for cell in data["cells"] if not is_feedback(cell)]}


# What is written


def test_the_copy_is_the_notebook_with_its_outputs_and_feedback(wrong):
    assert without_feedback(read(wrong / "feedback.ipynb")) == read(wrong / MG3)


def test_feedback_stands_after_the_code_that_it_speaks_of(wrong):
    found = feedback(read(wrong / "feedback.ipynb"))
    concepts = COURSE.lesson("mg3").concepts
    assert set(found) == {concept.id for concept in concepts}
    for concept in concepts:
        method = concept.names[0].removeprefix("Value.")
        assert f"def {method}(" in found[concept.id][1]


def test_what_a_failure_says(wrong):
    text, above = feedback(read(wrong / "feedback.ipynb"))[f"mg3.{TANH}"]
    report = grader.check(wrong / MG3, concepts=[f"mg3.{TANH}"])
    (concept,) = report.concepts
    (line,) = [n for n, each in enumerate(above.split("\n"), 1) if WRONG[1] in each]
    assert "✗" in text and "failed · 0 / 4 points" in text
    assert "**What happened.** " + concept.diagnosis.sentence in text
    assert "**How to think about it.** " + concept.diagnosis.think in text
    assert "\na = Value(-0.33)\nb = a.tanh()\n" in text
    assert "\nyours    a.grad = -0.846545\nPyTorch  a.grad = -0.853617\n" in text
    assert re.search(rf"Line ({line}|{line - 1}|{line - 2}) of the code cell above", text)
    assert f"`mggrade hint mg3.{TANH}`" in text


def test_what_passed_is_short(wrong):
    text, _ = feedback(read(wrong / "feedback.ipynb"))["mg3.by-hand"]
    assert "✓" in text and "passed · 3 / 3 points" in text and "hint" not in text


def test_gaps_are_told_with_their_lines(tmp_path, command):
    command(EXERCISES / "notebooks" / MG4, "--annotate", "out.ipynb", folder=tmp_path)
    found = feedback(read(tmp_path / "out.ipynb"))
    text, above = found["mg4.relu"]
    line = [bool("NotImplementedError" in each) for each in above.split("\n")].index(True) + 1
    assert "todo · 0 / 2 points" in text and "The gap is still there" in text
    assert f"Line {line} of the code cell above, in `relu`." in text
    assert "def __rmul__" in found["mg4.numbers"][1]  # the last of its four names


def test_the_copy_is_a_valid_notebook(wrong):
    nbformat.validate(nbformat.read(wrong / "feedback.ipynb", as_version=nbformat.NO_CONVERT))


def test_an_annotated_notebook_has_the_same_score_and_feedback(wrong, command):
    folder = wrong / "again"
    folder.mkdir(exist_ok=True)
    (folder / MG3).write_bytes((wrong / "feedback.ipynb").read_bytes())
    first, second = (
        command(place / MG3, "--json", "-", "--annotate", place / "new.ipynb", folder=wrong)
        for place in (wrong, folder)
    )
    one, two = json.loads(first.stdout), json.loads(second.stdout)
    assert (one["score"], one["concepts"]) == (two["score"], two["concepts"])
    assert one["score"] == 18
    assert (folder / "new.ipynb").read_bytes() == (wrong / "feedback.ipynb").read_bytes()


def test_feedback_of_an_earlier_time_is_replaced(wrong, command, tmp_path):
    data = read(wrong / "feedback.ipynb")
    for cell in data["cells"]:
        if not is_feedback(cell):
            cell["source"] = [each.replace(*reversed(WRONG)) for each in cell["source"]]
    write(tmp_path / MG3, data)
    result = command(MG3, "--annotate", "out.ipynb", folder=tmp_path)
    assert result.returncode == errors.COMPLETE
    found = feedback(read(tmp_path / "out.ipynb"))
    assert len(found) == 7 and "passed · 4 / 4" in found[f"mg3.{TANH}"][0]


# The pure part


def annotated(data, report, after):
    before = json.dumps(data)
    made = annotate(data, report, after)
    assert json.dumps(data) == before  # the notebook that was given is left alone
    return made


def test_only_cells_that_the_grader_wrote_are_taken_out():
    tags = {"tags": [FEEDBACK]}
    data = made_of(code("x = 1", metadata=tags), words("mine"), words("old", metadata=tags))
    made = annotated(data, half_done(), {})
    assert [joined(cell) for cell in made["cells"]] == ["x = 1", "mine"]


def test_several_concepts_of_one_cell_and_those_of_none():
    data = made_of(code("a"), code("b"), words("c"))
    after = {"mg3.tanh": 1, "mg3.backward": 1, "mg7.train": None, "mg4.relu": 99}
    found = [
        joined(cell) if not is_feedback(cell) else next(iter(feedback({"cells": [cell]})))
        for cell in annotated(data, half_done(), after)["cells"]
    ]
    assert found == ["a", "mg3.tanh", "mg3.backward", "b", "c", "mg4.relu", "mg7.train"]


def test_a_notebook_without_cells():
    made = annotated(made_of(), half_done(), {"mg3.tanh": 1})
    assert list(feedback(made)) == ["mg3.tanh"]


@pytest.mark.parametrize("minor", [4, 5])
def test_ids_where_the_format_has_them_and_never_one_that_is_taken(minor):
    mine = {"id": "feedback-mg3-tanh"} if minor == 5 else {}
    data = made_of(code("a", **mine), minor=minor)
    made = annotated(data, full_marks(), {"mg3.tanh": 1, "mg3.backward": 1})
    ids = [cell.get("id") for cell in made["cells"]]
    assert len(set(ids)) == (3 if minor == 5 else 1)
    nbformat.validate(made)


def test_format_3_stays_format_3():
    data = old_format(made_of(code("a"), words("b"), code("c"), code("d")))
    made = annotated(data, half_done(), {"mg3.tanh": 1, "mg4.relu": 4})
    nbformat.validate(made)
    cells = [[cell["cell_type"] for cell in sheet["cells"]] for sheet in made["worksheets"]]
    assert cells == [["code", "markdown", "markdown"], ["code", "code", "markdown"]]
    upgraded = nbformat.convert(nbformat.from_dict(made), 4)
    assert sum(map(is_feedback, upgraded["cells"])) == 2


class Tags(HTMLParser):
    """All tags and the text of a page, and the text outside of code."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text, self.outside = [], set(), "", ""

    def handle_starttag(self, tag, attributes):
        self.tags.add((tag, *attributes))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        self.outside += "" if "code" in self.open else data


EVIL = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](https://example.org/x.png) [y](javascript:alert(1)) <https://example.org>",
    "www.example.org https://example.org me@example.org",
    "`</code><b>` ``` ```` ~~~\n```\n# Title\n\n- list\n\n    code\n\n| a | b |\n|---|---|\n",
    "$$\\href{javascript:alert(1)}{x}$$ \\(x\\) \\[y\\] $z$",
    "**b** _i_ ~~s~~ &lt; &#60;b&#62; *** --- === 1. > quote",
    "\u202etxt\u2066\x1b[31m\x00\r\n<!-- \n--> <![CDATA[ <?php ]]>",
]


@pytest.mark.parametrize("text", EVIL)
def test_what_a_submission_wrote_is_shown_and_not_obeyed(text):
    report = hostile(text)
    for diagnosed in ("mg4.accumulate", "mg3.tanh"):
        made = annotated(made_of(code("a")), report, {diagnosed: 1})
        page = Tags()
        html = MarkdownIt("gfm-like", {"linkify": False}).render(joined(made["cells"][1]))
        page.feed(html)
        page.close()
        assert page.tags <= {(tag,) for tag in ("p", "strong", "code", "pre", "ul", "li")}
        assert not page.open
        assert not set("$\\") & set(page.outside)
        assert not re.search(
            r"www\.|://|\w@\w", re.sub(r"<code>.*?</code>", "", _raw(made), flags=16)
        )
        word = max(re.findall(r"\w+", text), key=len)
        assert word in page.text
        assert not re.search("[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069]", page.text)


def _raw(made):
    """The Markdown outside of fences and code spans, where a reader might make links of text."""
    text = joined(made["cells"][1])
    text = re.sub(r"^(`{3,})\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


def test_sentences_read_as_they_were_written():
    text = "The * of a_b_c uses `x**2` & 1 < 2, so $d$ is [0] #1 | 5 ~ 6."
    made = annotated(made_of(code("a")), hostile(text), {"mg4.accumulate": 1})
    page = Tags()
    page.feed(MarkdownIt("gfm-like", {"linkify": False}).render(joined(made["cells"][1])))
    assert f"What happened. {text}\n" in page.text


# Where it is written


def refused(result, *said):
    assert (result.returncode, result.stdout) == (errors.USAGE, "")
    assert result.stderr.startswith("mggrade: ") and result.stderr.count("\n") == 1
    for each in said:
        assert each in result.stderr


def test_the_notebook_itself_is_never_overwritten(tmp_path, command):
    path = write(tmp_path / MG3, solution("mg3"))
    (tmp_path / "link.ipynb").symlink_to(path)
    os.link(path, tmp_path / "same.ipynb")
    before = path.read_bytes()
    for target in (MG3, "link.ipynb", "same.ipynb", "."):
        refused(command(MG3, "--annotate", target, folder=tmp_path), "overwrite", MG3, "another")
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


def test_targets_that_cannot_be(tmp_path, command):
    write(tmp_path / "two" / MG3, solution("mg3"))
    write(tmp_path / "two" / "mg2_chain_rule.ipynb", solution("mg2"))
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "mg1_derivatives.py").write_text("x = 1\n")
    for arguments, said in {
        ("two", "out.ipynb"): "holds 2 notebooks; give --annotate a folder",
        ("two", "two"): "overwrite",
        ("two", "no/where"): "create it first",
        ("two", "plain/mg1_derivatives.py"): "ends in .ipynb, or a folder",
        ("two", "-"): "needs a file or folder",
        ("plain", "out.ipynb"): "holds no notebook to annotate",
    }.items():
        path, target = arguments
        refused(command(path, "--annotate", target, folder=tmp_path), said)


def test_a_folder_of_notebooks_and_an_archive_of_it(tmp_path, command):
    names = {"mg2": "mg2_chain_rule.ipynb", "mg3": MG3}
    for lesson, name in names.items():
        write(tmp_path / "mine" / name, solution(lesson))
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for name in names.values():
            archive.write(tmp_path / "mine" / name, f"mine/{name}")
    for given, out in (("mine", "one"), ("mine.zip", "two")):
        result = command(given, "--annotate", out, "-q", folder=tmp_path)
        assert (result.returncode, result.stderr) == (errors.COMPLETE, "")
        assert sorted(each.name for each in (tmp_path / out).iterdir()) == sorted(names.values())
        for name in names.values():
            data = read(tmp_path / out / name)
            assert len(feedback(data)) == 7
            assert without_feedback(data) == read(tmp_path / "mine" / name)
    result = command("mine", "--lesson", "mg2", "--annotate", "one.ipynb", folder=tmp_path)
    assert result.returncode == errors.COMPLETE
    assert len(feedback(read(tmp_path / "one.ipynb"))) == 7


def test_a_notebook_that_cannot_be_read_has_no_copy(tmp_path, command):
    write(tmp_path / "mine" / MG3, solution("mg3"))
    (tmp_path / "mine" / "mg2_chain_rule.ipynb").write_text("hello")
    result = command("mine", "--annotate", "out", folder=tmp_path)
    assert result.returncode == errors.INCOMPLETE
    assert "no copy of mg2_chain_rule.ipynb: it is not a notebook" in result.stderr
    assert [each.name for each in (tmp_path / "out").iterdir()] == [MG3]


def test_a_micrograd_of_ones_own(tmp_path, command):
    path = ROOT / "tests" / "engines" / "correct" / "lecture_notebook.ipynb"
    command(path, "--annotate", "out.ipynb", folder=tmp_path)
    found = feedback(read(tmp_path / "out.ipynb"))
    source = [joined(cell) for cell in read(path)["cells"]]
    last = [cell for cell in source if cell.startswith("class Value:")][-1]
    assert {found[name][1] for name in ("mg2.value", "mg3.backward", "mg4.relu")} == {last}
    assert "class Neuron" in found["mg5.mlp"][1]
    assert found["mg7.integration"][1] == source[-1]  # it has no code of its own


def test_a_micrograd_of_several_files(tmp_path, command):
    cells = read(ROOT / "tests" / "engines" / "correct" / "lecture_notebook.ipynb")["cells"]
    sources = [joined(cell) for cell in cells if cell["cell_type"] == "code"]
    engine = [each for each in sources if each.startswith("class Value:")][-1]
    networks = [each for each in sources if each.startswith("class Neuron:")][-1]
    mine = tmp_path / "mine"
    write(mine / "nn.ipynb", made_of(code("from engine import Value"), code(networks)))
    (mine / "engine.py").write_text(f"import math\n\n{engine}\n")
    refused(
        command("mine", "--annotate", "mine/feedback", folder=tmp_path),
        "would lie in mine and be graded with it",
    )
    command("mine", "--annotate", "out", folder=tmp_path)
    found = feedback(read(tmp_path / "out" / "nn.ipynb"))
    assert {"mg5.mlp", "mg7.integration"} <= set(found)
    assert not {"mg2.add", "mg3.tanh"} & set(found)


def test_a_cell_that_is_no_python_keeps_its_feedback(tmp_path, command):
    line = "def topological_order(root)"
    write(tmp_path / MG3, solution("mg3", f"{line}:", line))
    command(MG3, "--annotate", "out.ipynb", folder=tmp_path)
    text, above = feedback(read(tmp_path / "out.ipynb"))["mg3.topological-order"]
    assert line in above
    assert "! " in text and "error · 0 / 3" in text


def test_outputs_that_no_one_reads(tmp_path, command):
    data = solution("mg3")
    data["cells"][1]["outputs"] = [{"data": {"x": [float("nan"), "\ud800", 1e300]}}]
    write(tmp_path / MG3, data)
    result = command(MG3, "--annotate", "out.ipynb", folder=tmp_path)
    assert result.returncode == errors.COMPLETE
    found = read(tmp_path / "out.ipynb")["cells"][1]["outputs"][0]["data"]["x"]
    assert found[1:] == ["\ud800", 1e300]


def test_help_tells_of_it(command, tmp_path):
    shown = " ".join(command("--help", folder=tmp_path).stdout.split())
    assert "--annotate FILE|FOLDER" in shown and "never overwritten" in shown
