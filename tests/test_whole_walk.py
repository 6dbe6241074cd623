"""A learner's whole way, far from any clone: a wheel, init, watch, graduate, a package to import.

Everything is typed into a terminal or saved into a file, as a person does.
"""

import shutil

import pytest

from grader import exercise_text, regions
from grader.course import load_course
from tests.conftest import SOLUTIONS
from tests.release import environment_of, fresh_environment, needs_clone
from tests.watching import Screen, save

pytestmark = [
    needs_clone,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]
COURSE = load_course()
# Installed as one would, but with the tools that are here: nothing is fetched.
INSTALL = "python -m pip install -q --no-deps --no-index --no-build-isolation ./my-micrograd"
ELSEWHERE = """from micrograd import Value, MLP
a, b = Value(2.0), Value(-3.0)
((a * b).tanh() + a**2).backward()
print("slope", round(a.grad, 6), "of", len(MLP(2, [3, 1]).parameters()))
import micrograd
print(micrograd.__file__)
"""


@pytest.fixture(scope="module")
def place(built, tmp_path_factory):
    """The environment that the wheel was installed into."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    fresh_environment(folder, built.wheel)
    return folder


@pytest.fixture
def screen(place, tmp_path, cache):
    screen = Screen(tmp_path, environment_of(place, tmp_path, cache))
    yield screen
    screen.close()


def test_from_a_wheel_to_a_library_of_ones_own(screen, place, tmp_path):
    pytest.importorskip("setuptools", minversion="61")
    screen.run("mggrade init course && cd course")
    screen.until("Begin with:", "code=0")
    exercises = tmp_path / "course" / "exercises"
    for lesson in COURSE.lessons:
        handed_out = (exercises / f"{lesson.file}.py").read_text(encoding="utf-8")
        assert handed_out == exercise_text.script(_source(lesson))
    screen.run("mggrade watch")
    _first_lesson(screen, exercises)
    for lesson in COURSE.lessons[1:]:
        _lesson(screen, exercises, lesson)
    screen.until("✓ Complete: PyTorch agrees with every number.", "There is nothing left to do")
    screen.type("q")
    screen.until("✓ Complete: PyTorch agrees", "code=0", without="There is nothing left to do")
    screen.run("mggrade progress | tail -n 5")
    screen.until("Passed 44 of 44 concepts", "code=0")
    _graduation(screen, place, tmp_path)


def _first_lesson(screen, exercises):
    """A wrong try, all that helps, the right one, a look around, and the rest at once."""
    screen.until("· mg1.slope", "Your task: return the exact slope", "checked ")
    save(exercises, "mg1", "mg1.slope", slip=("return 6 * x - 4", "return parabola(x)"))
    screen.until("✗ failed", "why      The height of the curve was returned")
    screen.type("h")
    screen.until("Hint 1 of 3")
    screen.type("e")
    screen.until("How to think about it")
    save(exercises, "mg1", "mg1.slope")
    screen.until("✓ The slope of a parabola: PyTorch agrees", "· mg1.difference-quotient")
    screen.type("n")
    screen.until("· mg1.central-difference")
    screen.type("l")
    screen.until("▸ · todo     The central difference", "Enter goes there")
    screen.type("Escape")
    screen.until("· mg1.central-difference", without="▸")
    save(exercises, "mg1", "all")
    screen.until("★ mg1 Derivatives is complete, 10 / 10.", "10 / 100", "· mg2.value")


def _lesson(screen, exercises, lesson):
    """Its first gap alone, then all of it."""
    first = regions.concepts_in(_source(lesson))[0]
    save(exercises, lesson.id, first)
    screen.until(f"✓ {COURSE.concept(first).title}: PyTorch agrees")
    save(exercises, lesson.id, "all")
    screen.until(f"★ {lesson.id} {lesson.title} is complete")
    if lesson.id == "mg7":
        screen.until("100 / 100", "mggrade graduate makes a package of it")


def _graduation(screen, place, folder):
    """The package, installed, imported from elsewhere, and graded like anybody's."""
    screen.run("mggrade graduate")
    screen.until("You have written a micrograd.", "pip install ./my-micrograd", "code=0")
    screen.run(INSTALL)
    screen.until("code=0")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "mine.py").write_text(ELSEWHERE, encoding="utf-8")
    screen.run("cd ../elsewhere && python mine.py")
    text = screen.until("slope 3.999926 of 13", "code=0")
    assert str(place) in text.replace("\n", "")  # a long line is broken where the screen ends
    screen.run("mggrade check ../course/my-micrograd --quiet")
    text = screen.until("code=0")
    assert "✓ Complete: PyTorch agrees with every number." in text


def _source(lesson):
    return (SOLUTIONS / f"{lesson.file}.py").read_text(encoding="utf-8")
