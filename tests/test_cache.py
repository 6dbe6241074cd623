"""What is remembered, and that a cache can do no harm."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from grader import cache
from grader.cache import Cache, default_folder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "cache"


def spoil(folder, statement, *values):
    with sqlite3.connect(folder / "cache.sqlite") as database:
        database.execute(statement, values)


def test_what_was_put_can_be_got(folder):
    entries = {"a": [1, 2.5, None, True, "é", {"x": []}], "b": "\ud800", "c": float("inf")}
    first = Cache(folder)
    first.put("answer", entries)
    first.close()
    assert Cache(folder).get("answer", ["a", "b", "c", "d"]) == entries
    assert Cache(folder).get("lesson", ["a"]) == {}


def test_the_last_one_counts(folder):
    store = Cache(folder)
    store.put("answer", {"a": 1})
    store.put("answer", {"a": 2})
    assert store.get("answer", ["a"]) == {"a": 2}


def test_all_or_none(folder):
    store = Cache(folder)
    with pytest.raises(TypeError):  # a mistake of ours, not of the cache
        store.put("answer", {"a": 1, "b": object()})
    assert Cache(folder).get("answer", ["a"]) == {}


def test_it_does_not_grow_for_ever(folder, monkeypatch):
    monkeypatch.setattr(cache, "MOST_ROWS", 3)
    store = Cache(folder)
    for number in range(10):
        store.put("answer", {str(number): number})
        with sqlite3.connect(folder / "cache.sqlite") as database:
            assert database.execute("SELECT count(*) FROM entries").fetchone()[0] <= 4
    assert store.get("answer", ["9"]) == {"9": 9}


def test_without_a_folder_nothing_is_remembered():
    store = Cache(None)
    store.put("answer", {"a": 1})
    assert store.get("answer", ["a"]) == {}
    assert "no home folder" in store.trouble


@pytest.mark.parametrize("spoilt", [b"", b"garbage" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_spoilt_file_is_going_on_without(folder, spoilt):
    folder.mkdir(parents=True)
    (folder / "cache.sqlite").write_bytes(spoilt)
    store = Cache(folder)
    store.put("answer", {"a": 1})
    found = store.get("answer", ["a"])
    assert found == ({"a": 1} if not spoilt else {})
    assert (store.trouble is None) == (not spoilt)
    if spoilt:
        assert str(folder) in store.trouble and "delete that folder" in store.trouble


@pytest.mark.parametrize("value", ["{", "", b"\xff\xfe", 7, "[" * 100_000])
def test_a_spoilt_row_was_never_there(folder, value):
    Cache(folder).put("answer", {"a": 1})
    spoil(folder, "UPDATE entries SET value = ?", value)
    store = Cache(folder)
    assert store.get("answer", ["a"]) in ({}, {"a": 7})
    store.put("answer", {"b": 2})  # no exception, whatever happened


def test_a_table_of_another_shape(folder):
    Cache(folder).close()
    spoil(folder, "DROP TABLE entries")
    spoil(folder, "CREATE TABLE entries (something TEXT)")
    store = Cache(folder)
    assert store.get("answer", ["a"]) == {}
    assert "can't be used" in store.trouble
    store.put("answer", {"a": 1})


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/nobody/x"])
def test_a_folder_that_cannot_be(place):
    store = Cache(Path(place))
    store.put("answer", {"a": 1})
    assert store.get("answer", ["a"]) == {}
    assert place in store.trouble and "going on without it" in store.trouble


def test_a_folder_in_the_way_of_the_file(folder):
    (folder / "cache.sqlite").mkdir(parents=True)
    assert "can't be used" in Cache(folder).trouble


def _write(folder, number):
    store = Cache(folder)
    for each in range(20):
        store.put("answer", {f"{number}:{each}": each, "shared": number})
    if store.trouble:
        raise SystemExit(store.trouble)


def test_several_writers_at_once(folder):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(folder, number)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert [writer.exitcode for writer in writers] == [0] * 4
    keys = [f"{number}:{each}" for number in range(4) for each in range(20)]
    assert len(Cache(folder).get("answer", keys)) == 80


def test_closing_twice(folder):
    store = Cache(folder)
    store.close()
    store.close()
    assert (store.get("answer", ["a"]), store.trouble) == ({}, None)


def test_the_users_own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "mggrade"
