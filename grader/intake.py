"""The bytes of what was handed in: files, folders, archives. Nothing here is trusted.

A file is opened without following a link and read only if it is a regular one of bounded size;
an archive is read in memory and never unpacked to disk.
"""

import bz2
import functools
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from grader.errors import SubmissionError

MOST_MEMBERS = 5_000
MOST_FOLDERS = 2_000
LARGEST_ARCHIVE_MIB = 64
LARGEST_UNPACKED_MIB = 256
ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
SKIPPED = frozenset({"venv", "env", "node_modules"})  # never a person's own work


@dataclass(frozen=True)
class Bounds:
    """How much of an archive is read. The default is one person's; a class has more."""

    archive_mib: int = LARGEST_ARCHIVE_MIB
    unpacked_mib: int = LARGEST_UNPACKED_MIB
    members: int = MOST_MEMBERS


ONE = Bounds()


class Unreadable(Exception):
    """Why a file can't be read, in words for its owner, to follow its name."""


class TooLarge(Unreadable):
    """More bytes than are read; `what` is the fact, `remedy` what to do about it."""

    remedy = "keep only your code in it"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; {self.remedy}")
        self.what = what


@dataclass(frozen=True)
class Folder:
    """The files of a submission by their relative paths, and how to read them.

    `read(relative, limit in bytes)` raises Unreadable.
    """

    path: Path
    files: tuple[PurePosixPath, ...]
    read: Callable[[PurePosixPath, int], bytes]


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes. Raises Unreadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(_why(path, error)) from None
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):  # fdopen would raise
        os.close(descriptor)
        raise Unreadable("is a folder, not a file; rename the folder")
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("is no regular file; put a file with your code here")
        try:
            # Its size is known, and memory is set aside for no more than that.
            content = file.read(min(limit, status.st_size) + 1)
            return _bounded(content, limit, status.st_size)
        except OSError as error:
            raise Unreadable(_cannot(error)) from None


def open_folder(path: Path) -> Folder:
    """What lies directly in a folder."""
    files = tuple(PurePosixPath(entry.name) for entry in sorted(path.iterdir()))
    return Folder(path, files, lambda name, limit: read_file(path / name, limit))


def open_tree(path: Path, folders: int = MOST_FOLDERS, members: int = MOST_MEMBERS) -> Folder:
    """The files anywhere below a folder; hidden folders and links to folders are left out.

    Raises SubmissionError where there are more folders or files than these.
    """
    found: list[PurePosixPath] = []
    for count, (top, names, files) in enumerate(os.walk(path)):
        if count > folders or len(found) > members:
            raise SubmissionError(f"{path}: too many files; give the folder of the work alone")
        names[:] = sorted(n for n in names if not n.startswith((".", "__")) and n not in SKIPPED)
        here = Path(top).relative_to(path)
        found += [PurePosixPath(here / name) for name in files]
    return Folder(path, tuple(sorted(found)), lambda name, limit: read_file(path / name, limit))


def is_archive(path: Path) -> bool:
    """By its name."""
    return path.name.lower().endswith(ARCHIVES)


def open_archive(path: Path, bounds: Bounds = ONE) -> Folder:
    """The regular files in a zip or tar archive. Raises SubmissionError.

    A single folder around everything is looked through.
    """
    try:
        files = unpacked(path.name, read_file(path, bounds.archive_mib << 20), bounds)
    except Unreadable as error:
        raise SubmissionError(f"{path} {error}") from None
    return folder_of(path, files)


def unpacked(
    name: str, raw: bytes, bounds: Bounds = ONE, outermost: bool = False
) -> dict[PurePosixPath, bytes]:
    """The regular files in the bytes of an archive, which its name tells the kind of. Raises
    Unreadable. A single folder around everything is looked through, unless the `outermost` is
    asked for as well."""
    members = _zip(raw, bounds) if name.lower().endswith(".zip") else _tar(raw, bounds)
    return members.files if outermost else _inside_single_folder(members.files)


def folder_of(path: Path, files: Mapping[PurePosixPath, bytes]) -> Folder:
    """Files that are in memory as a folder."""
    read = {name: _reader(content) for name, content in files.items()}
    return Folder(path, tuple(sorted(files)), lambda name, limit: read[name](limit))


@dataclass
class _Members:
    """What was taken out of an archive so far, in memory."""

    bounds: Bounds
    files: dict[PurePosixPath, bytes] = field(default_factory=dict)
    size: int = 0
    count: int = 0

    def add(self, name: str, read: Callable[[int], bytes]) -> None:
        """Take one regular file; `read` gives at most as many bytes as it is asked for."""
        relative = _relative(name)
        if relative in self.files:
            raise Unreadable(f"holds {_short(name)} twice; pack it again")
        if any(part.startswith((".", "__MACOSX")) for part in relative.parts):
            return
        left = (self.bounds.unpacked_mib << 20) - self.size
        content = read(left + 1)
        if len(content) > left:
            raise _too_much(self.bounds)
        self.size += len(content)
        self.files[relative] = content

    def tick(self) -> None:
        """Count a member of any kind."""
        self.count += 1
        most = self.bounds.members
        if self.count > most:
            raise Unreadable(f"holds more than {most} files; hand in your own work alone")


