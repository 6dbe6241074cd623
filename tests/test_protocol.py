"""Frames on the pipe, and what is made of the replies in them."""

import json
import marshal
import math
import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Outcome, Place
from grader.sandbox.reply import Fault, ProtocolError, Reply, clean, parse_error, parse_reply
from grader.worker import protocol
from grader.worker.protocol import read_frame, write_frame

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)  # fmt: skip


def through_a_pipe(raw):
    """What read_frame makes of these bytes, the other side having closed."""
    reading, writing = os.pipe()
    try:
        os.write(writing, raw)
        os.close(writing)
        return read_frame(reading)
    finally:
        os.close(reading)


def framed(body):
    return struct.pack("!I", len(body)) + body


def sent(message):
    """The body of the frame that write_frame makes of a message."""
    reading, writing = os.pipe()
    try:
        write_frame(writing, message)
        [length] = struct.unpack("!I", os.read(reading, 4))
        body = os.read(reading, length + 1)
        assert len(body) == length
        return body
    finally:
        os.close(reading)
        os.close(writing)


@given(PLAIN)
def test_a_message_reaches_the_worker(message):
    assert through_a_pipe(framed(marshal.dumps(message))) == message


@given(PLAIN)
def test_a_message_leaves_it_as_json(message):
    assert json.loads(sent(message)) == message


def test_frames_keep_their_bounds():
    reading, writing = os.pipe()
    for number in range(3):
        os.write(writing, framed(marshal.dumps({"n": number, "text": "größer"})))
    os.close(writing)
    assert [read_frame(reading)["n"] for _ in range(3)] == [0, 1, 2]
    assert read_frame(reading) is None
    os.close(reading)


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\N{SNOWMAN}", "\U0001f600"])
def test_any_text_can_be_sent(text):
    assert json.loads(sent(text)) == text
    assert through_a_pipe(framed(marshal.dumps(text))) == text


def test_numbers_that_are_none_can_be_sent():
    nan, inf = json.loads(sent([math.nan, math.inf]))
    assert math.isnan(nan)
    assert inf == math.inf


@pytest.mark.parametrize("raw", [b"", b"\x00\x00", framed(b"[1, 2]")[:-1]])
def test_an_end_in_the_middle_is_an_end(raw):
    assert through_a_pipe(raw) is None


def test_a_frame_that_is_too_long_is_not_read():
    with pytest.raises(ValueError, match="a frame of"):
        through_a_pipe(struct.pack("!I", protocol.LARGEST + 1))


def reply(**more):
    return {"id": "aa", "n": 0, "values": [1.0]} | more


def test_a_reply_with_values():
    assert parse_reply(reply(), "aa", 0, 1) == Reply((1.0,), None)
    nested = [[1.0, "x"], {"dict": {"a": None}}, {"value": 3, "object": "Value"}, True]
    assert parse_reply(reply(values=nested), "aa", 0, 4).values == tuple(nested)


DEEP = [1.0]
for _ in range(400):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "values",
        {},
        reply(id="bb"),
        reply(id=None),
        reply(n=1),
        reply(n=None),
        reply(values=None),
        reply(values=[]),
        reply(values=[1.0, 2.0]),
        reply(values={"0": 1.0}),
        reply(values=[DEEP]),
        reply(values=[10**200]),
        reply(error=None),
        reply(error="it failed"),
        reply(error={}),
        reply(error={"type": "E", "message": "m", "frames": 3}),
        reply(error={"type": "E", "message": "m", "frames": [["a.py", 1]]}),
        reply(error={"type": "E", "message": "m", "frames": ["abcd"]}),
    ],
    ids=lambda message: str(message)[:60],
)
def test_what_is_no_reply_is_refused(message):
    with pytest.raises(ProtocolError):
        parse_reply(message, "aa", 0, 1)


def test_no_reply_is_refused_without_a_word_of_its_own():
    """The message of a refusal is ours alone: nothing of the student's gets into it."""
    with pytest.raises(ProtocolError, match=r"^a reply to no request$"):
        parse_reply({"id": "\x1b[31mforged"}, "aa", 0, 1)


@given(PLAIN)
def test_whatever_comes_is_a_reply_or_refused(message):
    for each in (message, reply(values=[message]), reply(error=message)):
        try:
            parsed = parse_reply(each, "aa", 0, 1)
        except ProtocolError:
            continue
        json.dumps(parsed.values).encode("utf-8")


def test_an_exception_becomes_a_fault_with_places():
    error = {
        "type": "ValueError",
        "message": "too small",
        "frames": [
            ["mg3.py", 3, "<module>", "x = f(1)"],
            ["mg3.ipynb[cell 4]", 7, "f", "raise ValueError"],
        ],
    }
    fault = parse_error(error)
    assert fault == Fault(
        Outcome.ERROR,
        "ValueError: too small",
        "ValueError",
        (
            Place("mg3.py", 3, None, None, "x = f(1)"),
            Place("mg3.ipynb", 7, "f", 4, "raise ValueError"),
        ),
    )
    assert fault.place == fault.frames[-1]
    assert str(fault.place) == "mg3.ipynb, cell 4, line 7, in f"


def test_an_exception_without_a_message_is_told_by_its_type():
    fault = parse_error({"type": "KeyboardInterrupt", "message": "", "frames": []})
    assert (fault.message, fault.place) == ("KeyboardInterrupt", None)


def test_frames_are_cleaned_and_no_more_than_ten():
    frames = [["\x1b[2Ja.py", "no number", "f\x07", "x\u202e"]] * 99
    fault = parse_error({"type": "E\x1b", "message": "\x00", "frames": frames})
    assert len(fault.frames) == 10
    place = fault.place
    assert (place.file, place.line, place.function, place.text) == ("�[2Ja.py", None, "f�", "x�")
    assert fault.message == "E�: �"


@given(st.text())
def test_clean_text_can_be_printed_anywhere(text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not any(ord(each) < 32 and each not in "\t\n" for each in cleaned)
    assert not set(cleaned) & set("\x7f\x9b\x9f\u202a\u202e\u2066\u2069")
    assert clean(cleaned) == cleaned


def test_ordinary_text_stays_as_it_is():
    assert clean("größer\n\t→ ✓ 😀") == "größer\n\t→ ✓ 😀"
    assert clean("a\r\nb") == "a�\nb"
    assert len(clean("x" * 10_000)) == 2_000
