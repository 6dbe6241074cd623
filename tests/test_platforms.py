"""Packages for platforms: unpacked, set up and run as the platform does, in a root of their own."""

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pytest

from grader import errors
from grader.course import load_course
from grader.diagnosis.catalogue import catalogue
from grader.grade import check_each
from grader.platforms import pack
from grader.platforms.settings import PLATFORMS, read_settings
from grader.platforms.wheel import wheel
from grader.render.refusal import refused
from tests import format_rules
from tests.conftest import EXERCISES, SOLUTIONS
from tests.naming import plant_in_solutions
from tests.private_root import PrivateRoot, needs_private_root

ENGINES = Path(__file__).parent / "engines"
OWN = ("correct/wengert_tape.py", "faulty/log_base_ten.py")
SEED = 590_213_774_126
INDEX = "https://example.org/cpu's"
CONTAINER_MIB = 768  # Gradescope's smallest
THEFT = """
import glob
found = []
for place in (
    "/autograder/source/package.json", "/autograder/source/answers/cache.sqlite",
    "/autograder/submission_metadata.json", *glob.glob("/tmp/*/cache.sqlite"), "/proc/self/environ",
):
    try:
        found.append(f"STOLEN from {place}: {open(place, 'rb').read()!r}")
    except Exception as error:
        found.append(f"no {place}, {type(error).__name__}")
try:
    open("/autograder/results/results.json", "w").write('{"score": 117}')
    found.append("FORGED")
except Exception as error:
    found.append(f"no results, {type(error).__name__}")
raise RuntimeError("; ".join(found))
"""


@dataclass(frozen=True)
class Gradescope:
    """Gradescope's folders with the autograder set up in them, and the container around them."""

    folder: Path
    container: PrivateRoot

    def grade(self, submission):
        """What its harness does with a hand-in: the results' text, or None, and how it went."""
        for name in ("submission", "results"):
            shutil.rmtree(self.folder / name)
        shutil.copytree(submission, self.folder / "submission")
        (self.folder / "results").mkdir()
        ran = self.container.run("/autograder/run_autograder", most_mib=CONTAINER_MIB)
        print(f"{submission.name}: {ran.mib:.0f} MiB, {ran.seconds:.1f} s, {ran.output}")
        results = self.folder / "results" / "results.json"
        return (results.read_text(encoding="utf-8") if results.exists() else None), ran


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """What is uploaded to Gradescope."""
    base = tmp_path_factory.mktemp("archive")
    archive, seed = base / "autograder.zip", base / "seed.txt"
    seed.write_text(f"{SEED}\n")
    made = mggrade("package", "gradescope", archive, "--seed", seed)
    assert (made.returncode, made.stderr) == (0, "")
    assert "97 points and a bonus of 20, with a seed of your own" in made.stdout
    return archive


@pytest.fixture(scope="module")
def gradescope(archive, tmp_path_factory):
    base = tmp_path_factory.mktemp("gradescope")
    folder = base / "autograder"
    for name in ("source", "submission", "results"):
        (folder / name).mkdir(parents=True)
    unpack(archive.read_bytes(), folder / "source")
    shutil.copy(folder / "source" / "run_autograder", folder)
    told = {"previous_submissions": [], "assignment": {"total_points": "97.0"}}
    (folder / "submission_metadata.json").write_text(json.dumps(told))
    container = PrivateRoot(base, {folder: "/autograder"})
    ran = container.run("bash", "/autograder/source/setup.sh", most_mib=CONTAINER_MIB)
    print(f"{archive.stat().st_size / 1024:.0f} KiB, {ran.mib:.0f} MiB, {ran.seconds:.1f} s")
    assert ran.code == 0, ran.output
    return Gradescope(folder, container)


def mggrade(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
    )


def unpack(content, folder):
    """As unzip does: with permissions."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)


def accepted(text, ran):
    """What the results say of the totals; the container's limits and the secret were kept."""
    assert text is not None, ran.output
    assert (ran.code, ran.output) == (0, "")
    assert ran.mib < CONTAINER_MIB / 2
    assert str(SEED) not in text
    assert "not graded here, for want of PyTorch: mg5.torch-neuron" in text
    return format_rules.gradescope(text)


@needs_private_root
def test_gradescope_full_marks(gradescope):
    said = accepted(*gradescope.grade(SOLUTIONS))
    assert (said.score, said.max_score, said.bonus, said.max_bonus) == (97, 97, 20, 20)


