"""Other engines than the solutions, and the catalogue's mistakes made the way each makes them.

`mistakes/engines/ENGINE` is a submission with full marks. `mistakes/plants/ENGINE/mgN.toml` holds
its plants: the `id` of a mistake, and the `change`, pairs of texts, that makes it in that lesson.
`not_here` lists what can't be made there, a reason for each group.
"""

import shutil
import tomllib
from pathlib import Path
from typing import Any

from grader.diagnosis.catalogue import Change

ENGINES = Path(__file__).parent / "mistakes" / "engines"
PLANTS = Path(__file__).parent / "mistakes" / "plants"


def engines() -> tuple[str, ...]:
    """The names of the engines."""
    return tuple(sorted(folder.name for folder in ENGINES.iterdir() if folder.is_dir()))


def plants(engine: str) -> tuple[Change, ...]:
    """What is planted in an engine, in the order of the lessons."""
    return tuple(
        Change(each["id"], lesson, tuple((old, new) for old, new in each["change"]))
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


def planted(engine: str, plant: Change, folder: Path) -> Path:
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
