"""What a package was made for: written into it as JSON, read again where it runs."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from grader.errors import InfrastructureError

FILE = "package.json"
PLATFORMS = ("gradescope", "prairielearn", "exercism")


@dataclass(frozen=True)
class Settings:
    """platform: one of PLATFORMS, and the format of the results. concepts: what is graded, all ids.
    left_out: what of the lessons is not graded, because it needs PyTorch in the container.
    seed: draws the programs. secret: whether it is to be kept from students. torch: the version
    whose answers are in the package. seconds: after so many, what has been graded is reported.
    slowness: how many times slower than the course's limits mean the container may be.
    memory_mib: what a process with a student's code may take."""

    platform: str
    concepts: tuple[str, ...]
    left_out: tuple[str, ...]
    seed: int
    secret: bool
    isolation: str
    torch: str
    seconds: float
    slowness: float
    memory_mib: int

    def to_json(self) -> str:
        """Its fields, one a line."""
        return json.dumps(asdict(self), indent=1) + "\n"


def read_settings(folder: Path) -> Settings:
    """Those of the package in this folder. Raises InfrastructureError."""
    path = folder / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        known = {each.name: data[each.name] for each in fields(Settings)}
        lists = {name: tuple(known[name]) for name in ("concepts", "left_out")}
        return Settings(**{**known, **lists})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InfrastructureError(
            f"{path} can't be used ({type(error).__name__}: {error}); make the package again"
        ) from None
