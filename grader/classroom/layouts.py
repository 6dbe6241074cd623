"""What instructors have, taken apart: whose each file of a download is, and which attempt.

Recognised by names alone: Canvas, Moodle and Gradescope bulk downloads, folders or files by
student, clones of repositories, and archives of any of these.
"""

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.classroom.gradescope import METADATA, read_metadata
from grader.course import Course
from grader.errors import SubmissionError
from grader.intake import (
    Bounds,
    Folder,
    Unreadable,
    folder_of,
    is_archive,
    open_tree,
    read_file,
    unpacked,
)

CLASS = Bounds(archive_mib=1024, unpacked_mib=1024, members=200_000)
MOST_FOLDERS = 100_000


@dataclass(frozen=True)
class Owner:
    """All that a download tells of whose a file is. `label` is the name of the folder or file;
    `login` a part of it that may be one. `late` is the platform's own mark; `submitted` its time,
    in ISO form."""

    label: str
    name: str = ""
    id: str = ""
    email: str = ""
    login: str = ""
    participant: str = ""  # Moodle's number in its file names
    late: bool = False
    submitted: str = ""


@dataclass(frozen=True)
class Piece:
    """One file. A greater `attempt` is a newer one; `read(limit)` raises Unreadable."""

    owner: Owner
    path: PurePosixPath
    attempt: tuple[int, int]  # which SOURCE, then the platform's own count
    read: Callable[[int], bytes]


def open_source(path: Path) -> Folder:
    """A folder, an archive, or one file, with everything in it. Raises SubmissionError."""
    if not path.exists():
        raise SubmissionError(f"no such file or folder: {path}")
    if path.is_dir():
        return open_tree(path, MOST_FOLDERS, CLASS.members)
    if not is_archive(path):
        name = PurePosixPath(path.name)
        return Folder(path.parent, (name,), lambda _, limit: read_file(path, limit))
    try:
        raw = read_file(path, CLASS.archive_mib << 20)
        files = unpacked(path.name, raw, CLASS, outermost=True)
    except Unreadable as error:
        raise SubmissionError(f"{path} {error}") from None
    return folder_of(path, files)


def pieces(source: Folder, course: Course, order: int = 0) -> Iterator[Piece]:
    """The files of a source that may be somebody's work; `order` says how late it was named.

    Raises SubmissionError where a platform's own file can't be read.
    """
    files = [each for each in source.files if _is_work(each)]
    base = _wrapper(files if files else source.files, course)
    inner = [(each, each.relative_to(base)) for each in files]
    owners = _owners(source, base, [short for _, short in inner], course)
    for full, short in inner:
        for owner, path, count in owners(short):
            yield Piece(owner, path, (order, count), functools.partial(source.read, full))


Owners = Callable[[PurePosixPath], Sequence[tuple[Owner, PurePosixPath, int]]]

# Late, user and file are Canvas's own; the rest is the name that the student gave the file.
_CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<rest>.+)", re.IGNORECASE
)
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<participant>\d+)_assignsubmission_file_?(?P<rest>.*)")
_WORK = (".py", ".ipynb")
# Beside a learner's work in a clone of the course.
_NOT_THEIRS = frozenset({"solutions", "grader", "tests", "benchmarks", "site-packages"})


def _is_work(path: PurePosixPath) -> bool:
    if any(part.startswith((".", "__")) for part in path.parts):
        return False
    return path.suffix in _WORK or is_archive(Path(path.name))


def _wrapper(files: Sequence[PurePosixPath], course: Course) -> PurePosixPath:
    """The folder around everything, where it is no student's: several things lie in it, and none
    of them is a lesson."""
    base = PurePosixPath()
    while True:
        inner = [each.relative_to(base) for each in files]
        tops = {each.parts[0] for each in inner}
        if len(tops) != 1 or any(len(each.parts) == 1 for each in inner):
            return base
        (top,) = tops
        below = {each.parts[1] for each in inner}
        if len(below) < 2 or _MOODLE.fullmatch(top) or _is_one_persons(below, course):
            return base
        base /= top


