"""From the pieces of a download to one hand-in a student: which of several files counts.

The rules, in this order:

1. What the layout says is the same student's belongs together; an archive stands for its files.
2. Of several files for one lesson, the newest attempt counts (a SOURCE that is named later is
   newer, then the platform's own count), then the one with the fewest gaps left, then a `.py`
   before a notebook, then the shortest path. The choice is noted.
3. A file whose name contains a lesson's file name is that lesson: `mg1_derivatives (2).py`.
4. Where there is no lesson at all, the newest attempt's files are a micrograd of one's own.
"""

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.classroom.layouts import Owner, Piece
from grader.course import Course
from grader.intake import ONE, Folder, Unreadable, folder_of, is_archive, unpacked
from grader.submission import MOST_FILES, NOTEBOOK_MIB

DEPTH = 2  # archives in archives


@dataclass(frozen=True)
class Work:
    """What one student handed in, as bytes: this is what travels to a grader, never a path.

    `problems` says of each file that can't be read why.
    """

    name: str
    files: tuple[tuple[str, bytes], ...]
    problems: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same for the same files, whoever handed them in."""
        digest = hashlib.sha256()
        for name, content in self.files:
            digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "backslashreplace") + content)
        for pair in self.problems:
            digest.update("\0".join(pair).encode("utf-8", "backslashreplace"))
        return digest.hexdigest()

    def folder(self) -> Folder:
        """The files as a folder to be read."""
        files = {PurePosixPath(name): content for name, content in self.files}
        inner = folder_of(Path(self.name), files)
        problems = {PurePosixPath(name): why for name, why in self.problems}

        def read(path: PurePosixPath, limit: int) -> bytes:
            if path in problems:
                raise Unreadable(problems[path])
            return inner.read(path, limit)

        return Folder(inner.path, tuple(sorted({*files, *problems})), read)


def by_owner(found: Iterable[Piece]) -> dict[Owner, list[Piece]]:
    """The pieces of each owner; what is marked late once is late."""
    owners: dict[tuple[str, ...], list[Piece]] = {}
    for piece in found:
        one = piece.owner
        owners.setdefault((one.label, one.name, one.id, one.email), []).append(piece)
    grouped = {}
    for mine in owners.values():
        times = [each.owner.submitted for each in mine if each.owner.submitted]
        late = any(each.owner.late for each in mine)
        grouped[replace(mine[0].owner, late=late, submitted=max(times, default=""))] = mine
    return grouped


def gather(name: str, mine: Sequence[Piece], course: Course) -> Work:
    """Read what counts of a student's pieces, by the rules above."""
    notes: list[str] = []
    loose = [piece for each in mine for piece in _opened(each, notes)]
    lessons = _lessons(loose, course)
    if lessons:
        chosen = {file: _chosen(file, each, notes) for file, each in lessons.items()}
    else:
        newest = max((each.attempt for each in loose), default=(0, 0))
        latest = [each for each in loose if each.attempt == newest][: MOST_FILES + 1]
        chosen = {str(path): each for path, each in _without_folder(latest).items()}
    files, problems = {}, {}
    for file, piece in chosen.items():
        try:
            files[file] = piece.read(_limit(piece.path, course))
        except Unreadable as error:
            problems[file] = str(error)
    return Work(name, tuple(sorted(files.items())), tuple(sorted(problems.items())), tuple(notes))


def _opened(piece: Piece, notes: list[str], depth: int = DEPTH) -> list[Piece]:
    """The pieces of an archive, or the piece itself."""
    if not is_archive(Path(piece.path.name)):
        return [piece]
    if depth == 0:
        notes.append(f"{piece.path.name}: an archive in an archive in an archive was left closed")
        return []
    try:
        files = unpacked(piece.path.name, piece.read(ONE.archive_mib << 20))
    except Unreadable as error:
        notes.append(f"{piece.path.name} {error}")
        return []
    inner = folder_of(Path(piece.path.name), files)
    members = [
        replace(piece, path=path, read=functools.partial(inner.read, path))
        for path in inner.files
        if path.suffix in (".py", ".ipynb") or is_archive(Path(path.name))
    ]
    return [one for member in members for one in _opened(member, notes, depth - 1)]


def _lessons(loose: Sequence[Piece], course: Course) -> dict[str, list[Piece]]:
    """The candidates for each lesson, by the stem of its file."""
    found: dict[str, list[Piece]] = {}
    for lesson in course.lessons:
        named = re.compile(rf"(?<![a-z0-9]){re.escape(lesson.file)}(?![a-z])", re.IGNORECASE)
        candidates = [each for each in loose if named.search(each.path.stem)]
        if candidates:
            found[lesson.file] = candidates
    return {
        f"{stem}{suffix}": each
        for stem, several in found.items()
        for suffix, each in [_one_suffix(several)]
    }


def _one_suffix(several: list[Piece]) -> tuple[str, list[Piece]]:
    """The best candidate first, and its suffix."""
    if len(several) > 1:
        several = sorted(several, key=_rank)
    return several[0].path.suffix, several


def _rank(piece: Piece) -> tuple[object, ...]:
    try:
        gaps = piece.read(NOTEBOOK_MIB << 20).count(b"NotImplementedError(")
    except Unreadable:
        gaps = 1000
    source, count = piece.attempt
    path = piece.path
    return (-source, -count, gaps, path.suffix != ".py", len(path.parts), len(path.name), str(path))


def _chosen(file: str, several: Sequence[Piece], notes: list[str]) -> Piece:
    first, *others = several
    if others:
        left = ", ".join(str(each.path) for each in others[:3])
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        notes.append(f"{file}: {first.path} was graded, not {left}{more}")
    return first


def _without_folder(pieces: Sequence[Piece]) -> Mapping[PurePosixPath, Piece]:
    """A single folder around everything is looked through."""
    paths = {each.path: each for each in pieces}
    while paths and all(len(path.parts) > 1 for path in paths):
        if len({path.parts[0] for path in paths}) > 1:
            break
        paths = {PurePosixPath(*path.parts[1:]): each for path, each in paths.items()}
    return paths


def _limit(path: PurePosixPath, course: Course) -> int:
    return NOTEBOOK_MIB << 20 if path.suffix == ".ipynb" else course.limits.file_kib << 10
