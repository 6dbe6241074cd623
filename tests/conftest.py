"""What the tests share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests of a run: PyTorch's answers are computed once."""
    return tmp_path_factory.mktemp("cache")
