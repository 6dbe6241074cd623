"""What a learner has done so far, remembered beside the exercises in `.mggrade/progress.json`.

    {"format": 1, "concepts": {"mg3.tanh": {"hints": 2}}}

What this version does not know is kept as it is when the file is written again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.files import write_whole

PROGRESS_FORMAT = 1
FOLDER, FILE = ".mggrade", "progress.json"
LARGEST = 1 << 20
LESSON_FOLDERS = frozenset({"exercises", "notebooks"})


@dataclass(frozen=True)
class ConceptProgress:
    """What is remembered of one concept. `others` are fields of another version."""

    hints: int = 0
    others: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """The whole file. `others` are fields of another version."""

    concepts: Mapping[str, ConceptProgress] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    def of(self, concept: str) -> ConceptProgress:
        """What is remembered of a concept; nothing yet, if it is not there."""
        return self.concepts.get(concept, ConceptProgress())

    def with_hints(self, concept: str, taken: int) -> "Progress":
        """The same with this many hints taken for a concept."""
        changed = replace(self.of(concept), hints=taken)
        return replace(self, concepts={**self.concepts, concept: changed})


def workspace(path: Path) -> Path:
    """The folder that progress belongs to: that of the submission, `exercises/` itself left out."""
    folder = path.resolve()
    if not folder.is_dir():
        folder = folder.parent
    while folder.name in LESSON_FOLDERS:
        folder = folder.parent
    return folder


def load(folder: Path) -> Progress:
    """Read what is remembered in a workspace. Raises UsageError in one line with a remedy."""
    path = folder / FOLDER / FILE
    try:
        if not path.exists():
            return Progress()
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise _corrupt(path)
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"can't read {path}: {error.strerror or error}; mend its permissions"
        ) from None
    except (ValueError, RecursionError):
        raise _corrupt(path) from None
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise _corrupt(path)
    if data["format"] != PROGRESS_FORMAT:
        raise UsageError(
            f"{path}: format is {data['format']}, this mggrade reads {PROGRESS_FORMAT}; "
            "use the mggrade that wrote it, or delete the file to begin anew"
        )
    return _progress(data, path)


def save(folder: Path, progress: Progress) -> None:
    """Write it all: under a temporary name first, then renamed. Raises UsageError."""
    path = folder / FOLDER / FILE
    concepts = {
        concept: {"hints": each.hints, **each.others} for concept, each in progress.concepts.items()
    }
    data = {"format": PROGRESS_FORMAT, "concepts": concepts, **progress.others}
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, f"{json.dumps(data, indent=2)}\n".encode())
    except OSError as error:
        raise UsageError(
            f"can't write {path}: {error.strerror or error}; this will not be remembered"
        ) from None


def _progress(data: Mapping[str, Any], path: Path) -> Progress:
    concepts = {}
    listed = data.get("concepts", {})
    if not isinstance(listed, dict):
        raise _corrupt(path)
    for concept, entry in listed.items():
        hints = entry.get("hints", 0) if isinstance(entry, dict) else None
        if not isinstance(hints, int) or isinstance(hints, bool) or hints < 0:
            raise _corrupt(path)
        others = {key: value for key, value in entry.items() if key != "hints"}
        concepts[concept] = ConceptProgress(hints, others)
    others = {key: value for key, value in data.items() if key not in ("format", "concepts")}
    return Progress(concepts, others)


def _corrupt(path: Path) -> UsageError:
    return UsageError(f"{path} is not as mggrade wrote it; delete it to begin anew")
