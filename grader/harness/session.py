"""Collect the hidden suites once with pytest, and run their checks as often as needed.

pytest runs here, in the trusted process, on the grader's own suites only: the submission's folder,
its conftest, its ini files and the user's plugins are never seen by it.
"""

import contextlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import Tolerance
from grader.errors import Abandoned, InfrastructureError
from grader.expressions import Draw
from grader.harness.bench import Bench
from grader.harness.check import Check
from grader.harness.script import Script, script_of
from grader.harness.steps import CheckFailed, NoAnswer
from grader.model import CheckResult, Outcome, Program
from grader.sandbox import Engine, Reply

OPTIONS = (
    "--noconftest",
    "--import-mode=importlib",
    "--assert=plain",  # checks speak through `check`, not through assert
    "--strict-markers",
    "--disable-plugin-autoload",
    "-pno:cacheprovider",
    "-pno:terminal",
    "-pno:doctest",
    "-pno:junitxml",
    "-pno:logging",
    "-pno:faulthandler",
    "-pno:unraisableexception",
    "-pno:threadexception",
    "-pno:warnings",
    "-pno:capture",
    "-pno:stepwise",
    "-pno:setuponly",
    "-pno:setupplan",
    "-pno:debugging",
    "-pno:pastebin",
    "-pno:legacypath",
)


def collect(suites: Sequence[Path], body: Callable[["Session"], None]) -> None:
    """Collect these suites and call `body` with them, inside pytest.

    Raises InfrastructureError where the suites themselves are broken, and whatever `body` raises.
    """
    session = Session(body)
    folder = str(suites[0].parent)
    arguments = [*OPTIONS, f"--rootdir={folder}", f"-c{os.devnull}", *map(str, suites)]
    with _without_pytest_variables():
        code = pytest.main(arguments, plugins=[session])
    if session.raised is not None:
        raise session.raised
    if code == pytest.ExitCode.INTERRUPTED:  # Ctrl-C before the first check
        raise KeyboardInterrupt
    if code != pytest.ExitCode.OK or not session.finished:
        detail = f": {session.trouble}" if session.trouble else ""
        raise InfrastructureError(f"the course's suites can't be collected{detail}")


class Session:
    """A pytest plugin that holds the collected checks."""

    def __init__(self, body: Callable[["Session"], None]) -> None:
        self._body = body
        self._items: dict[str, list[pytest.Function]] = {}
        self._scripts: dict[tuple[str, int, Tolerance], Script] = {}
        self.raised: BaseException | None = None
        self.finished = False
        self.trouble = ""

    def checks(self, concept_id: str) -> list[str]:
        """The ids of the checks that speak for a concept, in file order."""
        return [check_id(item) for item in self._items.get(concept_id, [])]

    @property
    def concepts(self) -> set[str]:
        """All concepts that the collected checks speak for."""
        return set(self._items)

    def needs(self, concept_id: str) -> dict[str, set[str]]:
        """The names that each check of a concept needs in a stranger's micrograd."""
        return {
            check_id(item): {name for mark in item.iter_markers("needs") for name in mark.args}
            for item in self._items.get(concept_id, [])
        }

    def programs(self, concept_id: str, bench: Bench) -> tuple[Program, ...]:
        """What the checks of a concept ask, up to where it hangs on the replies, in their order;
        nobody is asked. Of the bench, only tolerance and seed count."""
        scripts = [self._script(item, bench) for item in self._items.get(concept_id, [])]
        return tuple(program for script in scripts for program in script.programs)

    def run(
        self, concept_id: str, bench: Bench, only: Iterable[str] | None = None
    ) -> Iterator[CheckResult]:
        """Run the checks of one concept (or only some of them) on a bench.

        What they ask whatever is replied is asked at once. After a check that took all the time or
        memory there is, the rest of the concept's checks are not waited for: they end alike.
        """
        wanted = None if only is None else set(only)
        items = [
            item
            for item in self._items.get(concept_id, [])
            if wanted is None or check_id(item) in wanted
        ]
        scripts = [self._script(item, bench) for item in items]
        stopped: CheckResult | None = None
        for number, item in enumerate(items):
            if stopped is not None:
                yield replace(stopped, id=check_id(item), program=None, shown=None, output="")
                continue
            ahead = _asked(bench.student, scripts[number:])
            result = _examined(item, concept_id, bench, scripts[number], ahead)
            if _is_dear(result):
                stopped = result
            yield result

    # pytest's side

    @pytest.fixture
    def check(self) -> None:
        """Lets the student's code and PyTorch answer programs. Handed over by `_play`."""

    @pytest.fixture
    def draw(self) -> None:
        """Random numbers and expressions; every check has a stream of its own."""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make our marks known."""
        config.addinivalue_line("markers", "concept(id): the concept that a check speaks for")
        config.addinivalue_line("markers", "needs(names): what a stranger's micrograd must define")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that can't be imported."""
        if report.failed:
            self.trouble = str(report.longrepr).strip().splitlines()[-1][:300]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of pytest's own loop: hand the collected checks to the body."""
        if self.trouble:
            return True
        for item in session.items:
            marks = list(item.iter_markers("concept"))
            self.trouble = _fault_of(item, len(marks))
            if self.trouble or not isinstance(item, pytest.Function):
                return True
            self._items.setdefault(marks[0].args[0], []).append(item)
        try:
            self._body(self)
        except BaseException as error:  # carried out of pytest, raised by collect()
            self.raised = error
        self.finished = True
        return True

    def _script(self, item: pytest.Function, bench: Bench) -> Script:
        """With one seed and tolerance, always the same."""
        key = (item.nodeid, bench.seed, bench.tolerance)
        if key not in self._scripts:
            self._scripts[key] = script_of(bench, lambda check: _play(item, check, bench.seed))
        return self._scripts[key]


