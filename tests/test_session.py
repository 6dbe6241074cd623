"""The pytest inside the grader: broken suites are the grader's fault, and nobody else's files or
settings are ever seen."""

import json
import os
import sys
from types import SimpleNamespace

import pytest

import grader
from grader.course import Tolerance
from grader.errors import InfrastructureError
from grader.harness import Bench, collect
from grader.model import Outcome, State
from grader.sandbox import Fault, Reply
from tests.conftest import SOLUTIONS

GOOD = """
from grader.expressions import Draft
from grader.harness import concept, needs

@concept("mg1.a")
def test_agrees(check, draw):
    draft = Draft()
    check.agree(draft.show(draft.call("f", draw.number())))

@concept("mg1.a")
@needs("Value.tanh", "trace")
def test_again(check, draw):
    draft = Draft()
    check.agree(draft.show(draft.call("f", draw.number())))

@concept("mg1.b")
def test_other(check):
    check.require(True, "is fine")
"""


class Student:
    """An engine that answers every program alike."""

    def __init__(self, value=1.0, fault=None):
        self._reply = Reply(None, fault) if fault else Reply((value,), None, "printed\n")
        self.asked = []
        self.requests = 0
        self.waiting = 0

    @property
    def seen(self):
        return [program.text + program.labels[0] for program in self.asked]

    def submit(self, programs):
        self.asked += programs
        self.requests += 1
        self.waiting = len(programs)

    def collect(self, count=None):
        count = self.waiting if count is None else count
        if self._reply.fault:
            self.waiting = 0  # it has ended
            return [self._reply]
        self.waiting -= count
        return [self._reply] * count


@pytest.fixture
def suite(tmp_path):
    """Writes suites, and runs `body(session)` inside the grader's pytest."""

    def run(code, body, name="test_mg1_slopes"):
        path = tmp_path / f"{name}.py"
        path.write_text(code, encoding="utf-8")
        found = []
        try:
            collect([path], lambda session: found.append(body(session)))
        finally:
            sys.modules.pop(name, None)  # the next test's suite has the same name
        return found[0]

    return run


def bench(student, seed=1):
    oracle = SimpleNamespace(answers=lambda programs: [(1.0,)] * len(programs))
    return Bench(student, oracle, Tolerance(1e-6, 1e-9), seed)


def results(session, concept="mg1.a", student=None, **more):
    return list(session.run(concept, bench(student or Student()), **more))


def test_checks_are_known_by_concept_in_file_order(suite):
    def body(session):
        return (
            session.concepts,
            session.checks("mg1.a"),
            session.checks("mg9.z"),
            session.needs("mg1.a"),
        )

    assert suite(GOOD, body) == (
        {"mg1.a", "mg1.b"},
        ["test_mg1_slopes::test_agrees", "test_mg1_slopes::test_again"],
        [],
        {
            "test_mg1_slopes::test_agrees": set(),
            "test_mg1_slopes::test_again": {"Value.tanh", "trace"},
        },
    )


def test_a_check_passes_with_what_was_printed(suite):
    first, second = suite(GOOD, results)
    assert (first.outcome, first.concept, first.output) == (Outcome.PASSED, "mg1.a", "printed\n")
    assert second.outcome is Outcome.PASSED


def test_a_check_fails_with_program_and_both_numbers(suite):
    [result, _] = suite(GOOD, lambda session: results(session, student=Student(2.0)))
    assert result.outcome is Outcome.FAILED
    assert result.message == f"{result.shown} is 2.0, PyTorch says 1.0"
    assert (result.expected, result.actual) == (1.0, 2.0)
    assert result.shown.startswith("f(")


def test_only_some_checks_may_be_asked(suite):
    def body(session):
        return results(session, only=["test_mg1_slopes::test_again"])

    assert [each.id for each in suite(GOOD, body)] == ["test_mg1_slopes::test_again"]


def test_suites_are_collected_once_and_run_often(suite):
    def body(session):
        return [results(session, student=Student(value))[0].outcome for value in (1.0, 2.0, 1.0)]

    assert suite(GOOD, body) == [Outcome.PASSED, Outcome.FAILED, Outcome.PASSED]


