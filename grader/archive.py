"""Files as a zip archive: the same files are the same bytes, whenever it is made."""

import io
import zipfile
from collections.abc import Collection, Iterable

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive knows


def zipped(files: Iterable[tuple[str, bytes]], programs: Collection[str] = ()) -> bytes:
    """The archive of (name, content); `programs` are the names of those that can be executed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whose permissions follow
            entry.external_attr = (0o100755 if name in programs else 0o100644) << 16
            archive.writestr(entry, content, compresslevel=9)
    return buffer.getvalue()
