"""More time for some, and when they handed in, from a CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.classroom.lateness import extended, read_time
from grader.classroom.roster import Student, find
from grader.classroom.session import ClassHandins
from grader.classroom.tables import read_table
from grader.errors import UsageError


@dataclass(frozen=True)
class Timing:
    """By student: their extension as it was written, and the time of handing in."""

    extensions: Mapping[str, str]
    submitted: Mapping[str, str]

    def timed(self, handed_in: ClassHandins) -> ClassHandins:
        """The same hand-ins with these times."""
        owners = {
            key: replace(owner, submitted=self.submitted.get(key, owner.submitted))
            for key, owner in handed_in.owners.items()
        }
        return replace(handed_in, owners=owners)


def read_extensions(path: Path, students: Sequence[Student], due: str | None) -> Timing:
    """Columns `student`, `extension` (2d, 12h, or a time), `submitted` (a time). Raises
    UsageError."""
    table = read_table(path)
    if "student" not in table.header or not {"extension", "submitted"} & {*table.header}:
        raise UsageError(f"{path}: needs a column student, and one named extension or submitted")
    extensions, submitted = {}, {}
    for line, row in table.rows:
        found = find(students, row.get("student", ""))
        if len(found) != 1:
            trouble = "nobody" if not found else "several students"
            raise UsageError(f"{path}, line {line}: {row.get('student')!r} is {trouble}; use an id")
        try:
            if row.get("extension"):
                extended(read_time(due or "2000-01-01"), row["extension"])
                extensions[found[0].key] = row["extension"]
            if row.get("submitted"):
                submitted[found[0].key] = read_time(row["submitted"]).isoformat()
        except UsageError as error:
            raise UsageError(f"{path}, line {line}: {error}") from None
    return Timing(extensions, submitted)
