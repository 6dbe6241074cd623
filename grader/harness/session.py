"""Collect the hidden suites once with pytest, and run their checks as often as needed.

pytest runs here, in the trusted process, on the grader's own suites only: the submission's folder,
its conftest, its ini files and the user's plugins are never seen by it.
"""

import contextlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from grader.errors import Abandoned, InfrastructureError
from grader.expressions import Draw
from grader.harness.bench import Bench
from grader.harness.check import Check, CheckFailed, NoAnswer
from grader.model import CheckResult, Outcome

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
        self._items: dict[str, list[pytest.Item]] = {}
        self._bench: Bench | None = None
        self._check: Check | None = None
        self._caught: BaseException | None = None
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

    def run(
        self, concept_id: str, bench: Bench, only: Iterable[str] | None = None
    ) -> Iterator[CheckResult]:
        """Run the checks of one concept (or only some of them) on a bench.

        After a check that took all the time or memory there is, the rest of the concept's checks
        are not waited for: they end alike.
        """
        wanted = None if only is None else set(only)
        self._bench = bench
        stopped: CheckResult | None = None
        for item in self._items.get(concept_id, []):
            identity = check_id(item)
            if wanted is not None and identity not in wanted:
                continue
            if stopped is not None:
                yield CheckResult(
                    identity, concept_id, stopped.outcome, stopped.message, place=stopped.place
                )
                continue
            result = self._run(item, identity, concept_id)
            if _is_dear(result):
                stopped = result
            yield result

    # pytest's side

    @pytest.fixture
    def check(self) -> Check:
        """Lets the student's code and PyTorch answer programs."""
        if self._bench is None:
            raise InfrastructureError("no bench")
        self._check = Check(self._bench)
        return self._check

    @pytest.fixture
    def draw(self, request: pytest.FixtureRequest) -> Draw:
        """Random numbers and expressions; every check has a stream of its own."""
        seed = self._bench.seed if self._bench else 0
        return Draw(f"{seed}:{check_id(request.node)}")

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
            if len(marks) != 1:
                self.trouble = f"{item.nodeid} has {len(marks)} concept marks instead of one"
                return True
            self._items.setdefault(marks[0].args[0], []).append(item)
        try:
            self._body(self)
        except BaseException as error:  # carried out of pytest, raised by collect()
            self.raised = error
        self.finished = True
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Our own report: pytest's would render a traceback that nobody reads."""
        if call.excinfo is not None and self._caught is None:
            self._caught = call.excinfo.value
        return pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome="failed" if call.excinfo else "passed",
            longrepr=None,
            when=call.when if call.when != "collect" else "setup",
            duration=call.duration,
        )

    def _run(self, item: pytest.Item, identity: str, concept_id: str) -> CheckResult:
        self._check, self._caught = None, None
        reports = runtestprotocol(item, log=False, nextitem=None)
        ran = any(report.when == "call" for report in reports)
        caught, check = self._caught, self._check
        output = check.output if check else ""
        if check is not None and self._bench is not None:
            self._bench.ledger[identity] = tuple(check.exchanges)
            if check.boundary is not None:
                self._bench.planes[identity] = check.boundary
        if isinstance(caught, InfrastructureError | Abandoned | KeyboardInterrupt):
            raise caught
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
                output=output,
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
                output=output,
            )
        if caught is not None or not ran or check is None or not check.judged:
            why = f"{type(caught).__name__}: {caught}" if caught else "it judged nothing"
            return CheckResult(
                identity, concept_id, Outcome.INFRASTRUCTURE, f"the check itself is broken: {why}"
            )
        return CheckResult(identity, concept_id, Outcome.PASSED, output=output)


def check_id(item: pytest.Item) -> str:
    """`test_mg3_backpropagation::test_seed[2]`."""
    return f"{item.path.stem}::{item.name}"


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
