"""Other engines than the solutions, and the catalogue's mistakes made the way each makes them.

`mistakes/engines/ENGINE` is a submission with full marks. `mistakes/plants/ENGINE/mgN.toml` holds
its plants: the `id` of a mistake, and the `change`, pairs of texts, that makes it in that lesson.
`not_here` lists what can't be made there, a reason for each group.
"""

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENGINES = Path(__file__).parent / "mistakes" / "engines"
PLANTS = Path(__file__).parent / "mistakes" / "plants"


@dataclass(frozen=True)
class Plant:
    """A mistake of the catalogue as one engine makes it."""

    id: str
    lesson: str
    change: tuple[tuple[str, str], ...]

    def apply(self, source: str) -> str:
        """The lesson's source with the mistake in it. Raises ValueError if it does not fit."""
        for old, new in self.change:
            if source.count(old) != 1:
                raise ValueError(f"{self.id}: {old!r} is there {source.count(old)} times, not once")
            source = source.replace(old, new)
        return source


def engines() -> tuple[str, ...]:
    """The names of the engines."""
    return tuple(sorted(folder.name for folder in ENGINES.iterdir() if folder.is_dir()))


def plants(engine: str) -> tuple[Plant, ...]:
    """What is planted in an engine, in the order of the lessons."""
    return tuple(
        Plant(each["id"], lesson, tuple((old, new) for old, new in each["change"]))
        for lesson, content in _files(engine)
        for each in content["plant"]
    )


def not_here(engine: str) -> frozenset[str]:
    """The mistakes that an engine's structure has no room for."""
    return frozenset(
        each
        for _, content in _files(engine)
        for group in content.get("not_here", [])
        for each in group["ids"]
    )


def source(engine: str, lesson: str) -> Path:
    """An engine's file for a lesson."""
    (path,) = (ENGINES / engine).glob(f"{lesson}_*.py")
    return path


def planted(engine: str, plant: Plant, folder: Path) -> Path:
    """A copy of the engine in `folder` with the mistake in it."""
    submission = folder / engine
    shutil.copytree(ENGINES / engine, submission, ignore=shutil.ignore_patterns("__pycache__"))
    path = submission / source(engine, plant.lesson).name
    path.write_text(plant.apply(path.read_text(encoding="utf-8")), encoding="utf-8")
    return submission


def _files(engine: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted((PLANTS / engine).glob("*.toml"))
    ]
