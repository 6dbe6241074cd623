"""A learner at `mggrade watch`: the files they save, the terminal they look at."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader import exercise_text
from grader.course import load_course
from tests.conftest import ROOT, SOLUTIONS

COURSE = load_course()
PATIENCE = 60.0  # seconds; a busy machine may need some of them
WATCH = f"{sys.executable} -m grader watch"


def environment(cache: Path, **more: str) -> dict[str, str]:
    """Without what could change how things look."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return {**kept, **own, **more}


def begin(folder: Path, *lessons: str) -> Path:
    """A workspace with these lessons as they are handed out; the folder of the exercises."""
    exercises = folder / "exercises"
    exercises.mkdir()
    for lesson in lessons:
        save(exercises, lesson)
    return exercises


def save(folder: Path, lesson: str, *filled: str, slip: tuple[str, str] = ("", "")) -> Path:
    """Save a lesson with these concepts filled in (or `all`), and perhaps a slip."""
    file = folder / f"{COURSE.lesson(lesson).file}.py"
    source = (SOLUTIONS / file.name).read_text(encoding="utf-8")
    text = source if filled == ("all",) else exercise_text.script(source, filled)
    assert slip[0] in text
    file.write_text(text.replace(*slip) if slip[0] else text, encoding="utf-8")
    return file


class Screen:
    """A terminal of tmux, on a server of its own."""

    def __init__(self, folder: Path, env: dict[str, str], columns: int = 80, rows: int = 24):
        self._home = tempfile.mkdtemp()  # a socket's path must be short
        self._env = {**env, "TERM": "xterm-256color"}
        self._tmux(
            *("-f", os.devnull, "new-session", "-d", "-x", str(columns), "-y", str(rows)),
            *("-c", str(folder), "bash --norc --noprofile"),
        )
        self.type("PS1='$ '; clear", "Enter")
        self.until("$", without="PS1")

    def close(self) -> None:
        self._tmux("kill-server")
        shutil.rmtree(self._home)

    def run(self, command: str) -> None:
        self.type(f"clear; {command}; echo code=$?", "Enter")

    def type(self, *keys: str) -> None:
        """Letters, or keys by tmux's names (Enter, C-c)."""
        self._tmux("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def text(self) -> str:
        return self._tmux("capture-pane", "-p")

    def until(self, *parts: str, without: str = "\0") -> str:
        """The screen as soon as it shows all of these, and not that."""
        deadline = time.monotonic() + PATIENCE
        while True:
            text = self.text()
            if all(part in text for part in parts) and without not in text:
                return text
            assert time.monotonic() < deadline, f"no {parts} (without {without!r}) in:\n{text}"
            time.sleep(0.05)

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(
            ["tmux", "-S", f"{self._home}/s", *arguments],
            env=self._env, capture_output=True, text=True, encoding="utf-8", check=True,
        ).stdout  # fmt: skip