def _is_one_persons(names: set[str], course: Course) -> bool:
    stems = {lesson.file for lesson in course.lessons}
    return "exercises" in names or any(PurePosixPath(name).stem in stems for name in names)


def _owners(
    source: Folder, base: PurePosixPath, files: Sequence[PurePosixPath], course: Course
) -> Owners:
    """Who owns a path, by the layout that the names speak for."""
    if base / METADATA in source.files:
        return _gradescope(read_metadata(source, base / METADATA))
    tops = Counter(each.parts[0] for each in files)
    if any(_MOODLE.fullmatch(top) for top in tops):
        return _moodle
    if files and all(len(each.parts) == 1 and _CANVAS.fullmatch(each.name) for each in files):
        return _canvas
    if _is_one_persons({*tops}, course):
        label = source.path.name if len(source.files) > 1 or is_archive(source.path) else ""
        return lambda path: [(_labelled(_stem(label or path.name), course), path, 0)]
    return lambda path: _plain(path, course)


def _gradescope(submitters: dict[str, Sequence[Owner]]) -> Owners:
    """`submission_123/mg1_derivatives.py`: all who submitted it together own it."""

    def owners(path: PurePosixPath) -> list[tuple[Owner, PurePosixPath, int]]:
        inside = PurePosixPath(*path.parts[1:])
        if not inside.parts:
            return []
        found = submitters.get(path.parts[0]) or [Owner(path.parts[0])]
        return [(owner, inside, _digits(path.parts[0])) for owner in found]

    return owners


def _moodle(path: PurePosixPath) -> list[tuple[Owner, PurePosixPath, int]]:
    """`Ada Lovelace_1234_assignsubmission_file/mg1_derivatives.py`, or flat."""
    match = _MOODLE.fullmatch(path.parts[0])
    if match is None:  # online text, feedback
        return []
    inside = PurePosixPath(match["rest"], *path.parts[1:])
    owner = Owner(
        _stem(path.parts[0]) if len(path.parts) == 1 else path.parts[0],
        name=match["name"],
        participant=match["participant"],
    )
    return [(owner, inside, 0)]


def _canvas(path: PurePosixPath) -> list[tuple[Owner, PurePosixPath, int]]:
    """`lovelaceada_LATE_1234_5678_mg1_derivatives-2.py`: a file sent later has a greater number."""
    match = _CANVAS.fullmatch(path.name)
    if match is None:
        return []
    owner = Owner(
        f"{match['name']}_{match['user']}",
        name=match["name"],
        id=match["user"],
        late=match["late"] is not None,
    )
    return [(owner, PurePosixPath(match["rest"]), int(match["file"][:18]))]


def _plain(path: PurePosixPath, course: Course) -> list[tuple[Owner, PurePosixPath, int]]:
    """A folder or a file by student; a clone is such a folder."""
    if len(path.parts) == 1:
        return [(_labelled(_stem(path.name), course), path, 0)]
    inside = PurePosixPath(*path.parts[1:])
    if _NOT_THEIRS.intersection(inside.parts[:-1]):
        return []
    return [(_labelled(path.parts[0], course), inside, _attempt(inside))]


def _labelled(label: str, course: Course) -> Owner:
    """`alice_mg3_backpropagation` is alice's third lesson."""
    for lesson in course.lessons:
        named = rf"[ _.-]*{lesson.file}(?![a-z])(-\d+| ?\(\d+\))?[ _.-]*"
        label = re.sub(named, "", label) or label
    return Owner(label, login=label)


def _attempt(path: PurePosixPath) -> int:
    """Of `attempt_2/mg1_derivatives.py`, 2."""
    for part in path.parts[:-1]:
        match = re.fullmatch(r"(?:attempt|versuch|try|v)[ _-]?(\d{1,6})", part, re.IGNORECASE)
        if match:
            return int(match[1])
    return 0


def _digits(text: str) -> int:
    found = re.search(r"\d{1,18}", text)
    return int(found[0]) if found else 0


def _stem(name: str) -> str:
    for suffix in (".tar.gz", ".tar.bz2", ".tar.xz"):
        name = name.removesuffix(suffix)
    return PurePosixPath(name).stem if is_archive(Path(name)) or name.endswith(_WORK) else name