def check_id(item: pytest.Item) -> str:
    """`test_mg3_backpropagation::test_seed[2]`."""
    return f"{item.path.stem}::{item.name}"


def _play(item: pytest.Function, check: Check, seed: int) -> None:
    """Run a check's own code."""
    offered = {"check": check, "draw": Draw(f"{seed}:{check_id(item)}"), **_parameters(item)}
    item.obj(**{name: each for name, each in offered.items() if name in item.fixturenames})


def _parameters(item: pytest.Function) -> dict[str, object]:
    """What `parametrize` gives this one."""
    return dict(item.callspec.params) if hasattr(item, "callspec") else {}


def _fault_of(item: pytest.Item, concepts: int) -> str:
    """Why an item can't be a check; nothing for those that can."""
    if concepts != 1:
        return f"{item.nodeid} has {concepts} concept marks instead of one"
    if not isinstance(item, pytest.Function) or item.cls is not None:
        return f"{item.nodeid} is no function; write checks as plain functions"
    return ""


Asked = Sequence[tuple[Program, Reply]]


def _asked(student: Engine, scripts: Sequence[Script]) -> Asked:
    """What the first of these scripts asks, and the replies, up to the first that ended the worker.
    The following ones' programs are sent with them, as far as no reply is needed before."""
    programs = scripts[0].programs
    if not programs:
        return []
    if not student.waiting:
        sent: list[Program] = []
        for script in scripts:
            sent += script.programs
            if not script.whole:
                break
        student.submit(sent)
    return list(zip(programs, student.collect(len(programs)), strict=False))


def _examined(
    item: pytest.Function, concept_id: str, bench: Bench, script: Script, ahead: Asked
) -> CheckResult:
    """The result of one check, whose first programs were asked ahead."""
    check, identity = Check(bench, ahead), check_id(item)
    caught: BaseException | None = None
    try:
        if script.whole:
            for step in script.steps:
                check.take(step)
        else:
            _play(item, check, bench.seed)
    except (InfrastructureError, Abandoned, KeyboardInterrupt):
        raise
    except BaseException as error:  # also what pytest raises to skip
        caught = error
    bench.ledger[identity] = tuple(check.exchanges)
    if check.boundary is not None:
        bench.planes[identity] = check.boundary
    if isinstance(caught, CheckFailed):
        return CheckResult(
            identity,
            concept_id,
            Outcome.FAILED,
            caught.message,
            caught.program.text if caught.program else None,
            caught.shown,
            caught.expected,
            caught.actual,
            output=check.output,
        )
    if isinstance(caught, NoAnswer):
        return CheckResult(
            identity,
            concept_id,
            caught.fault.outcome,
            caught.fault.message,
            caught.program.text or caught.program.labels[0],
            caught.program.labels[0],
            place=caught.fault.place,
            output=check.output,
        )
    if caught is not None or not check.judged:
        why = f"{type(caught).__name__}: {caught}" if caught else "it judged nothing"
        return CheckResult(
            identity, concept_id, Outcome.INFRASTRUCTURE, f"the check itself is broken: {why}"
        )
    return CheckResult(identity, concept_id, Outcome.PASSED, output=check.output)


def _is_dear(result: CheckResult) -> bool:
    """Filling the memory up to its limit may take as long as a timeout."""
    memory = result.outcome is Outcome.ERROR and result.message.startswith("MemoryError")
    return memory or result.outcome is Outcome.TIMEOUT


@contextlib.contextmanager
def _without_pytest_variables() -> Generator[None]:
    """PYTEST_ADDOPTS and PYTEST_PLUGINS are for the user's own tests."""
    saved = {name: value for name, value in os.environ.items() if name.startswith("PYTEST_")}
    for name in saved:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(saved)
