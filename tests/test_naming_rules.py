"""How a name is found: ties are broken by other numbers or told, facts decide between equal ones,
two at once are a pair, and nonsense has no name."""

import dataclasses
import re
import shutil
import subprocess
import sys

import pytest

import grader
from grader import attempts
from grader.answers import Answers
from grader.cache import Cache
from grader.course import load_course
from grader.diagnosis.catalogue import catalogue
from grader.diagnosis.lineup import Lineup
from grader.diagnosis.naming import name
from grader.expressions import Draft
from grader.grade import check_each
from grader.harness import Exchange, Oracle, collect
from grader.sandbox import Reply, Sandbox
from grader.trial import Grounds, Trial
from tests import naming
from tests.conftest import ROOT, SOLUTIONS
from tests.test_divergence import SLIPS

COURSE = load_course()
KNOWN = {each.id: each for each in catalogue()}
LOWERED, OF_OUTPUT = "pow-exponent-not-lowered", "pow-derivative-of-output"
TWINS = (LOWERED, OF_OUTPUT)  # n·x**n and n·(x**n)**(n - 1) are equal for n = 2
SUITE = "test_mg4_activation"


@pytest.fixture
def line_up(cache):
    """Calls `body(lineup, grounds)` inside the grader's pytest, with real workers."""

    def run(body):
        store, found = Cache(cache), []
        with Sandbox(COURSE.limits, "auto") as sandbox:
            oracle = Oracle(sandbox, Answers(store, COURSE.seed))

            def in_session(session):
                grounds = Grounds(COURSE, session, sandbox, oracle, COURSE.seed)
                with Lineup(grounds, store, b"rules") as lineup:
                    found.append(body(lineup, grounds))

            suites = [COURSE.lesson("mg4").suite]
            collect(suites, in_session)
            oracle.save(suites)
        store.close()
        return found[0]

    return run


def suspects(*ids):
    return tuple(KNOWN[each] for each in ids)


def checks_of(concept, *names):
    return [f"{SUITE}::test_{each}" for each in names], COURSE.concept(concept)


def named_by(lineup, concept, checks, *ids, facts=(), candidates=(), student=None):
    """What is named where the student's code does what these mistakes do, in these checks."""
    engine = suspects(*ids)
    if student is None:
        [student] = lineup.behaviours(concept, [engine], checks)
    found = name(
        lineup,
        concept,
        student,
        [],
        set(facts),
        COURSE.seed,
        lambda seed: lineup.behaviours(concept, [engine], checks, leniently=seed)[0],
        suspects(*candidates),
    )
    return ([each.id for each in found.mistakes], found.ties) if found else None


def test_a_tie_that_no_numbers_break_is_told(line_up):
    """This check asks for one exponent alone, always 2 in the first place."""
    checks, concept = checks_of("mg4.pow", "pow_backward")

    def body(lineup, _):
        return [named_by(lineup, concept, checks, each) for each in TWINS]

    for found in line_up(body):
        assert found == ([LOWERED], (OF_OUTPUT,))  # the simpler one first


def test_a_tie_is_broken_by_other_numbers(line_up):
    """As judged, they are equal; with all numbers looked at, and others drawn, they are not."""
    checks, concept = checks_of("mg4.pow", "pow_inside")

    def body(lineup, _):
        one, other = lineup.behaviours(concept, [suspects(each) for each in TWINS], checks)
        equal = one[checks[0]].resembles(other[checks[0]])
        return equal, [named_by(lineup, concept, checks, each) for each in TWINS]

    equal, found = line_up(body)
    assert equal
    assert found == [([LOWERED], ()), ([OF_OUTPUT], ())]


def test_facts_decide_between_equal_numbers(line_up):
    checks, concept = checks_of("mg4.pow", "pow_backward")
    twins = {
        "never-attached": "pow-closure-never-attached",
        "attached-inside-itself": "pow-closure-attached-inside-itself",
    }

    def body(lineup, _):
        planted = twins["never-attached"]
        told = {
            fact: named_by(lineup, concept, checks, planted, facts=[fact, "no-return"])
            for fact in twins
        }
        return told, named_by(lineup, concept, checks, planted)

    told, silent = line_up(body)
    assert told == {fact: ([twin], ()) for fact, twin in twins.items()}
    assert silent is None  # a fact that nobody saw is not claimed


