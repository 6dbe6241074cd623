"""What the tests share."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release import Built

ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"


# What measures limits in seconds, or uses both cores by itself: not beside other tests.
ALONE = frozenset({"test_attacks", "test_attacks_intake", "test_isolation_limits", "test_sandbox"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that must have the machine for themselves."""
    for item in items:
        if item.path.stem in ALONE:
            item.add_marker("alone")


@pytest.fixture(scope="session")
def cache(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests of a run: PyTorch's answers are computed once."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base  # pytest -n auto
    folder = shared / "cache"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> "Built":
    """The archives that would be released: built once."""
    from tests.release import build

    return build(tmp_path_factory.mktemp("release"))