@needs_private_root
def test_gradescope_half_done_in_a_repository(gradescope, tmp_path):
    folder = tmp_path / "repository" / "exercises"
    shutil.copytree(EXERCISES, folder)
    for name in ("mg1_derivatives.py", "mg2_chain_rule.py"):
        shutil.copy(SOLUTIONS / name, folder)
    third = (SOLUTIONS / "mg3_backpropagation.py").read_text(encoding="utf-8")
    slip = third.replace("(1 - out.data**2) * out.grad", "(1 - self.data**2) * out.grad")
    assert slip != third
    (folder / "mg3_backpropagation.py").write_text(slip, encoding="utf-8")
    text, ran = gradescope.grade(folder.parent)
    assert accepted(text, ran).score == 10 + 14 + 22 - 4
    assert "computed from its input" in text  # diagnosed, without PyTorch


@needs_private_root
def test_gradescope_notebook(gradescope, tmp_path):
    """Executed cell by cell, in a sealed kernel."""
    text = (SOLUTIONS / "mg1_derivatives.py").read_text(encoding="utf-8")
    later = "import asyncio\nawait asyncio.sleep(0)"
    cells = [nbformat.v4.new_code_cell(each) for each in (text, later)]
    (tmp_path / "notebook").mkdir()
    path = tmp_path / "notebook" / "mg1_derivatives.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert accepted(*gradescope.grade(path.parent)).score == 10


@needs_private_root
def test_gradescope_hostile(gradescope, tmp_path):
    preludes = {
        "mg1_derivatives.py": THEFT,
        "mg2_chain_rule.py": "def unfinished(:\n",
        "mg3_backpropagation.py": "import os; os._exit(0)\n",
        "mg4_activation.py": "rooms = [bytearray(1 << 28) for _ in range(16)]\n",
        "mg6_gradient_descent.py": "",
    }
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name, prelude in preludes.items():
        text = (SOLUTIONS / name).read_text(encoding="utf-8")
        (folder / name).write_text(prelude + text, encoding="utf-8")
    text, ran = gradescope.grade(folder)
    assert accepted(text, ran).score == 10  # what is honest: mg6
    assert "STOLEN" not in text and "FORGED" not in text
    assert "no /autograder/source/package.json, PermissionError" in " ".join(text.split())
    for word in ("SyntaxError", "ended the Python process", "MemoryError"):
        assert word in text


@needs_private_root
def test_gradescope_stops_before_it_is_stopped(gradescope, tmp_path):
    """What was graded until then counts; the platform's own deadline would leave nothing."""
    path = gradescope.folder / "source" / "package.json"
    settings = read_settings(path.parent)
    folder = tmp_path / "slow"
    folder.mkdir()
    shutil.copy(SOLUTIONS / "mg1_derivatives.py", folder)
    text = (SOLUTIONS / "mg2_chain_rule.py").read_text(encoding="utf-8")
    (folder / "mg2_chain_rule.py").write_text(
        f"import time; time.sleep(60)\n{text}", encoding="utf-8"
    )
    path.write_text(replace(settings, seconds=3.0).to_json())
    try:
        text, ran = gradescope.grade(folder)
    finally:
        path.write_text(settings.to_json())
    assert accepted(text, ran).score == 10
    assert "stopped early" in text


@needs_private_root
def test_gradescope_nothing_to_grade(gradescope, tmp_path):
    (tmp_path / "essay.txt").write_text("On the slope of things.")
    text, ran = gradescope.grade(tmp_path)
    data = json.loads(text)
    assert (ran.code, data["score"], data["tests"]) == (0, 0, [])
    assert "nothing to grade here; expected files such as mg1" in data["output"]


@needs_private_root
def test_gradescope_no_results_where_the_grader_fails(gradescope):
    """Gradescope then says so, and scores nothing."""
    answers = gradescope.folder / "source" / "answers" / "cache.sqlite"
    away = answers.rename(answers.with_name("away"))
    try:
        text, ran = gradescope.grade(SOLUTIONS)
    finally:
        away.rename(answers)
    assert (text, ran.code) == (None, errors.INFRASTRUCTURE)
    assert ran.output.endswith("make the package again\n") and ran.output.count("\n") == 1


@needs_private_root
def test_what_is_secret_is_for_its_owner_alone(gradescope):
    for path in [(source := gradescope.folder / "source"), *source.glob("*"), *source.glob("*/*")]:
        assert path.is_symlink() or path.stat().st_mode & 0o077 == 0, path


