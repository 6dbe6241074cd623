"""Many submissions at one desk, and what serves it: workers that change sources, PyTorch's answers
asked beforehand, looks that judge nothing."""

import dataclasses
import math
from types import SimpleNamespace

import pytest

import grader
from grader import attempts
from grader.answers import Answers
from grader.cache import Cache
from grader.course import Tolerance, load_course
from grader.desk import kinds
from grader.errors import Abandoned, SubmissionError, UsageError
from grader.expressions import Draft, graph_in
from grader.grade import check_each
from grader.harness import Bench, Check, Oracle
from grader.model import Outcome, Report
from grader.sandbox import Engine, Fault, Reply, Sandbox, Source
from grader.submission import read_submission
from tests.conftest import EXERCISES, ROOT, SOLUTIONS
from tests.naming import plant_in_solutions

COURSE = load_course()
FAULTY = ROOT / "tests" / "engines" / "faulty"


def timeless(report):
    """The report without what differs between two runs."""
    return dataclasses.replace(report, started="", seconds=0.0, reused=0)


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """Submissions of all kinds, in the order in which they are graded."""
    folder = tmp_path_factory.mktemp("hall")
    empty, ends = folder / "empty", folder / "ends.py"
    empty.mkdir()
    ends.write_text("import os\nclass Value:\n    pass\nos._exit(0)\n", encoding="utf-8")
    return [
        plant_in_solutions("tanh-sign-turned", folder / "mistaken"),
        folder / "nowhere",
        FAULTY / "exp_closure_registered_inside_itself.py",
        empty,
        ends,
        EXERCISES,
        plant_in_solutions("backward-without-seed", folder / "seedless"),
        SOLUTIONS,
    ]


def test_the_same_reports_as_one_by_one(hall, cache):
    """Whatever was graded before; and an unreadable submission does not keep the next waiting."""
    asked = {"lessons": ["mg3"], "fresh": True, "cache_folder": cache}
    found = []
    check_each(hall, lambda path, result: found.append((path, result)), **asked)
    assert [path for path, _ in found] == hall
    for path, result in found:
        try:
            expected = grader.check(path, **asked)
        except SubmissionError as error:
            assert isinstance(result, SubmissionError) and str(result) == str(error)
        else:
            assert timeless(result) == timeless(expected)
    results = dict(found)
    assert isinstance(results[hall[1]], SubmissionError)
    assert isinstance(results[hall[3]], SubmissionError)
    assert results[SOLUTIONS].complete and not results[hall[0]].complete


def test_a_second_time_they_are_remembered(hall, cache):
    paths, found = [hall[0], SOLUTIONS], []
    for _ in range(2):
        check_each(paths, lambda _, report: found.append(report), lessons=["mg2"],
                   cache_folder=cache)  # fmt: skip
    assert [each.reused for each in found[2:]] == [1, 1]
    assert [timeless(each) for each in found[:2]] == [timeless(each) for each in found[2:]]


def test_paths_are_read_one_after_the_other(cache):
    """A class may be a generator: nothing is read ahead."""
    seen = []

    def paths():
        yield str(SOLUTIONS)
        assert len(seen) == 1
        yield SOLUTIONS / "mg2_chain_rule.py"

    check_each(
        paths(), lambda _, report: seen.append(report), concepts=["mg2.add"], cache_folder=cache
    )
    assert [isinstance(each, Report) and each.complete for each in seen] == [True, True]


def test_what_the_caller_raises_comes_through(cache):
    def each(path, report):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_each([SOLUTIONS], each, concepts=["mg2.add"], cache_folder=cache)
    with pytest.raises(UsageError):
        check_each([SOLUTIONS], each, concepts=["mg2.nothing"], cache_folder=cache)


def test_workers_that_are_slow_to_start_are_told_beforehand():
    """Torch where more than a stub uses it, a kernel where a notebook is executed."""
    concepts = [each for each in COURSE.concepts if each.worker == "torch"]
    assert concepts
    assert kinds(read_submission(SOLUTIONS, COURSE), concepts) == ["torch"]
    assert kinds(read_submission(EXERCISES, COURSE), concepts) == []
    assert kinds(read_submission(SOLUTIONS, COURSE), [COURSE.concept("mg2.add")]) == []
    notebooks = read_submission(EXERCISES / "notebooks", COURSE, "execute")
    assert kinds(notebooks, concepts) == ["kernel"]


