"""What the tests share."""

import fcntl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.kernels.libraries import quick_imports

with quick_imports():  # here, once and for all, before any test imports it slowly
    import nbformat  # noqa: F401

if TYPE_CHECKING:
    from tests.release import Built

ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"


# What keeps to narrow limits in seconds and uses both cores by itself: not beside other tests.
ALONE = frozenset({"test_attacks"})
# The longest files, first, so that no process is left with one of them at the end.
LONG = frozenset(
    {"test_engines", "test_jupyter", "test_naming", "test_notebook_execution", "test_variants"}
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that must have the machine for themselves; begin with the longest files."""
    items.sort(key=lambda item: item.path.stem not in LONG)
    for item in items:
        if item.path.stem in ALONE:
            item.add_marker("alone")


@pytest.fixture(scope="session")
def cache(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests of a run, as a cache folder and as XDG_CACHE_HOME: PyTorch's answers
    are computed once, all of them beforehand where many tests are to come."""
    base = tmp_path_factory.getbasetemp()
    beside = hasattr(request.config, "workerinput")  # pytest -n 2
    folder = (base.parent if beside else base) / "cache"
    (folder / "mggrade").mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = folder / "mggrade" / "cache.sqlite"
        if not command.is_symlink():
            command.symlink_to(folder / "cache.sqlite")
            if beside:
                import grader

                grader.check(SOLUTIONS, cache_folder=folder)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> "Built":
    """The archives that would be released: built once."""
    from tests.release import build

    return build(tmp_path_factory.mktemp("release"))
