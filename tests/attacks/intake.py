"""What a person may hand in that can't be kept in a repository: links, pipes, archives, bombs."""

import gzip
import io
import json
import os
import socket
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

ENGINE = """class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)
"""
WRONG = ENGINE.replace("self.data + other.data", "self.data - other.data")
Build = Callable[[Path], Path]


def link_to_file(folder: Path) -> Path:
    """A link to a secret."""
    (folder / "secret.py").write_text(ENGINE)
    handed_in = folder / "handed_in"
    handed_in.mkdir()
    (handed_in / "engine.py").symlink_to(folder / "secret.py")
    return handed_in


def link_to_itself(folder: Path) -> Path:
    (folder / "engine.py").symlink_to(folder / "engine.py")
    return folder


def link_to_folder(folder: Path) -> Path:
    (folder / "all").symlink_to("/", target_is_directory=True)
    return folder


def link_to_device(folder: Path) -> Path:
    (folder / "engine.py").symlink_to("/dev/zero")
    return folder / "engine.py"


def device(folder: Path) -> Path:
    return Path("/dev/zero")


def pipe(folder: Path) -> Path:
    """A FIFO: whoever opens it for reading waits for ever."""
    os.mkfifo(folder / "mg2_chain_rule.py")
    return folder / "mg2_chain_rule.py"


def pipe_in_folder(folder: Path) -> Path:
    os.mkfifo(folder / "engine.py")
    return folder


def unix_socket(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "engine.py"))
    return folder / "engine.py"


def sparse_giant(folder: Path) -> Path:
    with (folder / "engine.py").open("wb") as file:
        file.truncate(1 << 40)
    return folder / "engine.py"


def sparse_notebook(folder: Path) -> Path:
    with (folder / "engine.ipynb").open("wb") as file:
        file.truncate(1 << 40)
    return folder / "engine.ipynb"


def thousands_of_files(folder: Path) -> Path:
    for number in range(6_000):
        (folder / f"part{number}.py").touch()
    return folder


def name_with_commands(folder: Path) -> Path:
    """A file name that would command a terminal."""
    path = folder / "\x1b[2J\x1b]0;passed\x07[bold]\u202e.py"
    path.write_text("class Nothing: pass\n\x80", encoding="latin-1")
    return path


def latin_1(folder: Path) -> Path:
    (folder / "engine.py").write_text(f"# é\n{ENGINE}", encoding="latin-1")
    return folder / "engine.py"


def utf_16(folder: Path) -> Path:
    (folder / "engine.py").write_text(ENGINE, encoding="utf-16")
    return folder / "engine.py"


def lone_surrogates(folder: Path) -> Path:
    (folder / "engine.py").write_bytes(b"# \xed\xa0\x80\n" + ENGINE.encode())
    return folder / "engine.py"


def byte_order_mark(folder: Path) -> Path:
    (folder / "engine.py").write_text(ENGINE, encoding="utf-8-sig")
    return folder / "engine.py"


def nul_bytes(folder: Path) -> Path:
    (folder / "engine.py").write_text(f"{ENGINE}\0")
    return folder / "engine.py"


def nested_brackets(folder: Path) -> Path:
    (folder / "engine.py").write_text(f"{ENGINE}\nx = {'(' * 50_000}{')' * 50_000}\n")
    return folder / "engine.py"


def nested_operators(folder: Path) -> Path:
    (folder / "engine.py").write_text(f"{ENGINE}\nx = {'-' * 200_000}1\n")
    return folder / "engine.py"


def nested_blocks(folder: Path) -> Path:
    lines = [f"{' ' * depth}if True:" for depth in range(99)]
    (folder / "engine.py").write_text("\n".join([*lines, " " * 99 + "pass"]) + "\n" + ENGINE)
    return folder / "engine.py"


def one_long_line(folder: Path) -> Path:
    (folder / "engine.py").write_text(f"x = [{'0, ' * 30_000}]\n{ENGINE}")
    return folder / "engine.py"


