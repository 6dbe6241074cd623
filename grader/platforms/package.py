"""A package: all that a platform's container needs to grade, in one zip archive."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.archive import zipped
from grader.course import Concept, Course
from grader.errors import InfrastructureError, UsageError
from grader.platforms import locked
from grader.platforms.answers import baked
from grader.platforms.settings import FILE, Settings
from grader.platforms.wheel import wheel
from grader.version import torch_version

TEMPLATES = Path(__file__).parent / "templates"
HOMES = {"gradescope": "/autograder/source", "prairielearn": "/mggrade", "exercism": "/mggrade"}
PROGRAMS = ("setup.sh", "run_autograder", "run.sh", "bin/run.sh")
OWN_INDEX = "default"

# What their containers are like, and when they end a grader that is still at work.
_SECONDS = {"gradescope": 540.0, "prairielearn": 270.0, "exercism": 18.0}
_SLOWNESS = {"gradescope": 2.0, "prairielearn": 2.0, "exercism": 1.0}
_MEMORY_MIB = 320


@dataclass(frozen=True)
class Package:
    """The archive, and what it was made for."""

    content: bytes
    settings: Settings
    points: int
    bonus: int


def pack(
    course: Course,
    platform: str,
    lessons: Sequence[str] = (),
    seed: int | None = None,
    torch: str | None = None,
    isolation: str = "auto",
) -> Package:
    """Make a package for a platform.

    lessons: grade these only; all by default. seed: a secret one; the course's own by default.
    torch: where the container finds PyTorch, the address of a package index or OWN_INDEX for pip's
        own; None leaves it out, and with it the concepts that need it in the student's process.

    Raises UsageError where nothing is left to grade, InfrastructureError where the grader can't
    grade the solutions here or is not installed.
    """
    asked = {course.lesson(each).id for each in lessons}
    wanted = [each for each in course.concepts if not asked or each.lesson in asked]
    graded = [each for each in wanted if torch or not _needs_torch(each)]
    if not graded:
        raise UsageError(f"nothing of {', '.join(sorted(asked))} can be graded without PyTorch")
    settings = Settings(
        platform=platform,
        concepts=tuple(each.id for each in graded),
        left_out=tuple(each.id for each in wanted if each not in graded),
        seed=course.seed if seed is None else seed,
        secret=seed is not None,
        isolation=isolation,
        torch=_torch_version(),
        seconds=_SECONDS[platform],
        slowness=_SLOWNESS[platform],
        memory_mib=_MEMORY_MIB,
    )
    name, content = wheel()
    files = {
        **_from_templates(platform, torch),
        "requirements.txt": _lines(locked.requirements(bool(torch))),
        "constraints.txt": _lines(locked.constraints(bool(torch))),
        name: content,
        FILE: settings.to_json().encode(),
        **baked(course, settings.concepts, settings.seed, settings.torch),
    }
    extra = sum(each.points for each in graded if course.lesson(each.lesson).bonus)
    points = sum(each.points for each in graded) - extra
    return Package(zipped(files.items(), PROGRAMS), settings, points, extra)


def _needs_torch(concept: Concept) -> bool:
    return concept.worker == "torch"


def _torch_version() -> str:
    found = torch_version()
    if found is None:
        raise InfrastructureError(
            "PyTorch is not installed here, and its answers go into the package; install it "
            "(pip install torch) and run again"
        )
    return found


def _from_templates(platform: str, torch: str | None) -> dict[str, bytes]:
    """What every package holds, and what is the platform's own."""
    words = {"@HOME@": HOMES[platform], "@TORCH@": shlex.quote(torch or "")}
    files = {}
    for folder in (TEMPLATES / "common", TEMPLATES / platform):
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            text = path.read_text(encoding="utf-8")
            for mark, word in words.items():
                text = text.replace(mark, word)
            files[path.relative_to(folder).as_posix()] = text.encode()
    return files


def _lines(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
