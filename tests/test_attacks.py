"""Every attack has the outcome that it names, and nothing that it should not have.

None earns what it did not work for, stops the grader, outlives it, changes a file, or changes what
another submission gets. The attacks are in tests/attacks/, see tests/attack_corpus.py.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from grader.sandbox import Engine, Sandbox
from tests.attack_corpus import MODES, Attack, Result, corpus, course
from tests.attack_servers import Servers, as_an_ordinary_user, hand_over, warm

FAMILIES = {
    "ending_early",
    "patching",
    "lying_values",
    "stealing",
    "channel",
    "resources",
    "intake",
}
CASES = [(attack, mode) for attack in corpus() for mode in attack.modes if mode in MODES]
# Where the machine has more than one kind of user: a third, every family among them.
THIRD = corpus()[::3]

# As notebooks, executed: some; all of them in benchmarks/attacks_notebooks.py.
SOME = corpus()[1::8]
NOTEBOOK, ORDINARY = "notebook", "ordinary"

Asked = dict[tuple[str, str], "Future[Result]"]


def _seal() -> tuple[str, ...]:
    """The layers that this machine lacks."""
    with Sandbox(course().limits) as sandbox:
        Engine(sandbox, "plain", []).load()
        return sandbox.missing


LACKING = _seal()


@pytest.fixture(scope="module")
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    """The results to come of all attacks that the chosen tests need: two run at a time."""
    base = tmp_path_factory.mktemp("attacks")
    theirs = Path(tempfile.mkdtemp(prefix="mggrade-ordinary-"))  # pytest's own are root's alone
    warm(base / "cache")
    shutil.copytree(base / "cache", theirs / "cache")
    own = Servers(base)
    ordinary = Servers(theirs, as_an_ordinary_user(), count=1)
    if as_an_ordinary_user():
        hand_over(theirs)
    results: Asked = {}
    for item in request.session.items:
        case = getattr(item, "callspec", None)
        if item.path == Path(__file__) and case and "attack" in case.params:
            attack, mode = case.params["attack"], case.params.get("mode", ORDINARY)
            if (LACKING and mode != "none") or (mode == ORDINARY and _why_not_ordinary()):
                continue
            if mode == NOTEBOOK:
                results[attack.id, mode] = own.ask(attack, "full", "execute")
            elif mode == ORDINARY:
                results[attack.id, mode] = ordinary.ask(attack, "full")
            else:
                results[attack.id, mode] = own.ask(attack, mode)
    yield results
    own.close()
    ordinary.close()
    shutil.rmtree(theirs, ignore_errors=True)


@pytest.mark.parametrize(
    ("attack", "mode"), CASES, ids=[f"{attack.id}-{mode}" for attack, mode in CASES]
)
def test_attack(attack: Attack, mode: str, asked: Asked) -> None:
    if mode == "full" and LACKING:
        pytest.skip(f"this machine has no {', '.join(LACKING)}")
    _judge(attack, mode, asked[attack.id, mode])


@pytest.mark.parametrize("attack", THIRD, ids=lambda attack: attack.id)
def test_attack_as_an_ordinary_user(attack: Attack, asked: Asked) -> None:
    """An ordinary user has the same layers as root."""
    if LACKING or _why_not_ordinary():
        pytest.skip(_why_not_ordinary() or f"this machine has no {', '.join(LACKING)}")
    _judge(attack, "full", asked[attack.id, ORDINARY])


@pytest.mark.parametrize("mode", [NOTEBOOK])
@pytest.mark.parametrize("attack", SOME, ids=lambda attack: attack.id)
def test_attack_as_an_executed_notebook(attack: Attack, mode: str, asked: Asked) -> None:
    """A kernel gives no more away than a worker does."""
    if LACKING:
        pytest.skip(f"this machine has no {', '.join(LACKING)}")
    result = asked[attack.id, mode].result()
    assert result.trouble == []
    assert set(result.passed) <= attack.earns("full", notebook=True)


@pytest.mark.parametrize("attack", corpus(), ids=lambda attack: attack.id)
def test_header(attack: Attack) -> None:
    """The files say what they try and what must come of it."""
    assert {"attack", "family", "outcomes", "earns"} <= set(attack.header)
    assert attack.header["family"] == attack.path.parent.name
    assert attack.earns("full") <= set(attack.concepts)
    assert set(attack.modes) <= set(MODES)


def test_there_are_enough() -> None:
    assert {attack.path.parent.name for attack in corpus()} == FAMILIES
    assert len(corpus()) >= 90


def _judge(attack: Attack, mode: str, coming: "Future[Result]") -> None:
    result = coming.result()
    assert result.trouble == []
    assert set(result.passed) <= attack.earns(mode)
    assert set(result.outcomes) == attack.outcomes(mode)
    assert set(result.named) <= attack.makes  # nonsense is no mistake of a learner's


def _why_not_ordinary() -> str:
    if os.geteuid() != 0:
        return "these tests run as an ordinary user already"
    return "" if as_an_ordinary_user() else "no other user can start this interpreter"