def test_the_same_seed_draws_the_same_programs_and_every_check_its_own(suite):
    def body(session):
        seen = []
        for seed in (1, 1, 2):
            student = Student()
            list(session.run("mg1.a", bench(student, seed)))
            seen.append(student.seen)
        return seen

    first, again, other = suite(GOOD, body)
    assert first == again != other
    assert first[0] != first[1]


def test_the_draws_do_not_hang_on_what_else_is_run(suite):
    def body(session):
        alone = Student()
        list(session.run("mg1.a", bench(alone), ["test_mg1_slopes::test_again"]))
        both = Student()
        list(session.run("mg1.a", bench(both)))
        return alone.seen, both.seen

    alone, both = suite(GOOD, body)
    assert alone == both[1:]


def test_after_a_timeout_the_rest_of_the_concept_is_not_waited_for(suite):
    student = Student(fault=Fault(Outcome.TIMEOUT, "took too long and was stopped"))
    found = suite(GOOD, lambda session: results(session, student=student))
    assert [each.outcome for each in found] == [Outcome.TIMEOUT] * 2
    assert student.requests == 1


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.CRASHED, Outcome.PROTOCOL])
def test_after_any_other_fault_the_rest_goes_on(suite, outcome):
    student = Student(fault=Fault(outcome, "went wrong"))
    found = suite(GOOD, lambda session: results(session, student=student))
    assert [each.outcome for each in found] == [outcome] * 2
    assert student.requests == 2
    assert found[0].message == "went wrong"


def check_of(body):
    """A suite of one check."""
    return (
        "from grader.expressions import Draft\nfrom grader.harness import concept\n"
        f"import pytest\n@concept('mg1.a')\ndef test_it(check):\n    {body}\n"
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("pass", "it judged nothing"),
        ("Draft().show(Draft().value(1.0))", "it judged nothing"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("assert False", "AssertionError"),
        ("pytest.skip('not today')", "Skipped: not today"),
        ("pytest.xfail('never')", "XFailed: never"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("check.agree()", "it judged nothing"),
    ],
)
def test_a_broken_check_is_the_grader_s_fault(suite, body, why):
    [result] = suite(check_of(body), results)
    assert result.outcome is Outcome.INFRASTRUCTURE
    assert result.message.startswith("the check itself is broken: ")
    assert why in result.message


def test_a_check_without_the_fixture_judges_nothing(suite):
    code = "from grader.harness import concept\n@concept('mg1.a')\ndef test_it(): pass\n"
    [result] = suite(code, results)
    assert result.outcome is Outcome.INFRASTRUCTURE


def test_an_unknown_fixture_is_the_grader_s_fault(suite):
    code = "from grader.harness import concept\n@concept('mg1.a')\ndef test_it(nonsense): pass\n"
    [result] = suite(code, results)
    assert result.outcome is Outcome.INFRASTRUCTURE


LATER = """
from grader.expressions import Draft
from grader.harness import concept

def one(draw):
    draft = Draft()
    return draft.show(draft.call("f", draw.number()))

@concept("mg1.a")
def test_first(check, draw):
    check.agree(one(draw))
    check.agree(one(draw))

@concept("mg1.a")
def test_looks(check, draw):
    [(value,)] = check.run(one(draw))
    check.require(value == 1.0, "is one", one(draw), 1.0, value)
    check.agree(one(draw))

@concept("mg1.a")
def test_last(check, draw):
    check.agree(one(draw))
"""


def test_what_hangs_on_no_reply_is_asked_at_once(suite):
    student = Student()
    found = suite(LATER, lambda session: results(session, student=student))
    assert [each.outcome for each in found] == [Outcome.PASSED] * 3
    assert [each.output.count("printed") for each in found] == [2, 2, 1]
    assert (student.requests, len(student.asked)) == (3, 5)  # up to the look, after it, the last


def test_what_a_check_judges_by_itself_is_judged_anew_for_everyone(suite):
    def body(session):
        return [
            [each.outcome for each in results(session, student=Student(value))]
            for value in (1.0, 2.0, 1.0)
        ]

    good, bad = [Outcome.PASSED] * 3, [Outcome.FAILED] * 3
    assert suite(LATER, body) == [good, bad, good]


def test_a_check_that_asks_something_else_each_time_is_broken(suite):
    code = check_of(
        "import itertools; count = pytest.__dict__.setdefault('mine', itertools.count())\n"
        "    draft = Draft(); draft.show(draft.value(float(next(count))))\n"
        "    check.run(draft)"
    )
    [result] = suite(code, results)
    assert result.outcome is Outcome.INFRASTRUCTURE
    assert "other programs from one time to the next" in result.message


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def test_(:\n", "SyntaxError"),
        ("import no_such_module\n", "no_such_module"),
        ("1 / 0\n", "ZeroDivisionError"),
        (GOOD.replace('@concept("mg1.b")\n', ""), "test_other has 0 concept marks"),
        (
            GOOD.replace('@concept("mg1.b")', '@concept("mg1.b")\n@concept("mg1.c")'),
            "test_other has 2 concept marks instead of one",
        ),
        (GOOD.replace('@concept("mg1.b")', "@pytest.mark.nonsense"), "pytest"),
        ("import pytest\n@pytest.mark.nonsense\ndef test_it(): pass\n", "nonsense"),
        ("x = 1\n", "can't be collected"),
    ],
)
def test_broken_suites_end_the_run_with_one_line(suite, code, message):
    with pytest.raises(
        InfrastructureError, match="the course's suites can't be collected"
    ) as caught:
        suite(code, lambda session: None)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_suite_ends_the_run(tmp_path):
    with pytest.raises(InfrastructureError):
        collect([tmp_path / "test_missing.py"], lambda session: None)


