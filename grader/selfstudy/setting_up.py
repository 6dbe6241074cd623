"""A workspace for a learner: what belongs into it, and what of that is missing."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.ci import WORKFLOWS
from grader.course import Course
from grader.errors import UsageError
from grader.files import write_whole
from grader.selfstudy import material
from grader.selfstudy.requirement import requirement

TEMPLATES = Path(__file__).parent / "templates"
EXERCISES = "exercises"
CI_FILES = {"github": ".github/workflows/mggrade.yml", "gitlab": ".gitlab-ci.yml"}
_FORMS = {False: ".py", True: ".ipynb"}
# Folders that are nobody's work: what a new folder may hold, and still count as empty.
_TOOLS = frozenset({"venv", "env", "__pycache__"})


class Found(StrEnum):
    """How a file of the workspace was found."""

    MISSING = "missing"
    SAME = "same"  # as mggrade wrote it
    OTHER = "other"  # somebody's work: never touched


@dataclass(frozen=True)
class Item:
    """A file that belongs into the workspace, relative to it. `lesson` is its id, if it is one."""

    path: Path
    content: bytes
    found: Found
    lesson: str = ""


def plan(course: Course, folder: Path, notebooks: bool, ci: str | None) -> tuple[Item, ...]:
    """Every file of a workspace, and how it was found; nothing is written.

    ci: a key of CI_FILES. Raises UsageError where the folder can't be made a workspace.
    """
    _ensure_place(course, folder, notebooks)
    return tuple(_items(course, folder, notebooks, ci))


def carry_out(folder: Path, items: Sequence[Item]) -> None:
    """Write what is missing, each file whole or not at all. Raises UsageError."""
    for item in items:
        path = folder / item.path
        try:
            if item.found is Found.MISSING:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, item.content)
        except OSError as error:
            raise UsageError(
                f"can't write {path}: {error.strerror or error}; make the folder writable, or "
                "name another one"
            ) from None


def is_workspace(course: Course, folder: Path, inside: str = EXERCISES) -> bool:
    """Whether there are lessons in its exercises/, or in what is named instead."""
    return any(
        (folder / inside / f"{lesson.file}{form}").exists()
        for lesson in course.lessons
        for form in _FORMS.values()
    )


def things_in(folder: Path) -> list[str]:
    """What lies in a folder, apart from hidden files and what tools make."""
    names = (each.name for each in folder.iterdir())
    return sorted(name for name in names if not name.startswith(".") and name not in _TOOLS)


def _ensure_place(course: Course, folder: Path, notebooks: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the course")
    loose = [
        lesson.file + form
        for lesson in course.lessons
        for form in _FORMS.values()
        if (folder / (lesson.file + form)).exists()
    ]
    if loose:
        raise UsageError(
            f"{_named(folder)} holds {loose[0]} already, and exercises/ beside it would hide it; "
            "go on with it there, or name another folder"
        )
    if (folder / EXERCISES).exists() and not (folder / EXERCISES).is_dir():
        raise UsageError(f"{folder / EXERCISES} is a file; rename it, or name another folder")
    others = [
        lesson.file
        for lesson in course.lessons
        if (folder / EXERCISES / (lesson.file + _FORMS[not notebooks])).exists()
    ]
    if others and notebooks:
        raise UsageError(
            f"{folder / EXERCISES} holds {others[0]}.py already, and a lesson can't be there "
            "twice; for notebooks, name another folder: mggrade init --notebooks DIR"
        )


def _named(folder: Path) -> str:
    return "this folder" if folder == Path() else str(folder)


def _items(course: Course, folder: Path, notebooks: bool, ci: str | None) -> Iterator[Item]:
    for lesson in course.lessons:
        other = Path(EXERCISES, lesson.file + _FORMS[not notebooks])
        if (folder / other).exists():  # as a notebook, where scripts are asked for
            yield Item(other, b"", Found.OTHER, lesson.id)
            continue
        content = material.notebook(lesson) if notebooks else material.script(lesson).encode()
        path = Path(EXERCISES, lesson.file + _FORMS[notebooks])
        yield Item(path, content, _found(folder / path, content), lesson.id)
    yield _from_template(folder, Path("README.md"), TEMPLATES / "README.md", notebooks)
    yield _from_template(folder, Path(".gitignore"), TEMPLATES / "gitignore", notebooks)
    if ci:
        yield _from_template(folder, Path(CI_FILES[ci]), WORKFLOWS / f"{ci}.yml", notebooks)


def _from_template(folder: Path, path: Path, template: Path, notebooks: bool) -> Item:
    text = template.read_text(encoding="utf-8")
    words = {
        "@FORM@": "notebooks" if notebooks else "Python files",
        "@LIVE@": _LIVE if notebooks else "",
        "mggrade==@VERSION@": requirement(),
    }
    for mark, word in words.items():
        text = text.replace(mark, word)
    content = text.encode()
    return Item(path, content, _found(folder / path, content))


_LIVE = """\
(Or run the cell `%mggrade mg1.slope` below the gap: it checks what you have just run. For that,
mggrade has to be installed in the environment of the notebook's kernel.)

"""


def _found(path: Path, content: bytes) -> Found:
    try:
        return Found.SAME if path.read_bytes() == content else Found.OTHER
    except OSError:  # not there, or there and not to be read
        return Found.OTHER if os.path.lexists(path) else Found.MISSING
