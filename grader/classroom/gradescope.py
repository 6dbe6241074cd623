"""Gradescope's `submission_metadata.yml`: who submitted each folder of an export, and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from grader.errors import SubmissionError
from grader.intake import Folder, Unreadable

if TYPE_CHECKING:
    from grader.classroom.layouts import Owner

METADATA = "submission_metadata.yml"
LARGEST_MIB = 64


def read_metadata(source: Folder, path: PurePosixPath) -> "dict[str, Sequence[Owner]]":
    """The submitters by the name of their folder. Raises SubmissionError."""
    import yaml  # only for this one layout

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(source.read(path, LARGEST_MIB << 20), loader)
    except Unreadable as error:
        raise SubmissionError(f"{source.path / path} {error}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SubmissionError(
            f"{source.path / path}: is not valid YAML ({first}); export the submissions again"
        ) from None
    if not isinstance(data, Mapping):
        raise SubmissionError(f"{source.path / path}: names no submissions; export them again")
    return {str(folder): _submitters(str(folder), each) for folder, each in data.items()}


def _submitters(folder: str, entry: Any) -> "list[Owner]":
    from grader.classroom.layouts import Owner

    if not isinstance(entry, Mapping):
        return []
    when = _field(entry, "created_at")
    time = when.isoformat() if isinstance(when, datetime) else str(when or "")
    people = _field(entry, "submitters")
    found = []
    for each in people if isinstance(people, list) else []:
        if isinstance(each, Mapping):
            name, number, email = (str(_field(each, key) or "") for key in ("name", "sid", "email"))
            found.append(Owner(folder, name=name, id=number, email=email, submitted=time))
    return found


def _field(entry: Mapping[Any, Any], key: str) -> Any:
    """Gradescope writes keys as Ruby does: `:name`."""
    return entry.get(f":{key}", entry.get(key))