def _too_much(bounds: Bounds) -> Unreadable:
    return Unreadable(f"unpacks to more than {bounds.unpacked_mib} MiB; hand in less")


def _zip(raw: bytes, bounds: Bounds) -> _Members:
    members = _Members(bounds)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for info in archive.infolist():
                members.tick()
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise Unreadable(
                        f"holds a link or device, {_short(info.filename)}; leave it out"
                    )
                if info.flag_bits & 1:
                    raise Unreadable("is encrypted; pack it without a password")
                if not info.filename:
                    raise Unreadable("holds a file without a name; pack it again")
                if not info.is_dir():
                    members.add(info.filename, _zip_reader(archive, info))
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise Unreadable(f"is no zip archive that can be read ({_short(str(error))})") from None
    except (lzma.LZMAError, RuntimeError, _zlib_error()) as error:
        raise Unreadable(f"is damaged ({_short(str(error))}); pack it again") from None
    return members


def _zip_reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        with archive.open(info) as file:
            return _up_to(file, limit)

    return read


def _tar(raw: bytes, bounds: Bounds) -> _Members:
    members = _Members(bounds)
    try:
        plain = io.BytesIO(_decompressed(raw, bounds))
        with tarfile.open(fileobj=plain, mode="r:") as archive:
            for info in archive:
                members.tick()
                if info.isdir():
                    _relative(info.name)
                    continue
                file = archive.extractfile(info) if info.isreg() else None
                if file is None:
                    raise Unreadable(f"holds a link or device, {_short(info.name)}; leave it out")
                members.add(info.name, functools.partial(_up_to, file))
    except (
        tarfile.TarError,
        OSError,
        EOFError,
        lzma.LZMAError,
        ValueError,
        _zlib_error(),
    ) as error:
        raise Unreadable(f"is no tar archive that can be read ({_short(str(error))})") from None
    return members


def _decompressed(raw: bytes, bounds: Bounds) -> bytes:
    """The tar itself, whatever it was compressed with: a bomb stops at the limit."""
    limit = bounds.unpacked_mib << 20
    openers: Mapping[bytes, Callable[[io.BytesIO], Any]] = {
        b"\x1f\x8b": gzip.open,
        b"BZh": bz2.open,
        b"\xfd7zXZ": lzma.open,
    }
    for magic, opener in openers.items():
        if raw.startswith(magic):
            with opener(io.BytesIO(raw)) as file:
                content = _up_to(file, limit + 1)
            if len(content) > limit:
                raise _too_much(bounds)
            return content
    return raw


def _relative(name: str) -> PurePosixPath:
    """A member's path, if it stays inside."""
    path = PurePosixPath(name.replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name
    if outside or not path.parts:
        raise Unreadable(
            f"holds a file that would land outside of it, {_short(name)}; pack it again"
        )
    return path


def _inside_single_folder(
    files: Mapping[PurePosixPath, bytes],
) -> dict[PurePosixPath, bytes]:
    """`homework/mg3….py` becomes `mg3….py` where everything is in `homework`."""
    tops = {name.parts[0] for name in files}
    if len(tops) == 1 and all(len(name.parts) > 1 for name in files):
        inner = {PurePosixPath(*name.parts[1:]): content for name, content in files.items()}
        return _inside_single_folder(inner)
    return dict(files)


def _up_to(file: IO[bytes], limit: int) -> bytes:
    """At most so many bytes, by and by: asking for all at once would set the memory aside."""
    content = bytearray()
    while len(content) < limit and (chunk := file.read(min(limit - len(content), 1 << 20))):
        content += chunk
    return bytes(content)


def _reader(content: bytes) -> Callable[[int], bytes]:
    return lambda limit: _bounded(content[: limit + 1], limit, len(content))


def _bounded(content: bytes, limit: int, size: int) -> bytes:
    if len(content) > limit:
        shown = f"{size / 2**20:.0f} MiB" if size >= 2**20 else f"{size // 1024} KiB"
        allowed = f"{limit >> 20} MiB" if limit >= 2**20 else f"{limit >> 10} KiB"
        raise TooLarge(f"is too large: {shown}, where {allowed} are allowed")
    return content


def _why(path: Path, error: OSError) -> str:
    if path.is_symlink() and not path.exists():
        return "is a link to a file that is not there; put the file itself here"
    if path.is_symlink():
        return "is a link; put the file itself here"
    return _cannot(error)


def _cannot(error: OSError) -> str:
    return f"can't be read ({error.strerror or error}); mend its permissions"


def _short(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return repr(printable if len(printable) <= 60 else f"{printable[:57]}...")


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error
