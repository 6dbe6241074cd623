"""What the tests share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"


@pytest.fixture(scope="session")
def cache(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests of a run: PyTorch's answers are computed once."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base  # pytest -n auto
    folder = shared / "cache"
    folder.mkdir(exist_ok=True)
    return folder
