"""What instructors have: the layouts of downloads, a roster, which file counts."""

import io
import zipfile

import pytest

from grader.classroom.handins import gather
from grader.classroom.layouts import Owner
from grader.classroom.roster import Student, match, read_roster
from grader.classroom.session import collect
from grader.course import load_course
from grader.errors import SubmissionError, UsageError
from grader.submission import read_submission

COURSE = load_course()
GAP = b'def parabola_slope(x):\n    raise NotImplementedError("mg1.slope")\n'
WORK = b"def parabola_slope(x):\n    return 6 * x - 4\n"


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def laid_out(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def handed_in(path, students=()):
    """The files of each student by key, and the hand-ins."""
    found = collect([path], students, COURSE)
    works = {key: gather(key, mine, COURSE) for key, mine in found.pieces.items()}
    return {key: dict(work.files) for key, work in works.items()}, found, works


CANVAS = {
    "lovelaceada_LATE_11_501_mg1_derivatives.py": GAP,
    "lovelaceada_LATE_11_502_mg1_derivatives-1.py": WORK,
    "turingalan_12_503_work.zip": zipped({"turing/mg1_derivatives.py": WORK, "__MACOSX/x": b""}),
}
MOODLE = {
    "Ada Lovelace_901_assignsubmission_file/mg1_derivatives.py": WORK,
    "Ada Lovelace_901_assignsubmission_onlinetext/onlinetext.html": b"<p>",
    "Alan Turing_902_assignsubmission_file_mg1_derivatives.py": WORK,
}
METADATA = b"""
submission_7:
  :submitters:
  - :name: Ada Lovelace
    :sid: '11'
    :email: ada@x.edu
  - :name: Alan Turing
    :sid: '12'
    :email: alan@x.edu
  :created_at: 2026-11-20 10:00:00.000000000 Z
"""
GRADESCOPE = {
    "assignment_1_export/submission_metadata.yml": METADATA,
    "assignment_1_export/submission_7/mg1_derivatives.py": WORK,
    "assignment_1_export/submission_8/mg1_derivatives.py": GAP,
}
CLONES = {
    "course-ada/exercises/mg1_derivatives.py": GAP,
    "course-ada/exercises/notebooks/mg1_derivatives.ipynb": b'{"cells": []}',
    "course-ada/solutions/mg1_derivatives.py": WORK,
    "course-alan/mg1_derivatives.py": WORK,
}
FILES = {
    "ada_mg1_derivatives.py": WORK,
    "ada_mg2_chain_rule.py": WORK,
    "alan.zip": zipped({"mg1_derivatives (1).py": WORK}),
}
ROSTER = (
    Student("11", "Ada Lovelace", id="11", canvas="11", email="ada@x.edu", login="ada",
            participant="901"),
    Student("12", "Alan Turing", id="12", canvas="12", email="alan@x.edu", login="alan",
            participant="902"),
    Student("13", "Emmy Noether", id="13", email="emmy@x.edu"),
)  # fmt: skip


@pytest.mark.parametrize("files", [CANVAS, MOODLE, GRADESCOPE, CLONES, FILES])
@pytest.mark.parametrize("packed", [False, True])
def test_every_layout_gives_the_same_people(files, packed, tmp_path):
    if packed:
        source = tmp_path / "all.zip"
        source.write_bytes(zipped(files))
    else:
        source = laid_out(tmp_path / "all", files)
    found, whole, _ = handed_in(source, ROSTER)
    assert {*found} == {"11", "12"}
    assert found["12"]["mg1_derivatives.py"] == WORK
    assert [each.key for each in whole.matched.missing] == ["13"]


def test_what_the_platform_says_of_time(tmp_path):
    _, canvas, _ = handed_in(laid_out(tmp_path / "canvas", CANVAS), ROSTER)
    assert canvas.owners["11"].late and not canvas.owners["12"].late
    _, scope, _ = handed_in(laid_out(tmp_path / "scope", GRADESCOPE), ROSTER)
    assert scope.owners["11"].submitted.startswith("2026-11-20T10:00")
    assert [each.label for each in scope.matched.strangers] == ["submission_8"]


def test_the_newest_attempt_counts_then_the_fewest_gaps(tmp_path):
    found, _, works = handed_in(laid_out(tmp_path / "canvas", CANVAS), ROSTER)
    assert found["11"] == {"mg1_derivatives.py": WORK}
    assert "mg1_derivatives-1.py was graded" in works["11"].notes[0]
    clones = {**CLONES, "course-alan/exercises/notebooks/mg1_derivatives.ipynb": GAP}
    found, _, _ = handed_in(laid_out(tmp_path / "clones", clones), ROSTER)
    assert {*found["11"]} == {"mg1_derivatives.ipynb"}  # the script still has its gap
    assert {*found["12"]} == {"mg1_derivatives.py"}
    later = laid_out(tmp_path / "later", {"ada_mg1_derivatives.py": GAP})
    both = collect([tmp_path / "canvas", later], ROSTER, COURSE)
    assert dict(gather("11", both.pieces["11"], COURSE).files) == {"mg1_derivatives.py": GAP}


def test_bytes_read_as_the_path_does(tmp_path):
    """A micrograd of one's own, whatever its name, and a file that can't be read."""
    own = b"class Value:\n    def __init__(self, data):\n        self.data = data\n"
    source = laid_out(tmp_path / "all", {"ada.py": own, "alan/mg1_derivatives.py": b"\xff\xfe\xff"})
    _, _, works = handed_in(source)
    here = read_submission(works["ada"].folder(), COURSE)
    there = read_submission(source / "ada.py", COURSE)
    assert [(each.name, each.cells) for each in here.own] == [
        (each.name, each.cells) for each in there.own
    ]
    (lesson,) = read_submission(works["alan"].folder(), COURSE).modules
    assert lesson.problem and lesson.problem == read_submission(
        source / "alan", COURSE
    ).modules[0].problem  # fmt: skip
    assert works["ada"].digest != works["alan"].digest


def test_an_archive_that_lies_is_its_owners_trouble(tmp_path):
    files = {"ada.zip": b"PK no zip", "alan.zip": zipped({"../mg1_derivatives.py": WORK})}
    found, _, works = handed_in(laid_out(tmp_path / "all", files))
    assert found == {"ada": {}, "alan": {}}
    assert "no zip archive" in works["ada"].notes[0] and "outside" in works["alan"].notes[0]
    with pytest.raises(SubmissionError, match="no such file"):
        collect([tmp_path / "nowhere"], (), COURSE)


def written(tmp_path, text):
    path = tmp_path / "class.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rosters_of_all_kinds(tmp_path):
    canvas = (
        "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
        '"Lovelace, Ada",11,s11,ada,A\n'
    )
    (ada,) = read_roster(written(tmp_path, canvas))
    assert (ada.key, ada.canvas, ada.login, ada.section) == ("s11", "11", "ada", "A")
    moodle = "\ufeffIdentifier;Full name;Email address\nParticipant 901;Ada Lovelace;ada@x.edu\n"
    (ada,) = read_roster(written(tmp_path, moodle))
    assert (ada.participant, ada.email) == ("901", "ada@x.edu")
    classroom = "username,first_name,last_name,email,section,github_id\nada,Ada,Lovelace,,B,5\n"
    (ada,) = read_roster(written(tmp_path, classroom))
    assert (ada.name, ada.login) == ("Ada Lovelace", "ada")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,id\nAda,1\nAlan,1\n", "lines 2 and 3 have the same"),
        ("colour\nred\n", "no column that tells who"),
        ("name\n", "holds no student"),
        ("", "is empty"),
    ],
)
def test_a_roster_that_will_not_do_is_told_in_one_line(text, said, tmp_path):
    with pytest.raises(UsageError, match=said):
        read_roster(written(tmp_path, text))


def test_who_fits_several_is_not_guessed():
    twins = (Student("1", "Ada Lovelace"), Student("2", "Lovelace Ada"))
    found = match([Owner("Ada Lovelace", name="Ada Lovelace")], twins)
    assert not found.students and found.doubtful == {"Ada Lovelace": ("1", "2")}
    found = match([Owner("x", name="adalovelaceking")], [Student("3", "Ada King Lovelace")])
    assert not found.students
    found = match([Owner("x", name="kinglovelaceada")], [Student("3", "Ada King Lovelace")])
    assert {*found.students} == {"3"}