def _notebook(folder: Path, *cells: str, name: str = "engine.ipynb", **more: object) -> Path:
    content = {
        "cells": [
            {"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
        **more,
    }
    (folder / name).write_text(json.dumps(content))
    return folder / name


def notebook_shell(folder: Path) -> Path:
    shell = f"!touch {folder}/shell\nfound = !touch {folder}/shell\n"
    return _notebook(folder, shell, f"%%bash\ntouch {folder}/shell", ENGINE)


def notebook_load(folder: Path) -> Path:
    (folder / "answers.txt").write_text(ENGINE)
    return _notebook(folder, WRONG, f"%load {folder}/answers.txt", f"%run {folder}/answers.txt")


def notebook_writes(folder: Path) -> Path:
    return _notebook(folder, f"%%writefile {folder}/written.py\n{ENGINE}", WRONG)


def forged_outputs(folder: Path) -> Path:
    """Outputs, metadata and scores that say that all is well."""
    path = _notebook(folder, WRONG, metadata={"nbgrader": {"score": 100}, "score": 100})
    content = json.loads(path.read_text())
    content["cells"][0] |= {
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "100/100 passed"}],
        "metadata": {"nbgrader": {"grade": True, "points": 100, "locked": True}},
        "execution_count": 1,
    }
    path.write_text(json.dumps(content))
    return path


def notebook_that_is_none(folder: Path) -> Path:
    (folder / "engine.ipynb").write_text(ENGINE)
    return folder / "engine.ipynb"


def notebook_of_nested_lists(folder: Path) -> Path:
    (folder / "engine.ipynb").write_text("[" * 100_000 + "]" * 100_000)
    return folder / "engine.ipynb"


def notebook_of_odd_cells(folder: Path) -> Path:
    odd: list[object] = [None, 3, [], {"cell_type": "code"}, {"cell_type": ["code"], "source": 1}]
    (folder / "engine.ipynb").write_text(json.dumps({"cells": odd, "nbformat": 4}))
    return folder / "engine.ipynb"


def notebook_of_old_format(folder: Path) -> Path:
    old = {"worksheets": [{"cells": []}], "nbformat": 3}
    (folder / "engine.ipynb").write_text(json.dumps(old))
    return folder / "engine.ipynb"


