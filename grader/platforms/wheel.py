"""A wheel of this very installation, whether it is itself one or a clone: its files as they are.

The exercises are left out: nothing hands them out where a package runs.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from grader.archive import zipped
from grader.attempts import solutions_folder
from grader.course import HERE
from grader.errors import InfrastructureError

NAME = "mggrade"
_ABOUT = ("METADATA", "entry_points.txt")
_WHEEL = "Wheel-Version: 1.0\nGenerator: mggrade\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel() -> tuple[str, bytes]:
    """Its file name and its content. Raises InfrastructureError where mggrade is not installed."""
    about = installed()
    folder = f"{NAME}-{about.version}.dist-info"
    files = dict(_files())
    for name in _ABOUT:
        files[f"{folder}/{name}"] = (about.read_text(name) or "").encode()
    files[f"{folder}/WHEEL"] = _WHEEL.encode()
    files[f"{folder}/RECORD"] = _record(files, f"{folder}/RECORD").encode()
    return f"{NAME}-{about.version}-py3-none-any.whl", zipped(files.items())


def installed() -> metadata.Distribution:
    """What the installer wrote down of mggrade. Raises InfrastructureError."""
    try:
        return metadata.distribution(NAME)
    except metadata.PackageNotFoundError:
        raise InfrastructureError(
            "mggrade runs here without having been installed, and can't be packaged; install it "
            "(in a clone: pip install -c constraints.txt -e .)"
        ) from None


def _files() -> Iterator[tuple[str, bytes]]:
    solutions = solutions_folder()
    for path in _under(HERE):
        name = path.relative_to(HERE)
        if name.parts[0] != "data":
            yield f"{HERE.name}/{name.as_posix()}", path.read_bytes()
    for path in _under(solutions):
        name = path.relative_to(solutions)
        yield f"{HERE.name}/data/solutions/{name.as_posix()}", path.read_bytes()


def _under(folder: Path) -> list[Path]:
    paths = (each for each in folder.rglob("*") if "__pycache__" not in each.parts)
    return sorted(each for each in paths if each.is_file())


def _record(files: Mapping[str, bytes], own: str) -> str:
    """The list of files with their digests that an installer checks them by."""
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
        lines.append(f"{name},sha256={digest.decode()},{len(content)}\n")
    return "".join([*lines, f"{own},,\n"])
