"""What is remembered beside the exercises, and what becomes of a file that is broken."""

import json
import os
from datetime import datetime, timedelta, timezone

import pytest

from grader import progress, scoring
from grader.errors import UsageError
from grader.model import (
    CheckResult,
    ConceptResult,
    Isolation,
    Outcome,
    Report,
)
from grader.progress import ConceptProgress, Day, Progress

EVENING = datetime(2026, 3, 1, 23, 30, tzinfo=timezone(timedelta(hours=1)))
PASSED, FAILED, ERROR = (Outcome.PASSED, ""), (Outcome.FAILED, "a.grad is 0"), (Outcome.ERROR, "E")
TODO, FAULT = (Outcome.TODO, "todo"), (Outcome.INFRASTRUCTURE, "no torch")


def report(reused=0, **concepts):
    """A report with these concepts of mg3, each by the outcomes of its checks."""
    results = []
    for name, checks in concepts.items():
        identity = f"mg3.{name}"
        told = tuple(CheckResult(f"t{n}", identity, *each) for n, each in enumerate(checks))
        state = scoring.state_of(told)
        earned = scoring.earned(told, 4)
        results.append(ConceptResult(identity, "mg3", name, state, earned, 4, False, False, told))
    return Report(
        "c", "1", "1", 0, Isolation("full"), "exercises", tuple(results), 0, 0, 0, 0, False,
        reused=reused,
    )  # fmt: skip


def test_a_check_is_remembered(tmp_path):
    known = progress.remember(
        tmp_path, report(tanh=[PASSED], mul=[PASSED, FAILED], add=[TODO]), EVENING
    )
    assert known == progress.load(tmp_path)
    when = "2026-03-01T23:30:00+01:00"
    assert known.concepts == {
        "mg3.tanh": ConceptProgress(0, 1, "passed", 4.0, "", when, when),
        "mg3.mul": ConceptProgress(0, 1, "partial", 2.0, "a.grad is 0", when),
    }
    assert known.days == {"2026-03-01": Day(1, 1)}


def test_attempts_are_different_results_up_to_the_first_pass(tmp_path):
    told = [[FAILED], [FAILED], [ERROR], [TODO], [FAILED], [PASSED], [FAILED], [PASSED]]
    counts = []
    for hours, each in enumerate(told):
        when = EVENING + timedelta(hours=hours)
        counts.append(progress.remember(tmp_path, report(tanh=each), when).of("mg3.tanh").attempts)
    assert counts == [1, 1, 2, 2, 3, 4, 4, 4]
    known = progress.load(tmp_path)
    assert known.of("mg3.tanh").passed == "2026-03-02T04:30:00+01:00"
    assert known.of("mg3.tanh").checked == "2026-03-02T06:30:00+01:00"
    assert known.days == {"2026-03-01": Day(1, 0), "2026-03-02": Day(6, 1)}


def test_a_file_that_does_not_load_is_nobody_s_attempt(tmp_path):
    progress.remember(tmp_path, report(tanh=[PASSED], mul=[FAILED]), EVENING)
    known = progress.remember(tmp_path, report(tanh=[ERROR], mul=[ERROR, ERROR]), EVENING)
    assert [known.of(each).attempts for each in ("mg3.tanh", "mg3.mul")] == [1, 1]
    assert known.of("mg3.tanh").state == "error"
    assert known.of("mg3.tanh").passed


def test_what_says_nothing_of_the_work_changes_nothing(tmp_path):
    known = progress.remember(tmp_path, report(tanh=[PASSED]), EVENING)
    later = EVENING + timedelta(days=1)
    assert progress.remember(tmp_path, report(tanh=[FAULT], mul=[FAULT]), later) == known
    assert progress.remember(tmp_path, report(tanh=[]), later) == known
    again = progress.remember(tmp_path, report(reused=1, tanh=[PASSED]), later)
    assert again.days == known.days
    untouched = progress.remember(tmp_path / "..", report(add=[TODO]), later)
    assert untouched == Progress()
    assert not (tmp_path.parent / ".mggrade").exists()


def test_a_solution_asked_for_is_told_in_the_report(tmp_path):
    known = Progress().with_given_up("mg3.mul", EVENING)
    progress.save(tmp_path, known)
    assert progress.load(tmp_path) == known
    told = progress.with_given_up(report(tanh=[PASSED], mul=[PASSED]), known)
    assert [each.gave_up for each in told.concepts] == [False, True]


def file_of(folder):
    return folder / ".mggrade" / "progress.json"


def written(folder, text):
    file_of(folder).parent.mkdir(exist_ok=True)
    file_of(folder).write_text(text, encoding="utf-8")


def test_nothing_is_remembered_at_first(tmp_path):
    assert progress.load(tmp_path) == Progress()
    assert progress.load(tmp_path).of("mg3.tanh").hints == 0
    assert list(tmp_path.iterdir()) == []


def test_what_was_saved_is_loaded(tmp_path):
    known = Progress().with_hints("mg3.tanh", 2).with_hints("mg4.exp", 1).with_hints("mg3.tanh", 3)
    progress.save(tmp_path, known)
    assert progress.load(tmp_path) == known
    assert progress.load(tmp_path).of("mg3.tanh") == ConceptProgress(3)
    assert [each.name for each in file_of(tmp_path).parent.iterdir()] == ["progress.json"]