@pytest.fixture(scope="module")
def files():
    """What a package of one lesson holds, with PyTorch from an index of the teacher's."""
    made = pack(load_course(), "gradescope", ["mg1"], SEED, torch=INDEX)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def elsewhere(gradescope, files, tmp_path, monkeypatch):
    """Runs the entry point of another platform's package, in an environment that is set up. What
    PyTorch answers is the same for all."""
    answers = {name: each for name, each in files.items() if name.startswith("answers/")}
    monkeypatch.setattr("grader.platforms.package.baked", lambda *asked: answers)

    def run(platform, given, *program):
        home, place = tmp_path / "home", tmp_path / "place"
        unpack(pack(load_course(), platform, ["mg1"], SEED).content, home)
        (home / "venv").symlink_to("/venv")
        (place / given).mkdir(parents=True)
        shutil.copy(SOLUTIONS / "mg1_derivatives.py", place / given)
        venv = gradescope.folder / "source" / "venv"
        container = PrivateRoot(tmp_path, {home: "/mggrade", venv: "/venv", place: "/grade"})
        ran = container.run(*program)
        assert (ran.code, ran.output) == (0, "")
        [results] = place.rglob("results.json")
        text = results.read_text(encoding="utf-8")
        assert str(SEED) not in text
        return results.relative_to(place), text

    return run


@needs_private_root
def test_prairielearn(elsewhere):
    place, text = elsewhere("prairielearn", "student", "/mggrade/run.sh")
    assert place == Path("results/results.json")
    assert format_rules.prairielearn(text).score == 10


@needs_private_root
def test_exercism(elsewhere):
    line = ("/mggrade/bin/run.sh", "derivatives", "/grade/in/", "/grade/out/")
    place, text = elsewhere("exercism", "in", *line)
    assert place == Path("out/results.json")
    format_rules.exercism(text)
    assert json.loads(text)["status"] == "pass"


# What is in a package


def test_its_answers_suffice(archive, tmp_path, monkeypatch):
    """For micrograds of one's own, whatever they look like, and for mistakes: nothing is asked of
    PyTorch that it was not asked when the package was made."""
    with zipfile.ZipFile(archive) as packed:
        (tmp_path / "cache.sqlite").write_bytes(packed.read("answers/cache.sqlite"))
        settings = json.loads(packed.read("package.json"))
    monkeypatch.setitem(sys.modules, "torch", None)  # as where it is not installed
    paths = [ENGINES / name for name in OWN]
    paths += [
        plant_in_solutions(each.id, tmp_path / each.id)
        for number, each in enumerate(catalogue())
        if number % 90 == 0
    ]
    left = {}
    check_each(
        paths,
        lambda path, result: left.setdefault(path, result),
        concepts=settings["concepts"],
        seed=SEED,
        cache_folder=tmp_path,
    )
    assert list(left) == paths
    assert [each for each in left.values() if isinstance(each, Exception)] == []
    assert not any(each.infrastructure for each in left.values())


def test_it_is_locked(files):
    wanted = files["requirements.txt"].decode().splitlines()
    locked = dict(each.split("==") for each in files["constraints.txt"].decode().splitlines())
    assert locked["torch"] and "+" not in locked["torch"]
    for line in wanted:
        assert re.match(r"[a-z0-9-]+", line)[0] in locked
    assert not any("extra" in line for line in wanted)


def test_an_index_is_the_teachers_and_no_other_host_is_named(files):
    script = files["setup.sh"].decode()
    assert "torch='https://example.org/cpu'\"'\"'s'" in script
    result = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
    assert (result.returncode, result.stderr) == (0, "")
    texts = [each.decode() for name, each in files.items() if not name.endswith((".whl", "sqlite"))]
    assert re.findall(r"https?://[\w.]+", "\n".join(texts)) == ["https://example.org"]


def test_the_wheel_is_whole_and_the_same_every_time():
    name, content = wheel()
    assert wheel() == (name, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        record = archive.read(next(each for each in names if each.endswith("/RECORD"))).decode()
    assert {line.partition(",")[0] for line in record.splitlines()} == names
    for lesson in load_course().lessons:
        assert f"grader/suites/{lesson.suite.name}" in names
        assert f"grader/data/solutions/{lesson.file}.py" in names
    assert "grader/platforms/templates/gradescope/run_autograder" in names


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_hand_in_that_cannot_be_used_is_told(platform):
    text = refused(platform, "nothing to grade\x1b[31m", graders=False)
    assert "\x1b" not in text and "nothing to grade" in text
    if platform == "exercism":
        format_rules.exercism(text)
    elif platform == "prairielearn":
        assert json.loads(text)["gradable"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.zip", "--lesson", "mg9"], "mg9"),
        (["no/a.zip"], "there is no folder"),
        (["a.zip", "--torch", "cpu"], "neither an address nor 'default'"),
        (["a.zip", "--seed", "none.txt"], "none.txt"),
    ],
)
def test_usage(tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    result = mggrade("package", "gradescope", *arguments)
    assert (result.returncode, result.stdout) == (errors.USAGE, "")
    assert words in result.stderr and result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
