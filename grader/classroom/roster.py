"""The roster: who is in the class, from whatever CSV the platform gives."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom.layouts import Owner
from grader.classroom.tables import Table, read_table
from grader.errors import UsageError

# What a column is called, by what it holds: Canvas, Moodle, Gradescope, Classroom 50, people.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "student", "student name", "fullname"),
    "first": ("first_name", "first name", "firstname", "given name"),
    "last": ("last_name", "last name", "lastname", "surname", "family name"),
    "id": ("student id", "student_id", "sid", "sis user id", "id number", "idnumber", "id"),
    "canvas": ("canvas id", "canvas_id", "canvas user id"),
    "email": ("email", "email address", "e-mail", "mail"),
    "login": ("username", "login", "sis login id", "github", "github username", "user"),
    "section": ("section", "sections", "group", "class"),
    "participant": ("identifier", "participant"),
}


@dataclass(frozen=True)
class Student:
    """One line of the roster. `key` is what the gradebook calls them, and never changes: the id,
    else the email address, else the login, else the name."""

    key: str
    name: str = ""
    id: str = ""
    canvas: str = ""
    email: str = ""
    login: str = ""
    section: str = ""
    participant: str = ""

    @property
    def shown(self) -> str:
        """What to call them."""
        return self.name or self.login or self.email or self.key


@dataclass(frozen=True)
class Matched:
    """Owners of hand-ins put to the students of a roster; what fits nowhere, both ways.

    `doubtful` are owners that fit several students: label and their keys.
    """

    students: Mapping[str, Sequence[Owner]]
    strangers: tuple[Owner, ...] = ()
    missing: tuple[Student, ...] = ()
    doubtful: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_roster(path: Path) -> tuple[Student, ...]:
    """The students, in the file's order. Raises UsageError, also for one who is there twice."""
    table = read_table(path)
    columns = _columns(table)
    if not {"name", "last", "id", "canvas", "email", "login"} & {*columns}:
        raise UsageError(
            f"{path}: no column that tells who a student is; name one of them "
            "name, id, email or username"
        )
    students: dict[str, Student] = {}
    lines: dict[tuple[str, str], int] = {}
    for number, row in table.rows:
        student = _student(row, columns)
        if student is None:
            continue
        for kind in ("key", "id", "canvas", "email", "login", "participant"):
            value = str(getattr(student, kind)).casefold()
            before = lines.setdefault((kind, value), number) if value else number
            if before != number:
                raise UsageError(
                    f"{path}: lines {before} and {number} have the same "
                    f"{'name' if kind == 'key' else kind}, {value!r}; keep one of them"
                )
        students[student.key] = student
    if not students:
        raise UsageError(f"{path}: holds no student; below the header, one line for each")
    return tuple(students.values())


def match(owners: Iterable[Owner], students: Sequence[Student]) -> Matched:
    """Put owners to students by anything that both have: ids first, then email, login, name.

    Without a roster every owner is a student.
    """
    owners = list(owners)
    if not students:
        return Matched(_alone(owners))
    indexes = _indexes(students)
    found: dict[str, list[Owner]] = {}
    strangers: list[Owner] = []
    doubtful: dict[str, tuple[str, ...]] = {}
    for owner in owners:
        keys = _fitting(owner, indexes)
        if len(keys) == 1:
            found.setdefault(keys[0], []).append(owner)
        elif keys:
            doubtful[owner.label] = tuple(keys)
            strangers.append(owner)
        else:
            strangers.append(owner)
    missing = tuple(each for each in students if each.key not in found)
    return Matched(found, tuple(strangers), missing, doubtful)


def student_of(owner: Owner) -> Student:
    """An owner as a student of their own, where there is no roster."""
    key = owner.id or owner.email or owner.label
    return Student(
        key,
        name=owner.name,
        id=owner.id,
        canvas=owner.id,
        email=owner.email,
        login=owner.login,
        participant=owner.participant,
    )