def test_a_person_can_read_it(tmp_path):
    progress.save(tmp_path, Progress().with_hints("mg3.tanh", 2))
    assert file_of(tmp_path).read_text() == (
        '{\n  "format": 1,\n  "concepts": {\n    "mg3.tanh": {\n      "hints": 2\n    }\n  }\n}\n'
    )


def test_what_another_version_added_is_kept(tmp_path):
    written(
        tmp_path,
        '{"format": 1, "streak": {"days": 3}, "days": {"2026-03-01": {"mood": "fine"}},'
        ' "concepts": {"mg3.tanh": {"hints": 1, "attempts": 9, "stars": 5}}}',
    )
    progress.save(tmp_path, progress.load(tmp_path).with_hints("mg3.tanh", 2))
    data = json.loads(file_of(tmp_path).read_text())
    assert data["streak"] == {"days": 3}
    assert data["days"] == {"2026-03-01": {"mood": "fine"}}
    assert data["concepts"]["mg3.tanh"] == {"hints": 2, "attempts": 9, "stars": 5}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "junk",
        "[]",
        "{}",
        '{"format": "1"}',
        '{"format": 1, "concepts": []}',
        '{"format": 1, "concepts": {"mg3.tanh": 2}}',
        '{"format": 1, "concepts": {"mg3.tanh": {"hints": "2"}}}',
        '{"format": 1, "concepts": {"mg3.tanh": {"hints": -1}}}',
        '{"format": 1, "concepts": {"mg3.tanh": {"hints": true}}}',
        '{"format": 1, "concepts": {"mg3.tanh": {"attempts": 1.5}}}',
        '{"format": 1, "concepts": {"mg3.tanh": {"passed": 3}}}',
        '{"format": 1, "concepts": {"mg3.tanh": {"passed": "yesterday"}}}',
        '{"format": 1, "concepts": {"mg3.tanh": {"checked": "2026-03-01T21:05:10"}}}',
        '{"format": 1, "concepts": {"mg3.tanh": {"earned": NaN}}}',
        '{"format": 1, "days": {"2026-03-01": 3}}',
        "[" * 100_000,
        " " * (2 << 20),
    ],
)
def test_a_broken_file_is_one_line(tmp_path, text):
    written(tmp_path, text)
    with pytest.raises(UsageError, match=r"progress\.json .*delete it to begin anew") as caught:
        progress.load(tmp_path)
    assert "\n" not in str(caught.value)
    assert file_of(tmp_path).read_text() == text


def test_bytes_that_are_no_text(tmp_path):
    written(tmp_path, "")
    file_of(tmp_path).write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="delete it"):
        progress.load(tmp_path)


def test_a_format_of_the_future_is_left_alone(tmp_path):
    written(tmp_path, '{"format": 2}')
    with pytest.raises(UsageError, match="format is 2, this mggrade reads 1"):
        progress.load(tmp_path)


def test_a_pipe_or_a_folder_in_its_place_is_not_waited_for(tmp_path):
    file_of(tmp_path).parent.mkdir()
    os.mkfifo(file_of(tmp_path))
    with pytest.raises(UsageError, match="not as mggrade wrote it"):
        progress.load(tmp_path)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / ".mggrade").write_text("a file")
    with pytest.raises(UsageError, match="will not be remembered"):
        progress.save(tmp_path, Progress())


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    progress.save(tmp_path, Progress().with_hints("mg3.tanh", 1))
    before = file_of(tmp_path).read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(UsageError, match="No space left"):
        progress.save(tmp_path, Progress().with_hints("mg3.tanh", 2))
    assert file_of(tmp_path).read_bytes() == before
    assert len(list(file_of(tmp_path).parent.iterdir())) == 1


def test_a_link_is_replaced_and_what_it_leads_to_is_untouched(tmp_path):
    target = tmp_path / "precious"
    target.write_text('{"format": 1}')
    file_of(tmp_path).parent.mkdir()
    file_of(tmp_path).symlink_to(target)
    progress.save(tmp_path, Progress().with_hints("mg3.tanh", 1))
    assert target.read_text() == '{"format": 1}'
    assert progress.load(tmp_path).of("mg3.tanh").hints == 1


@pytest.mark.parametrize(
    "path",
    ["exercises", "exercises/notebooks", "exercises/mg3.py", ".", "exercises/notebooks/x.ipynb"],
)
def test_one_place_wherever_one_stands(tmp_path, path):
    (tmp_path / "exercises" / "notebooks").mkdir(parents=True)
    (tmp_path / "exercises" / "mg3.py").touch()
    assert progress.workspace(tmp_path / path) == tmp_path


def test_it_is_the_same_place_from_within(tmp_path, monkeypatch):
    from pathlib import Path

    (tmp_path / "exercises").mkdir()
    monkeypatch.chdir(tmp_path / "exercises")
    assert progress.workspace(Path()) == tmp_path