def _zip(folder: Path, members: Mapping[str, str | bytes], packing: int = 0) -> Path:
    with zipfile.ZipFile(folder / "work.zip", "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return folder / "work.zip"


def honest_zip(folder: Path) -> Path:
    return _zip(folder, {"engine.py": ENGINE})


def zip_slip(folder: Path) -> Path:
    return _zip(folder, {"engine.py": ENGINE, "../slipped.py": ENGINE})


def zip_slip_backwards(folder: Path) -> Path:
    return _zip(folder, {"engine.py": ENGINE, "..\\slipped.py": ENGINE})


def zip_absolute(folder: Path) -> Path:
    return _zip(folder, {"engine.py": ENGINE, f"{folder}/slipped.py": ENGINE})


def zip_drive_letter(folder: Path) -> Path:
    return _zip(folder, {"engine.py": ENGINE, "C:\\slipped.py": ENGINE})


def zip_bomb(folder: Path) -> Path:
    """400 megabytes in 400 kilobytes."""
    zeros = bytes(100 << 20)
    return _zip(folder, {f"engine{n}.py": zeros for n in range(4)}, zipfile.ZIP_DEFLATED)


def zip_of_thousands(folder: Path) -> Path:
    return _zip(folder, {f"part{number}.py": "" for number in range(6_000)})


def zip_of_zips(folder: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("engine.py", ENGINE)
    return _zip(folder, {"inner.zip": inner.getvalue()})


def zip_link(folder: Path) -> Path:
    info = zipfile.ZipInfo("engine.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return folder / "work.zip"


def zip_duplicate(folder: Path) -> Path:
    """Two files of one name: who checks one may grade the other."""
    path = _zip(folder, {"engine.py": WRONG, "engine.pY": ENGINE})
    path.write_bytes(path.read_bytes().replace(b"engine.pY", b"engine.py"))
    return path


def zip_that_lies_of_size(folder: Path) -> Path:
    path = _zip(folder, {"engine.py": bytes(1 << 20)}, zipfile.ZIP_DEFLATED)
    raw = path.read_bytes()
    path.write_bytes(raw.replace((1 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    return path


def zip_cut_short(folder: Path) -> Path:
    path = honest_zip(folder)
    path.write_bytes(path.read_bytes()[:-30])
    return path


def zip_that_is_none(folder: Path) -> Path:
    (folder / "work.zip").write_text(ENGINE)
    return folder / "work.zip"


def _tar(folder: Path, *members: tuple[tarfile.TarInfo, bytes], name: str = "work.tar") -> Path:
    with tarfile.open(folder / name, "w") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return folder / name


def tar_slip(folder: Path) -> Path:
    return _tar(folder, (tarfile.TarInfo("../slipped.py"), ENGINE.encode()))


def tar_absolute(folder: Path) -> Path:
    return _tar(folder, (tarfile.TarInfo(f"{folder}/slipped.py"), ENGINE.encode()))


def tar_link(folder: Path) -> Path:
    link = tarfile.TarInfo("engine.py")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return _tar(folder, (link, b""))


def tar_hard_link(folder: Path) -> Path:
    link = tarfile.TarInfo("engine.py")
    link.type, link.linkname = tarfile.LNKTYPE, "/etc/passwd"
    return _tar(folder, (link, b""))


def tar_device(folder: Path) -> Path:
    info = tarfile.TarInfo("engine.py")
    info.type, info.devmajor, info.devminor = tarfile.CHRTYPE, 1, 5
    return _tar(folder, (info, b""))


def tar_pipe(folder: Path) -> Path:
    info = tarfile.TarInfo("engine.py")
    info.type = tarfile.FIFOTYPE
    return _tar(folder, (info, b""))


def tar_bomb(folder: Path) -> Path:
    """Half a gigabyte of nothing."""
    info = tarfile.TarInfo("engine.py")
    info.size = 512 << 20
    with gzip.open(folder / "work.tar.gz", "wb", compresslevel=1) as file:
        file.write(info.tobuf())
        for _ in range(512):
            file.write(bytes(1 << 20))
    return folder / "work.tar.gz"


# What is refused as a whole: how to build it, and a word of the one line that is said.
REFUSED: tuple[tuple[Build, str], ...] = (
    (link_to_file, "link"),
    (link_to_itself, ""),
    (link_to_folder, "nothing to grade"),
    (link_to_device, ""),
    (device, ""),
    (pipe, "regular file"),
    (pipe_in_folder, "regular file"),
    (unix_socket, ""),
    (sparse_giant, "too large"),
    (sparse_notebook, "too large"),
    (thousands_of_files, "more than"),
    (name_with_commands, "UTF-8"),
    (latin_1, "UTF-8"),
    (utf_16, "UTF-8"),
    (lone_surrogates, "UTF-8"),
    (nul_bytes, "NUL"),
    (notebook_that_is_none, "notebook"),
    (notebook_of_nested_lists, "notebook"),
    (notebook_of_odd_cells, ""),
    (notebook_of_old_format, "notebook"),
    (zip_slip, "outside"),
    (zip_slip_backwards, "outside"),
    (zip_absolute, "outside"),
    (zip_drive_letter, "outside"),
    (zip_bomb, ""),
    (zip_of_thousands, "more than"),
    (zip_of_zips, "nothing to grade"),
    (zip_link, "link"),
    (zip_duplicate, "twice"),
    (zip_that_lies_of_size, ""),
    (zip_cut_short, "zip"),
    (zip_that_is_none, "zip"),
    (tar_slip, "outside"),
    (tar_absolute, "outside"),
    (tar_link, "link"),
    (tar_hard_link, "link"),
    (tar_device, "device"),
    (tar_pipe, "device"),
    (tar_bomb, "more than"),
)
# What is graded: how to build it, the outcomes of what does not pass, and what it earns.
GRADED: tuple[tuple[Build, set[str], set[str]], ...] = (
    (byte_order_mark, set(), {"mg2.value", "mg2.add"}),
    (one_long_line, set(), {"mg2.value", "mg2.add"}),
    (nested_brackets, {"error"}, set()),
    (nested_operators, {"error"}, set()),
    (nested_blocks, set(), {"mg2.value", "mg2.add"}),
    (notebook_shell, set(), {"mg2.value", "mg2.add"}),
    (notebook_load, {"failed"}, {"mg2.value"}),
    (notebook_writes, {"failed"}, {"mg2.value"}),
    (forged_outputs, {"failed"}, {"mg2.value"}),
    (honest_zip, set(), {"mg2.value", "mg2.add"}),
)