# Workers


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(COURSE.limits, "auto") as sandbox:
        yield sandbox


def asking(name):
    draft = Draft()
    return draft.show(draft.call(name)).program()


def source(code, name="m"):
    return Source(name, ((f"{name}.py", code),))


def answer(engine, name="f"):
    [reply] = engine.evaluate([asking(name)])
    return reply.values[0] if reply.values else reply.fault.message


def test_a_worker_takes_other_sources(sandbox):
    engine = Engine(sandbox, "plain", [source("def f(): return 1\ndef g(): return 7\n")])
    assert (answer(engine), answer(engine, "g")) == (1, 7)
    engine.reload([source("def f(): return 2\n")])
    assert answer(engine) == 2
    assert "not defined" in answer(engine, "g")  # nothing is left of the former
    engine.reload([source("x = (")])
    [loaded] = engine.load()
    assert not loaded.ok and loaded.fault.type == "SyntaxError"
    assert "not defined" in answer(engine)
    engine.reload([source("y = 5\n", "n"), source("from n import y\ndef f(): return y\n")])
    assert answer(engine) == 5
    assert [each.ok for each in engine.load()] == [True, True]
    engine.reload([source("import os\ndef f(): os._exit(1)\n")])
    assert "ended the Python process" in answer(engine)
    engine.reload([source("def f(): return 3\n")])
    assert answer(engine) == 3  # in a new worker
    engine.close()


def test_before_it_was_asked_anything_too(sandbox):
    engine = Engine(sandbox, "plain", [source("def f(): return 1\n")])
    engine.reload([source("def f(): return 2\n")])
    assert answer(engine) == 2
    engine.close()


def test_a_worker_that_is_left_in_the_middle_starts_anew():
    """What it still sends is not taken for the answer to the next request."""
    slow = "import time\ndef f():\n    time.sleep(0.3)\n    return 1\ndef g(): return 2\n"
    impatient = []

    def meanwhile():
        if impatient:
            raise Abandoned

    with Sandbox(COURSE.limits, "auto", meanwhile) as sandbox:
        engine = Engine(sandbox, "plain", [source(slow)], layers=())
        engine.submit([asking("f")])
        impatient.append(True)
        with pytest.raises(Abandoned):
            engine.collect()
        impatient.clear()
        assert answer(engine, "g") == 2
        engine.submit([asking("f")])  # and nobody collects
        assert answer(engine, "g") == 2
        engine.close()


def test_the_references_children_stand_in_order(sandbox):
    """A set's order is that of addresses; a faulty order must give the same numbers every time."""
    lessons = [COURSE.lesson("mg2"), COURSE.lesson("mg3")]
    walk = (
        "from mg2_chain_rule import Value\n"
        "def f():\n"
        "    made = [Value(float(n)) for n in range(40)]\n"
        "    out = Value(0.0, (*made, *made[::-1]), '+')\n"
        "    same = out._prev == set(made) and isinstance(out._prev, set)\n"
        "    return [same, *(each.data for each in out._prev)]\n"
    )
    sources = [*map(attempts.reference_source, lessons), source(walk)]
    engine = Engine(sandbox, "plain", sources)
    assert answer(engine) == [True, *map(float, range(40))]
    engine.close()


def test_another_text_in_the_place_of_the_references():
    lesson = COURSE.lesson("mg3")
    own = attempts.reference_source(lesson, "x = 1\n")
    assert own == Source(lesson.file, ((f"{lesson.file}.py", "x = 1\n"),), ours=True)
    [(_, text)] = attempts.reference_source(lesson).cells
    assert text == attempts.reference_text(lesson)


