"""What is built of this tree, and a fresh environment that has nothing else of it."""

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

GIT = ["git", "-c", "user.name=x", "-c", "user.email=x@x", "-c", "init.defaultBranch=main"]
needs_clone = pytest.mark.skipif(
    not (ROOT / ".git").exists() or not shutil.which("git"), reason="no clone, or no git"
)


@dataclass(frozen=True)
class Built:
    """A source tree, and what was built of it when its tag was v1.2.3."""

    tree: Path
    sdist: Path
    wheel: Path


def build(base: Path) -> Built:
    """Of what git would take, and two files that it would not."""
    tree, out = base / "tree", base / "dist"
    listed = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True
    )
    for name in filter(None, listed.split("\0")):
        if not name.startswith(("tests/", "benchmarks/")) and (ROOT / name).exists():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    (tree / "notes.txt").write_text("not to be released", encoding="utf-8")
    (tree / "grader" / "__pycache__").mkdir(exist_ok=True)
    (tree / "grader" / "__pycache__" / "x.pyc").write_bytes(b"")
    for line in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1.2.3"]):
        subprocess.run([*GIT, *line], cwd=tree, check=True)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "-o", out, tree],
        check=True, capture_output=True,
    )  # fmt: skip
    return Built(tree, next(out.glob("*.tar.gz")), next(out.glob("*.whl")))


def fresh_environment(place: Path, wheel: Path) -> Path:
    """A virtual environment with this wheel; what it depends on is borrowed from the one here.
    The folder of its packages."""
    venv.create(place, with_pip=False)
    packages = next(place.glob("lib/python*/site-packages"))
    borrowed = [each for each in sys.path if Path(each).name == "site-packages"]
    (packages / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", place, "install", "-q", "--no-deps",
         "--no-index", "--force-reinstall", wheel],
        check=True, capture_output=True,
    )  # fmt: skip
    return packages


def environment_of(place: Path, home: Path, cache: Path) -> dict[str, str]:
    """What a program of that environment gets to know: nothing of this clone."""
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(home), "XDG_CACHE_HOME": str(cache), "LC_ALL": "C.UTF-8"}
