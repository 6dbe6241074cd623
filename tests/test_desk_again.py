"""A desk that is held open: the same path again and again, left off in the middle, gone on with."""

import time
from dataclasses import replace

import pytest

import grader
from grader import exercise_text
from grader.course import load_course
from grader.errors import Abandoned
from grader.grade import at_desk
from grader.model import Outcome, State
from tests.conftest import SOLUTIONS
from tests.test_desk import timeless

COURSE = load_course()
ASKED = ["mg2", "mg3"]
BRIEF = replace(COURSE, limits=replace(COURSE.limits, program_seconds=1.0))


@pytest.fixture
def work(tmp_path):
    """Lesson 2 done, lesson 3 as it is handed out."""
    folder = tmp_path / "exercises"
    folder.mkdir()
    for path in SOLUTIONS.glob("mg[23]_*.py"):
        text = path.read_text(encoding="utf-8")
        text = text if path.name.startswith("mg2") else exercise_text.script(text)
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def saved(folder, lesson, change=lambda text: text, filled=()):
    file = f"{COURSE.lesson(lesson).file}.py"
    source = (SOLUTIONS / file).read_text(encoding="utf-8")
    text = source if filled == "all" else exercise_text.script(source, filled)
    (folder / file).write_text(change(text), encoding="utf-8")


def hanging(text):
    """`nudge`, which nothing else uses, does not come to an end."""
    return text.replace(
        '    raise NotImplementedError("mg2.nudge")\n', "    while True:\n        pass\n"
    )


def states(report):
    return {each.id: each.state for each in report.concepts}


def test_only_what_a_save_touches_is_run_again(work, cache):
    def body(desk):
        begun, told = [], []
        first = desk.check(work, fresh=True)
        same = desk.check(work, progress=begun.append)
        assert same.reused == 2 and begun == [] and timeless(same) == timeless(first)
        saved(work, "mg3", filled=["mg3.tanh"])
        third = desk.check(work, progress=begun.append, done=told.append)
        assert begun == ["mg3"] and third.reused == 1
        assert [each.id for each in told[0]] == [each.id for each in COURSE.lesson("mg3").concepts]
        assert states(third)["mg3.tanh"] is State.PASSED
        saved(work, "mg2", lambda text: text.replace("self.data * other.data", "self.data"), "all")
        fourth = desk.check(work, progress=begun.append)
        assert begun == ["mg3", "mg2", "mg3"]
        assert states(fourth)["mg2.mul"] is State.FAILED
        return fourth

    last = at_desk(body, lessons=ASKED, cache_folder=cache)
    alone = grader.check(work, lessons=ASKED, cache_folder=cache)
    assert alone.reused == 2  # what was last at the desk is remembered beyond it
    assert timeless(alone) == timeless(last)


def test_what_hangs_is_waited_for_once(work, cache):
    """And the lessons after it get the reference in its place, now and later."""
    every = [each.id for each in COURSE.lesson("mg2").concepts]
    saved(work, "mg2", hanging, filled=every[:-1])

    def body(desk):
        first = desk.check(work)
        begun = []
        saved(work, "mg3", filled="all")
        second = desk.check(work, progress=begun.append)
        assert begun == ["mg3"]
        assert states(first)["mg2.nudge"] is states(second)["mg2.nudge"] is State.ERROR
        tanh = next(each for each in second.concepts if each.id == "mg3.tanh")
        assert tanh.state is State.PASSED and tanh.carried

    at_desk(body, lessons=ASKED, cache_folder=cache, course=BRIEF)


def test_a_check_can_be_left_off_while_code_hangs(work, cache):
    saved(work, "mg2", hanging, filled=["mg2.value"])
    patience = []

    def meanwhile():
        if patience and time.monotonic() > patience[0]:
            raise Abandoned

    def body(desk):
        patience.append(time.monotonic() + 0.5)
        with pytest.raises(Abandoned):
            desk.check(work, fresh=True)
        patience.clear()
        saved(work, "mg2", filled="all")
        return desk.check(work, fresh=True)

    report = at_desk(body, lessons=ASKED, cache_folder=cache, meanwhile=meanwhile)
    assert timeless(report) == timeless(
        grader.check(work, lessons=ASKED, fresh=True, cache_folder=cache)
    )


def test_left_off_anywhere_the_next_check_is_the_same(work, cache):
    """Before the first request, before the second, and so on: also in the middle of a diagnosis."""
    saved(work, "mg3", lambda text: text.replace("1 - out.data**2", "1 - self.data**2"), "all")
    expected = timeless(grader.check(work, lessons=["mg3"], fresh=True, cache_folder=cache))
    assert states(expected)["mg3.tanh-backward"] is State.FAILED
    left = [0]

    def meanwhile():
        left[0] -= 1
        if left[0] == 0:
            raise Abandoned

    def body(desk):
        count, step = 0, 1
        while True:
            left[0] = step
            try:
                report = desk.check(work, fresh=True)
            except Abandoned:
                count += 1
                step += 4
            else:
                assert timeless(report) == expected
                return count
            left[0] = 0
            assert timeless(desk.check(work, fresh=True)) == expected

    assert at_desk(body, lessons=["mg3"], cache_folder=cache, meanwhile=meanwhile) >= 4


def test_an_interrupt_in_the_midst_comes_through(work, cache):
    saved(work, "mg3", filled="all")
    left = [8]  # in the midst of a check

    def meanwhile():
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        at_desk(lambda desk: desk.check(work, fresh=True), lessons=["mg3"], cache_folder=cache,
                meanwhile=meanwhile)  # fmt: skip


def test_a_time_out_is_still_one_when_somebody_looks_up_meanwhile(work, cache):
    saved(work, "mg2", hanging, filled=["mg2.value"])
    looks = []
    report = at_desk(
        lambda desk: desk.check(work), concepts=["mg2.nudge"], cache_folder=cache, course=BRIEF,
        meanwhile=lambda: looks.append(time.monotonic()),
    )  # fmt: skip
    assert {each.outcome for each in report.concepts[0].checks} == {Outcome.TIMEOUT}
    assert len(looks) > 10  # a second of it