def test_mistakes_that_change_the_same_line_exclude_each_other(line_up):
    checks, concept = checks_of("mg4.pow", "pow_forward", "pow_backward", "pow_inside")
    assert line_up(lambda lineup, _: lineup.behaviours(concept, [suspects(*TWINS)], checks)) == [
        None
    ]


@pytest.mark.parametrize(
    "pair",
    [
        ("pow-exponent-not-lowered", "pow-refuses-floats"),
        ("add-overwrites", "tanh-overwrites"),
        ("rsub-the-wrong-way-round", "neg-leaves-the-graph"),
    ],
    ids="+".join,
)
def test_two_at_once_are_named_as_a_pair(pair, tmp_path, cache):
    one, other = (KNOWN[each] for each in pair)
    path = naming.plant_in_solutions(one.id, tmp_path / "both")
    [file] = path.glob(f"{one.lesson}_*.py")
    file.write_text(other.apply(file.read_text()))
    report = grader.check(path, concepts=[one.concept], cache_folder=cache)
    assert set(naming.told("", one.concept, report).named.split(" + ")) == set(pair)


def test_a_mistake_found_before_explains_what_none_of_its_own_does(line_up):
    concept, planted = COURSE.concept("mg4.tanh-from-exp"), "exp-derivative-of-input"

    def body(lineup, grounds):
        checks = grounds.session.checks(concept.id)
        return [
            named_by(lineup, concept, checks, planted, candidates=candidates)
            for candidates in ([], [LOWERED, planted])
        ]

    assert line_up(body) == [None, ([planted], ())]


def test_nonsense_has_no_name(line_up):
    checks, concept = checks_of("mg4.pow", "pow_backward", "pow_inside")

    def body(lineup, _):
        [student] = lineup.behaviours(concept, [suspects(LOWERED)], checks)
        nonsense = {
            check: dataclasses.replace(each, numbers=([0.123],) * len(each.numbers))
            for check, each in student.items()
        }
        return named_by(lineup, concept, checks, LOWERED, student=nonsense)

    assert line_up(body) is None


def test_the_sieve_keeps_those_with_the_same_numbers(line_up):
    """Where the exponent is 2 the twins agree; of one use nothing is overwritten."""
    concept, lesson = COURSE.concept("mg4.pow"), COURSE.lesson("mg4")
    draft = Draft()
    a = draft.value(1.52)
    draft.upstream(a**2, -1.79)
    program = draft.show(a.grad).program()
    tried = [suspects(each) for each in (*TWINS, "pow-forgets-upstream", "pow-overwrites")]

    def replies(grounds, text):
        sources = [attempts.reference_source(each) for each in COURSE.earlier(lesson)]
        sources.append(attempts.reference_source(lesson, text))
        with Trial(grounds, sources) as trial:
            return trial.evaluate([program])

    def body(lineup, grounds):
        text = attempts.reference_text(lesson)
        [wrong] = replies(grounds, KNOWN[LOWERED].apply(text))
        [right] = lineup.reference(concept, [program])
        assert right == replies(grounds, text)[0]
        return [
            [
                each.id
                for (each,), fits in zip(tried, lineup.fits(concept, tried, evidence), strict=True)
                if all(fits)
            ]
            for evidence in ([Exchange(program, wrong, None)], [Exchange(program, right, None)], [])
        ]

    by_wrong_numbers, by_right_numbers, unsifted = line_up(body)
    assert by_wrong_numbers == [*TWINS]
    assert by_right_numbers == ["pow-overwrites"]
    assert len(unsifted) == 4


def test_what_was_seen_once_is_remembered(line_up, cache):
    checks, concept = checks_of("mg4.pow", "pow_backward")
    tried = [suspects(each) for each in TWINS]
    first = line_up(lambda lineup, _: lineup.behaviours(concept, tried, checks))
    store = Cache(cache)
    nowhere = Grounds(COURSE, None, None, None, COURSE.seed)  # no worker, no checks
    with Lineup(nowhere, store, b"rules") as lineup:
        assert lineup.behaviours(concept, tried, checks) == first
    with Lineup(nowhere, store, b"another grader") as lineup, pytest.raises(AttributeError):
        lineup.behaviours(concept, tried, checks)
    store.close()


# In whole submissions

STEP = "self.grad += other * self.data ** (other - 1) * out.grad"
CHANGES = {
    "slip in tanh": [SLIPS["tanh"]],
    "slip in times": [SLIPS["*"]],
    "slip in power": [SLIPS["**"]],
    "nonsense": [(STEP, "self.grad = 0.123")],
    "not lowered": [(STEP, "self.grad += other * (self.data**other) * out.grad")],
    "of the output": [(STEP, "self.grad += out.grad * other * out.data ** (other - 1)")],
    "two at once": [
        (STEP, "self.grad += (self.data**other) * other * out.grad"),
        ("isinstance(other, (int, float))", "isinstance(other, int)"),
    ],
}