@pytest.mark.parametrize("handed_in", ["mg6", "mg4 mg6"])
def test_no_line_of_the_reference_is_quoted(handed_in, tmp_path, cache):
    """It stands in for lessons that were not handed in, or that don't load, and raises in there."""
    text = (SOLUTIONS / "mg6_gradient_descent.py").read_text(encoding="utf-8")
    assert text.count("(p - t) ** 2") == 1
    wrong = text.replace("(p - t) ** 2", "(p * [t]) ** 2")
    (tmp_path / "mg6_gradient_descent.py").write_text(wrong, encoding="utf-8")
    if "mg4" in handed_in:
        (tmp_path / "mg4_activation.py").write_text("1 / 0\n", encoding="utf-8")
    report = grader.check(tmp_path, concepts=["mg6.loss"], cache_folder=cache)
    [loss] = report.concepts
    assert {check.outcome for check in loss.checks} == {Outcome.ERROR}
    for check in loss.checks:
        assert "can't multiply sequence" in check.message
        assert check.place.file == "mg6_gradient_descent.py"
        assert "(p * [t]) ** 2" in check.place.text


# PyTorch's answers


def test_the_picture_of_a_failed_check_does_not_wait_for_pytorch(sandbox, tmp_path):
    """With the answers of a check come all inner numbers of its graphs."""
    draft = Draft()
    a, b = draft.values(0.4, -0.7)
    c = (a * b + a).tanh()
    c.backward()
    program = draft.show(a.grad).program()
    other = Draft()
    other.show(other.value(2.0).data)
    whole = graph_in(program).program()
    store = Cache(tmp_path)
    oracle = Oracle(sandbox, Answers(store, 1))
    [[gradient], _] = oracle.answers([program, other.program()])
    oracle.save([])
    later = Oracle(None, Answers(store, 1))  # without a sandbox, only what is known can be answered
    [numbers] = later.answers([whole])
    shown = dict(zip(whole.labels, numbers, strict=True))
    assert shown["a.grad"] == pytest.approx(gradient, rel=1e-12)
    assert shown["e.data"] == pytest.approx(math.tanh(0.4 * -0.7 + 0.4))
    assert shown["e.grad"] == 1.0
    draft.show(b.grad)
    with pytest.raises(AttributeError):
        later.answers([draft.program()])
    store.close()


# Looks that judge nothing


def looking(*replies, expected=((1.0, 2.0),)):
    """A check whose student gives these replies."""
    student = SimpleNamespace(submit=lambda programs: None, collect=lambda: list(replies))
    oracle = SimpleNamespace(answers=lambda programs: list(expected))
    return Check(Bench(student, oracle, Tolerance(1e-6, 1e-9), 1))


def scores():
    draft = Draft()
    return draft.show(*(draft.call("f", n) for n in (1, 2)))


EDGES, POINTS = (-1.0, 2.0, -3.0, 4.0), [(0.0, 1.0, 1), (1.0, 0.0, -1)]


def test_a_plane_is_kept_beside_pytorchs():
    check = looking(Reply((0.123456789, -2.0), None, "printed\n"))
    check.plane(scores(), 2, EDGES, POINTS)
    found = check.boundary
    assert (found.yours, found.expected) == ((0.123457, -2.0), (1.0, 2.0))
    assert (found.left, found.right, found.bottom, found.top) == EDGES
    assert (found.columns, found.points) == (2, tuple(POINTS))
    assert check.output == "printed\n"
    assert check.judged == 0 and check.exchanges == []  # diagnosis does not go by it


@pytest.mark.parametrize(
    "reply",
    [
        Reply(None, Fault(Outcome.ERROR, "ValueError: no")),
        Reply((1.0, math.nan), None),
        Reply((1.0, math.inf), None),
        Reply((1.0, "two"), None),
        Reply((1.0, None), None),
    ],
)
def test_what_is_no_plane_leaves_none(reply):
    check = looking(reply)
    check.plane(scores(), 2, EDGES, POINTS)
    assert check.boundary is None and check.judged == 0


def test_an_attempt_gives_values_or_nothing():
    assert looking(Reply((1.0, 2.0), None)).attempt(scores()) == [(1.0, 2.0)]
    check = looking(Reply(None, Fault(Outcome.ERROR, "ValueError: no"), "printed\n"))
    assert check.attempt(scores()) == [None]
    assert check.judged == 0 and check.output == "printed\n"