@pytest.mark.parametrize(
    "error", [InfrastructureError("no torch"), KeyboardInterrupt(), OSError("x")]
)
def test_what_the_body_raises_comes_out_as_it_is(suite, error):
    def body(session):
        raise error

    with pytest.raises(type(error)) as caught:
        suite(GOOD, body)
    assert caught.value is error


@pytest.mark.parametrize("kind", [InfrastructureError, KeyboardInterrupt])
def test_a_fault_of_the_oracle_is_no_verdict_on_anyone(suite, kind):
    class Oracle:
        def answers(self, programs):
            raise kind("PyTorch is gone")

    def body(session):
        return list(session.run("mg1.a", Bench(Student(), Oracle(), Tolerance(1e-6, 1e-9), 1)))

    with pytest.raises(kind):
        suite(GOOD, body)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_ADDOPTS", "--collect-only"),
        ("PYTEST_ADDOPTS", "-k nothing_at_all"),
        ("PYTEST_ADDOPTS", "-p no_such_plugin"),
        ("PYTEST_ADDOPTS", "--no-such-option"),
        ("PYTEST_PLUGINS", "no_such_plugin"),
        ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", ""),
    ],
)
def test_pytest_s_environment_has_no_effect(suite, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert [each.outcome for each in suite(GOOD, results)] == [Outcome.PASSED] * 2
    assert os.environ[name] == value


def test_files_beside_the_submission_are_never_seen(tmp_path, monkeypatch, cache):
    """conftest.py, ini files and modules in the submission's folder, which is the current one."""
    (tmp_path / "mg1_derivatives.py").write_bytes((SOLUTIONS / "mg1_derivatives.py").read_bytes())
    trap = f"open({str(tmp_path / 'seen')!r}, 'w').close()\n"
    (tmp_path / "conftest.py").write_text(trap)
    (tmp_path / "sitecustomize.py").write_text(trap)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "tox.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "setup.cfg").write_text("[tool:pytest]\naddopts = --no-such-option\n")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--no-such'\n")
    monkeypatch.chdir(tmp_path)
    report = grader.check(tmp_path, lessons=["mg1"], cache_folder=cache)
    assert (report.score, report.max_score) == (10.0, 10)
    assert not (tmp_path / "seen").exists()


def test_a_conftest_beside_the_suites_is_not_read_either(suite, tmp_path):
    (tmp_path / "conftest.py").write_text("1 / 0\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    assert [each.outcome for each in suite(GOOD, results)] == [Outcome.PASSED] * 2


def test_nothing_is_printed_and_nothing_written(suite, tmp_path, capfd):
    suite(GOOD, results)
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / ".pytest_cache").exists()


def test_results_are_plain_data(suite):
    for student in (Student(), Student(2.0), Student("x")):
        for result in suite(GOOD, lambda session, s=student: results(session, student=s)):
            json.dumps([result.expected, result.actual, result.message, result.program])


def test_states_of_a_report_are_known():
    assert {state.value for state in State} >= {"passed", "partial", "failed", "error", "todo"}
