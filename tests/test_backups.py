"""Copies of a learner's files: where they are kept, and which is the last."""

from datetime import datetime, timedelta

import pytest

from grader.errors import UsageError
from grader.selfstudy import backups

NOW = datetime(2026, 3, 1, 21, 5, 10)


def test_a_copy_is_found_again_under_its_date_and_name(tmp_path):
    kept = backups.keep(tmp_path, tmp_path / "exercises" / "mg3.py", b"mine", "mg3.tanh", NOW)
    folder = tmp_path / ".mggrade" / "backups" / "2026-03-01T210510-mg3.tanh"
    assert kept == folder / "exercises" / "mg3.py" and kept.read_bytes() == b"mine"
    found = backups.newest(tmp_path)
    assert found == backups.Backup(kept.relative_to(folder), kept)


def test_the_last_copy_is_the_last_even_within_a_second(tmp_path):
    for number, what in enumerate(["mg3", "undo", "mg1", "mg3"]):
        name = "mg1.py" if what == "mg1" else "mg3.py"
        backups.keep(tmp_path, tmp_path / name, f"{number}".encode(), what, NOW)
    assert backups.newest(tmp_path).kept.read_bytes() == b"3"
    assert backups.newest(tmp_path, ["mg1.py"]).kept.read_bytes() == b"2"
    later = NOW + timedelta(days=1)
    backups.keep(tmp_path, tmp_path / "mg3.py", b"later", "a", later)
    assert backups.newest(tmp_path).kept.read_bytes() == b"later"


def test_where_nothing_was_kept_there_is_nothing(tmp_path):
    assert backups.newest(tmp_path) is None
    (tmp_path / ".mggrade" / "backups").mkdir(parents=True)
    assert backups.newest(tmp_path) is None


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / ".mggrade").write_text("a file")
    with pytest.raises(UsageError, match="nothing was changed"):
        backups.keep(tmp_path, tmp_path / "mg3.py", b"mine", "mg3", NOW)