def find(students: Iterable[Student], given: str) -> list[Student]:
    """Those that a person may mean by an id, an address, a login, or a name."""
    wanted = _folded(given)
    return [
        each
        for each in students
        if wanted in {_folded(each.key), _folded(each.id), _folded(each.email),
                      _folded(each.login), _folded(each.name)} - {""}
    ]  # fmt: skip


def _alone(owners: Iterable[Owner]) -> dict[str, list[Owner]]:
    found: dict[str, list[Owner]] = {}
    for owner in owners:
        found.setdefault(student_of(owner).key, []).append(owner)
    return found


def _columns(table: Table) -> dict[str, list[str]]:
    """The columns for each kind of fact. Canvas's own `ID` stands beside a `SIS User ID`."""
    found: dict[str, list[str]] = {}
    for kind, names in COLUMNS.items():
        there = [name for name in names if name in table.header]
        if there:
            found[kind] = there
    if "sis login id" in table.header and "id" in table.header:
        found["canvas"] = ["id"]
        found["id"] = [name for name in found["id"] if name != "id"] or ["id"]
    return found


def _student(row: Mapping[str, str], columns: Mapping[str, Sequence[str]]) -> Student | None:
    def value(kind: str) -> str:
        return next((row[name] for name in columns.get(kind, ()) if row.get(name)), "")

    name = value("name") or f"{value('first')} {value('last')}".strip()
    if name.lower().startswith("points possible") or name.lower() == "student, test":
        return None  # Canvas's own second row, and the teacher's dummy
    identity, canvas = value("id"), value("canvas")
    participant = re.sub(r"\D", "", value("participant"))
    email, login = value("email"), value("login")
    key = identity or canvas or email or login or name
    if not key:
        return None
    return Student(key, name, identity, canvas, email, login, value("section"), participant)


_Index = Mapping[str, Sequence[str]]


def _indexes(students: Sequence[Student]) -> Mapping[str, _Index]:
    """For each kind of fact: who has it."""
    indexes: dict[str, dict[str, list[str]]] = {
        kind: {} for kind in ("id", "email", "login", "participant", "name")
    }
    for each in students:
        facts = {
            "id": {each.id, each.canvas},
            "email": {each.email},
            "login": {each.login, each.email.partition("@")[0], each.id, each.key},
            "participant": {each.participant},
            "name": _names(each.name),
        }
        for kind, values in facts.items():
            for value in {_folded(value) for value in values} - {""}:
                indexes[kind].setdefault(value, []).append(each.key)
    return indexes


def _fitting(owner: Owner, indexes: Mapping[str, _Index]) -> list[str]:
    """The keys of the students that an owner may be, by the first kind of fact that fits any."""
    asked = [
        ("participant", {owner.participant}),
        ("id", {owner.id}),
        ("email", {owner.email, owner.label}),
        *(("login", {each}) for each in _endings(owner.login)),
        ("name", {*_names(owner.name), *_names(owner.login or owner.label)}),
    ]
    for kind, values in asked:
        keys: dict[str, None] = {}
        for value in values:
            folded = _folded(value)
            if folded:
                keys |= dict.fromkeys(indexes[kind].get(folded, ()))
        if keys:
            return list(keys)
    return []


def _endings(label: str) -> list[str]:
    """`micrograd-ada-lovelace`: the login may be `ada-lovelace`, or else `lovelace`."""
    parts = label.split("-")
    return ["-".join(parts[start:]) for start in range(len(parts))]


def _names(name: str) -> set[str]:
    """A name in every order that platforms write it, letters only: `lovelaceada`."""
    if not name:
        return set()
    if "," in name:
        last, _, first = name.partition(",")
        name = f"{first} {last}"
    parts = re.split(r"[\s_.]+", name.strip())
    turned = {"".join([*parts[start:], *parts[:start]]) for start in range(len(parts))}
    return {_letters(each) for each in turned} - {""}


def _letters(text: str) -> str:
    """Without accents, blanks and punctuation."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain.casefold() if letter.isalnum())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