@pytest.fixture(scope="module")
def told(tmp_path_factory, cache):
    """Submissions with these changes in lesson 4, and the concept that each of them lost."""
    folder, found = tmp_path_factory.mktemp("changed"), {}
    for number, (change, pairs) in enumerate(CHANGES.items()):
        path = folder / f"{number}"
        shutil.copytree(SOLUTIONS, path, ignore=shutil.ignore_patterns("__pycache__"))
        file = path / "mg4_activation.py"
        text = file.read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
        found[path] = change
    lost = {}

    def keep(path, report):
        [concept] = [each for each in report.concepts if each.state != "passed"]
        lost[found[path]] = (path, concept.diagnosis)

    check_each(found, keep, concepts=["mg4.accumulate", "mg4.pow"], cache_folder=cache)
    return lost


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ("not lowered", LOWERED),
        ("of the output", OF_OUTPUT),
        ("two at once", f"{LOWERED} + pow-refuses-floats"),
    ],
)
def test_a_known_mistake_is_named_however_it_is_typed(change, mistake, told):
    _, diagnosis = told[change]
    assert (diagnosis.mistake, diagnosis.ties) == (mistake, ())
    for each in mistake.split(" + "):
        assert KNOWN[each].happened in diagnosis.sentence
        assert KNOWN[each].think in diagnosis.think


@pytest.mark.parametrize(
    ("change", "operator"),
    [("slip in tanh", "tanh"), ("slip in times", "*"), ("slip in power", "**"), ("nonsense", "**")],
)
def test_what_nobody_knows_has_no_name_but_a_place(change, operator, told):
    path, diagnosis = told[change]
    assert diagnosis.mistake is None and diagnosis.operator == operator
    assert diagnosis.file == "mg4_activation.py"
    lines = (path / diagnosis.file).read_text(encoding="utf-8").split("\n")
    assert lines[diagnosis.line - 1].strip() == "def _backward():"
    assert CHANGES[change][0][1] in "\n".join(lines[diagnosis.line : diagnosis.line + 3])


@pytest.mark.parametrize("change", CHANGES)
def test_the_case_can_be_tried_out_in_the_submission(change, told):
    path, diagnosis = told[change]
    case = diagnosis.case
    assert re.search(rf"print\({re.escape(case.shown)}\)$", case.program)
    ran = subprocess.run(
        [sys.executable, "-c", case.program], cwd=path, capture_output=True, text=True, check=True
    )
    assert float(ran.stdout) == pytest.approx(case.actual, rel=1e-12)
    assert case.actual != pytest.approx(case.expected, rel=1e-6)
    [first] = [node for node in case.nodes if node.state == "first"]
    assert (first.name, first.grad) == (diagnosis.node, case.actual)


def test_remembered_answers_keep_the_order_of_the_programs(line_up):
    concept, tried = COURSE.concept("mg4.pow"), [suspects(LOWERED)]
    evidence = []
    for number in (1.5, 1.7):
        draft = Draft()
        a = draft.value(number)
        draft.upstream(a**2, 1.0)
        program = draft.show(a.grad).program()
        evidence.append(Exchange(program, Reply((2 * number**2,), None), None))

    def body(lineup, _):
        return [lineup.fits(concept, tried, each) for each in (evidence, evidence[::-1])]

    assert line_up(body) == [[[True, True]], [[True, True]]]


def test_in_a_stranger_s_file_what_was_found_explains_what_builds_on_it(tmp_path, cache):
    """A power that is wrong spoils the division; one that is missing its reflection, besides."""
    path = tmp_path / "engine.py"
    source = (ROOT / "tests" / "engines" / "faulty" / "pow_exponent_not_lowered.py").read_text()
    assert "def __rtruediv__" in source
    path.write_text(source.replace("def __rtruediv__", "def divided_into"))
    report = grader.check(path, concepts=["mg4.pow", "mg4.div"], cache_folder=cache)
    power, division = (each.diagnosis for each in report.concepts)
    assert power.mistake == LOWERED
    assert division.mistake.split(" + ")[0] == LOWERED
    assert division.sentence.startswith("This comes from mg4.pow: ")
