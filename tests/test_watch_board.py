"""What watch makes of results: the concept in hand follows the learner, news is told once."""

from dataclasses import replace

import pytest

from grader.course import load_course
from grader.model import CheckResult, ConceptResult, Outcome, Place, State
from grader.watch.board import Board

COURSE = load_course()
OUTCOMES = {
    State.PASSED: Outcome.PASSED,
    State.TODO: Outcome.TODO,
    State.FAILED: Outcome.FAILED,
    State.ERROR: Outcome.ERROR,
}


def result(concept_id, state=State.TODO, message=""):
    todo = f"{concept_id} is still to be written"
    message = message or (todo if state is State.TODO else "")
    concept = COURSE.concept(concept_id)
    lesson = COURSE.lesson(concept.lesson)
    passed = state is State.PASSED
    check = CheckResult(
        f"test_{lesson.file}::test_it", concept.id, OUTCOMES[state], message, program="a = Value(1)"
    )
    return ConceptResult(
        concept.id, lesson.id, concept.title, state, float(concept.points * passed),
        concept.points, lesson.bonus, False, (check,), place=Place(f"{lesson.file}.py", 7),
    )  # fmt: skip


def lesson_of(lesson_id, **states):
    """All results of a lesson: todo, but for `slope=State.PASSED`."""
    return [
        result(each.id, states.get(each.id.partition(".")[2].replace("-", "_"), State.TODO))
        for each in COURSE.lesson(lesson_id).concepts
    ]


def unloaded(lesson_id):
    """A lesson that does not load: every check says the same."""
    return [
        replace(each, state=State.ERROR, checks=tuple(
            replace(check, outcome=Outcome.ERROR, message="SyntaxError: no", program=None)
            for check in each.checks))
        for each in lesson_of(lesson_id)
    ]  # fmt: skip


@pytest.fixture
def start():
    """The first check of the first two lessons, with one concept of each done."""
    results = [*lesson_of("mg1", slope=State.PASSED), *lesson_of("mg2", value=State.PASSED)]
    return Board().after_check(results, set(), [])


def after(board, lesson_id, **states):
    return board.saved().with_results(lesson_of(lesson_id, **states), {lesson_id})


def test_the_first_open_concept_is_in_hand_and_nothing_is_news(start):
    assert start.focus == "mg1.difference-quotient"
    assert (start.passed, start.finished, start.fell) == ((), (), ())


def test_from_what_has_passed_to_the_next(start):
    board = after(start, "mg1", slope=State.PASSED, difference_quotient=State.PASSED)
    assert board.passed == ("mg1.difference-quotient",)
    assert board.focus == "mg1.central-difference"
    assert board.saved().passed == ()


def test_what_is_being_written_stays_in_hand(start):
    board = after(start, "mg1", slope=State.PASSED, difference_quotient=State.FAILED)
    assert board.focus == "mg1.difference-quotient" and board.passed == ()


def test_the_focus_goes_where_the_learner_works(start):
    here = after(start, "mg1", slope=State.PASSED, partial=State.FAILED)
    assert here.focus == "mg1.partial"
    there = after(start, "mg2", value=State.PASSED, mul=State.FAILED)
    assert there.focus == "mg2.mul"
    done = after(there, "mg2", value=State.PASSED, mul=State.PASSED)
    assert done.focus == "mg2.graph"  # on from there, not back to what was left


def test_lessons_that_build_on_a_save_do_not_move_it(start):
    board = start.saved().with_results(
        lesson_of("mg2", value=State.PASSED, add=State.FAILED), {"mg1"}
    )
    assert board.focus == start.focus


def test_what_a_save_took_back_is_told(start):
    board = after(start, "mg1", slope=State.FAILED)
    assert board.fell == ("mg1.slope",) and board.focus == "mg1.slope"


def test_a_lesson_that_does_not_load_keeps_the_concept_in_hand(start):
    board = start.saved().with_results(unloaded("mg1"), {"mg1"})
    assert board.focus == start.focus and board.fault.message == "SyntaxError: no"
    assert board.fell == ()  # nothing was taken back: it waits
    other = start.saved().with_results(unloaded("mg2"), {"mg2"})
    assert other.focus == "mg2.value"


def test_a_lesson_is_finished_once(start):
    every = {each.id.partition(".")[2].replace("-", "_"): State.PASSED
             for each in COURSE.lesson("mg1").concepts}  # fmt: skip
    board = after(start, "mg1", **every)
    assert board.finished == ("mg1",) and board.focus == "mg2.add"
    again = board.saved().with_results(lesson_of("mg1", **every), {"mg1"})
    assert again.finished == ()


def test_next_goes_round(start):
    seen = [start.focus]
    board = start
    for _ in range(10):
        board = board.moved()
        seen.append(board.focus)
    assert len(set(seen)) == 10 and seen[10] == seen[0]
    assert "mg1.slope" not in seen and "mg2.value" not in seen


def test_nothing_is_left():
    all_passed = [result(each.id, State.PASSED) for each in COURSE.concepts]
    board = Board().after_check(all_passed, set(), [])
    assert board.focus == "" and board.complete and board.moved().focus == ""


def test_a_lesson_that_is_gone_is_not_in_hand(start):
    absent = [replace(each, state=State.ABSENT, checks=()) for each in lesson_of("mg1")]
    board = start.saved().after_check([*absent, *lesson_of("mg2")], {"mg1"}, ["gone"])
    assert board.focus == "mg2.value" and board.lessons == ("mg2",)
    assert board.notes == ("gone",)
