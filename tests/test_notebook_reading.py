"""The code of notebooks without what is IPython's own."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake import Unreadable
from grader.source_text import decode, notebook_cells, plain_python, without_outputs

TEXT = st.text(alphabet=st.sampled_from("ab %!?=\n\t,.\\'\"#1")) | st.text()


@given(TEXT)
def test_never_raises_and_keeps_the_lines(source):
    assert plain_python(source).count("\n") in (source.count("\n"), 0)
    if not source.lstrip().startswith("%%"):
        assert plain_python(source).count("\n") == source.count("\n")


@given(TEXT.filter(lambda text: not set(text) & set("%!?")))
def test_without_magic_nothing_changes(source):
    assert plain_python(source) == source


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("%matplotlib inline", "pass"),
        ("  %time f()", "  pass"),
        ("!pip install torch", "pass"),
        ("if x: pass\n    !ls", "if x: pass\n    pass"),
        ("Value?", "pass"),
        ("math.tanh??", "pass"),
        ("?Value", "pass"),
        ("files = !ls", "files = None"),
        ("t = %timeit -o f()", "t = None"),
        ("a, b = !ls", "a, b = None"),
        ("%%time\nx = 1", "pass #\nx = 1"),
        ("%%timeit -n 1\nx = 1", "pass # -n 1\nx = 1"),
        ("%%bash\nrm -rf x", ""),
        ("%%html\n<b>", ""),
        # Python that only looks like it
        ("x = a % b", "x = a % b"),
        ("x = (a\n     % b)", "x = (a\n     % b)"),
        ("ok = a != b", "ok = a != b"),
        ("x != y", "x != y"),
        ("print('100%', '!')", "print('100%', '!')"),
        ("# why?", "# why?"),
    ],
)
def test_lines(line, plain):
    assert plain_python(line) == plain


@pytest.mark.parametrize("piece", ["a", " ", "a ", "a.b", "?", "%", "=", "a = "])
def test_long_lines_take_no_time(piece):
    start = time.perf_counter()
    plain_python(piece * 30_000)
    assert time.perf_counter() - start < 20


def cells(*given):
    raw = json.dumps({"cells": given, "nbformat": 4}).encode()
    return notebook_cells(raw, "n.ipynb")


def test_cells_are_numbered_as_shown():
    code = {"cell_type": "code", "source": ["x = 1\n", "y = 2"]}
    words = {"cell_type": "markdown", "source": "# Title"}
    assert cells(words, code, words, code) == (
        ("n.ipynb[cell 2]", "x = 1\ny = 2"),
        ("n.ipynb[cell 4]", "x = 1\ny = 2"),
    )


@pytest.mark.parametrize("source", [None, 7, ["x", 7, None], {"a": 1}, [], ""])
def test_cells_of_the_wrong_shape(source):
    ((_, code),) = cells({"cell_type": "code", "source": source})
    assert code in ("", "x")


def test_line_ends_within_cells():
    ((_, code),) = cells({"cell_type": "code", "source": ["x = 1\r\n", "y = 2\r"]})
    assert code == "x = 1\ny = 2\n"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "code"]), inner, max_size=3
        )
    ),
)


@given(JSON)
def test_any_json_is_cells_or_unreadable(data):
    try:
        found = notebook_cells(json.dumps(data).encode(), "n.ipynb")
    except Unreadable:
        return
    assert all(isinstance(code, str) for _, code in found)


@given(st.binary())
def test_any_bytes_are_text_or_unreadable(raw):
    try:
        text = decode(raw)
    except Unreadable as reason:
        assert "save it" in str(reason)
        return
    assert "\r" not in text and "\0" not in text


def emptied(data):
    """The same with nothing in any list of outputs."""
    if isinstance(data, list):
        return [emptied(each) for each in data]
    if isinstance(data, dict):
        return {
            key: [] if key == "outputs" and isinstance(value, list) else emptied(value)
            for key, value in data.items()
        }
    return data


KEYS = st.sampled_from(["outputs", "source", 'the "outputs": [', "\\"]) | st.text(max_size=5)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(ANY_JSON, st.sampled_from([None, 1]), st.booleans())
def test_outputs_are_cut_out_and_nothing_else(data, indent, plain):
    raw = json.dumps(data, indent=indent, ensure_ascii=not plain).encode("utf-8", "replace")
    assert json.loads(without_outputs(raw)) == emptied(json.loads(raw))


@given(st.binary() | st.text(alphabet='"outputs:[]\\ ').map(str.encode))
def test_what_is_no_json_is_no_trouble(raw):
    assert len(without_outputs(raw)) <= len(raw)
