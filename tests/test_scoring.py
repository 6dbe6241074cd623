"""Outcomes to points: pure, exact to the hundredth, never a full score for less than all."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import scoring
from grader.model import CheckResult, ConceptResult, Outcome, State

NO_LOSS = {Outcome.PASSED, Outcome.INFRASTRUCTURE}
OUTCOMES = st.lists(st.sampled_from(list(Outcome)), max_size=9)


def checks(*outcomes):
    return [
        CheckResult(f"test::{number}", "mg3.tanh", Outcome(outcome))
        for number, outcome in enumerate(outcomes)
    ]


def concept(*outcomes, possible=4, bonus=False):
    made = tuple(checks(*outcomes))
    return ConceptResult(
        id="mg3.tanh",
        lesson="mg3",
        title="tanh",
        state=scoring.state_of(made),
        earned=scoring.earned(made, possible),
        possible=scoring.counted(made, possible),
        bonus=bonus,
        carried=False,
        checks=made,
    )


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], State.ABSENT),
        (["passed"], State.PASSED),
        (["passed", "passed"], State.PASSED),
        (["passed", "failed"], State.PARTIAL),
        (["passed", "todo"], State.PARTIAL),
        (["passed", "infrastructure"], State.PARTIAL),
        (["failed"], State.FAILED),
        (["failed", "todo"], State.FAILED),
        (["failed", "error"], State.FAILED),
        (["todo"], State.TODO),
        (["todo", "error"], State.TODO),
        (["error"], State.ERROR),
        (["timeout", "crashed"], State.ERROR),
        (["protocol"], State.ERROR),
        (["not-run"], State.NOT_RUN),
        (["infrastructure"], State.ERROR),
    ],
)
def test_states(outcomes, state):
    assert scoring.state_of(checks(*outcomes)) is state


@given(OUTCOMES, st.integers(1, 22))
def test_points_are_shared_equally_and_rounded_down(outcomes, possible):
    points = scoring.earned(checks(*outcomes), possible)
    passed = outcomes.count(Outcome.PASSED)
    judged = len(outcomes) - outcomes.count(Outcome.INFRASTRUCTURE)
    exact = Fraction(possible * passed, judged) if judged else Fraction(0)
    hundredths = round(100 * points)
    assert points == hundredths / 100
    assert 0 <= exact * 100 - hundredths < 1
    assert (points == possible) == bool(judged and passed == judged)


@given(OUTCOMES)
def test_only_passed_earns(outcomes):
    points = scoring.earned(checks(*outcomes), 10)
    assert (points > 0) == (Outcome.PASSED in outcomes)


@given(OUTCOMES, st.integers(1, 22))
def test_a_fault_of_the_grader_is_never_a_fault_of_the_student(outcomes, possible):
    faults = [Outcome.INFRASTRUCTURE] * 3
    alone, beside = checks(*outcomes), checks(*faults, *outcomes)
    assert scoring.earned(beside, possible) == scoring.earned(alone, possible)
    assert scoring.counted(checks(*faults), possible) == 0
    assert not scoring.is_complete([concept(*faults, *outcomes)])


@given(OUTCOMES, st.integers(1, 22), st.randoms())
def test_the_order_of_checks_does_not_matter(outcomes, possible, random):
    shuffled = random.sample(outcomes, len(outcomes))
    assert scoring.earned(checks(*outcomes), possible) == scoring.earned(
        checks(*shuffled), possible
    )
    assert scoring.state_of(checks(*outcomes)) is scoring.state_of(checks(*shuffled))


def test_better_takes_what_passed_whoever_comes_first():
    for first, second in itertools.product(checks(*Outcome), checks(*Outcome)):
        best = scoring.better(first, second)
        assert best in (first, second)
        if Outcome.PASSED in (first.outcome, second.outcome):
            assert best.outcome is Outcome.PASSED


def test_of_two_equally_good_results_the_first_stays():
    mine, lent = checks("failed", "failed")
    assert scoring.better(mine, lent) is mine
    assert scoring.better(lent, mine) is lent


def test_help_never_makes_a_result_worse():
    order = ["infrastructure", "crashed", "error", "failed", "todo", "passed"]
    for low, high in itertools.combinations(order, 2):
        mine, lent = checks(low, high)
        assert scoring.better(mine, lent) is lent
        assert scoring.better(lent, mine) is lent


def test_totals_leave_out_what_is_absent_and_keep_the_bonus_apart():
    concepts = [
        concept("passed", possible=4),
        concept("passed", "failed", "failed", possible=2),
        concept(possible=9),
        concept("passed", possible=3, bonus=True),
        concept("todo", possible=5, bonus=True),
    ]
    assert scoring.totals(concepts) == (4.66, 6, 3.0, 8)
    assert scoring.totals([]) == (0.0, 0, 0.0, 0)


@given(st.lists(st.tuples(OUTCOMES, st.integers(1, 9)), max_size=30))
def test_totals_are_exact_hundredths(made):
    concepts = [concept(*outcomes, possible=possible) for outcomes, possible in made]
    score, most, _, _ = scoring.totals(concepts)
    assert score == round(100 * score) / 100
    assert round(100 * score) == sum(round(100 * each.earned) for each in concepts)
    assert score <= most
    lost = {each.outcome for one in concepts for each in one.checks} - NO_LOSS
    assert (score == most) == (not lost)


def test_thirds_of_three_concepts_do_not_drift():
    thirds = [concept("passed", "failed", "failed", possible=1) for _ in range(3)]
    assert scoring.totals(thirds)[0] == 0.99


@pytest.mark.parametrize(
    ("concepts", "complete"),
    [
        ([], False),
        ([concept()], False),
        ([concept("passed")], True),
        ([concept("passed"), concept()], True),
        ([concept("passed"), concept("passed", "failed")], False),
        ([concept("passed"), concept("infrastructure")], False),
        ([concept("passed"), concept("todo", bonus=True)], True),
        ([concept("todo", bonus=True)], False),
        ([concept("passed", bonus=True)], True),
    ],
)
def test_complete_means_all_that_is_required(concepts, complete):
    assert scoring.is_complete(concepts) is complete
