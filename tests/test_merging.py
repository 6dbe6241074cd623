"""Lessons merged into plain modules: the learner's own lines, and the same grades."""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.course import load_course
from grader.graduation import package
from grader.merging import Merged, MergeError, Plan, merge
from grader.model import Report, State
from grader.submission import Module, read_submission
from tests.conftest import ROOT, SOLUTIONS
from tests.naming import graded
from tests.notebook_examples import code, solution, words, write

COURSE = load_course()
ENGINES = {
    "solutions": SOLUTIONS,
    "odd": ROOT / "tests" / "engines" / "lessons",
    **{path.name: path for path in sorted((ROOT / "tests/mistakes/engines").iterdir())},
}


def _merged(folder: Path, challenge: bool = False) -> Merged:
    lessons = read_submission(folder, COURSE).lessons
    wanted = [each for each in lessons.items() if challenge or each[0] != "mg8"]
    return merge(wanted, package.plans(challenge=challenge))


def _small(*sources: str, wanted: tuple[str, ...] = ("Value",)) -> str:
    """Short lessons 2, 3, … merged into one module."""
    lessons = []
    for number, source in enumerate(sources, 2):
        name = f"mg{number}"
        module = Module(f"{name}_l", Path(f"{name}_l.py"), ((f"{name}_l.py", source),))
        lessons.append((name, module))
    return merge(lessons, [Plan("engine", "All.", wanted)]).files["engine"]


def _run(text: str) -> Mapping[str, object]:
    names: dict[str, object] = {}
    exec(compile(text, "engine", "exec"), names)
    return names


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Notebooks with magics and tries, in which lesson 3 is stated again and again."""
    folder = tmp_path_factory.mktemp("notebooks")
    for lesson in COURSE.lessons[1:7]:
        notebook = solution(lesson.id)
        if lesson.id == "mg3":
            cells = notebook["cells"]
            wrong = "@add_to_class(Value)\ndef backward(self):\n    self.grad = 2.0"
            cells.insert(3, code(f"%%time\n{wrong}"))
            cells.insert(4, code("!pip install graphviz\nloss = %timeit 1 + 1\nValue?"))
            cells.insert(5, code("def topological_order(root):\n    return ["))  # half typed
            cells.append(words("Now the better one."))
            cells.append(
                code(
                    "@add_to_class(Value)\ndef backward(self):\n    self.grad = 1.0  # the seed\n"
                    "    for v in topological_order(self)[::-1]:\n        v._backward()"
                )
            )
        write(folder / f"{lesson.file}.ipynb", notebook)
    return folder


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory, restated: Path) -> dict[str, Path]:
    """What was made of each of the engines."""
    folder = tmp_path_factory.mktemp("packages")
    made = {}
    for name, path in {**ENGINES, "restated": restated}.items():
        merged = _merged(path, challenge=name not in ("odd", "restated"))
        made[name] = folder / name / "micrograd"
        made[name].mkdir(parents=True)
        (made[name] / "__init__.py").write_text(package.INIT, encoding="utf-8")
        for module, text in merged.files.items():
            (made[name] / f"{module}.py").write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def reports(packages: dict[str, Path], cache: Path) -> dict[str, Report]:
    return graded(packages, [], cache)


@pytest.mark.parametrize("name", [*ENGINES, "restated"])
def test_a_package_grades_as_the_lessons_did(name: str, reports: dict[str, Report]) -> None:
    """All of these lessons pass."""
    report = reports[name]
    states = {each.id: each.state for each in report.concepts}
    assert set(states.values()) == {State.PASSED, State.ABSENT}
    absent = {identity for identity, state in states.items() if state is State.ABSENT}
    exercises = {"mg2.chain-rule", "mg2.nudge", "mg3.by-hand", "mg4.tanh-from-exp"}
    exercises.add("mg5.torch-neuron")
    assert {each for each in absent if each[:3] not in ("mg1", "mg8")} == exercises
    if name not in ("odd", "restated"):
        assert "mg8.moons" not in absent
    assert not report.notes


def test_a_package_may_be_graded_from_the_folder_above_as_well(
    packages: dict[str, Path], cache: Path
) -> None:
    above = graded({"above": packages["odd"].parent}, ["mg6"], cache)["above"]
    assert above.score == above.max_score == 10


def test_it_is_their_code(packages: dict[str, Path]) -> None:
    """Line by line, but for indentation: what stands in the package stands in a lesson."""
    for name, path in ENGINES.items():
        own = {line.strip() for file in path.glob("*.py") for line in file.open(encoding="utf-8")}
        for module in ("engine", "nn"):
            text = (packages[name] / f"{module}.py").read_text(encoding="utf-8")
            tree = ast.parse(text)
            assert "add_to_class(" not in text.replace("def add_to_class(", "") or name == "odd"
            functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
            lines = {
                line.strip()
                for each in functions
                for line in text.split("\n")[each.body[0].lineno - 1 : each.end_lineno]
            }
            changed = {line for line in lines - own if line}
            if name != "odd":  # who calls Value V, and three functions wrap
                assert changed == set()
            else:
                assert len(changed) < 10


def test_restated_notebooks_keep_the_last_word(packages: dict[str, Path]) -> None:
    text = (packages["restated"] / "engine.py").read_text(encoding="utf-8")
    assert text.count("def backward") == 1 and "self.grad = 1.0  # the seed" in text
    assert "half typed" not in text and "pip install" not in text


def test_comments_and_texts_stay(packages: dict[str, Path]) -> None:
    text = (packages["odd"] / "engine.py").read_text(encoding="utf-8")
    for comment in ("  # how many there are", "# shown at the prompt", "# every Value behind"):
        assert text.count(comment) == 1
    assert text.count("# nothing more to keep") == 1 and "        # done\n" in text
    assert '"""\n  operators\n    of one number\n"""' in text
    assert "This text is the course's" not in text


def test_names_that_mean_several_things_are_told_apart(packages: dict[str, Path]) -> None:
    text = (packages["odd"] / "engine.py").read_text(encoding="utf-8")
    assert 'def wrap(thing):\n    """Lesson 4\'s own' in text
    assert "def wrap_mg3(thing):" in text and "wrap_mg3(v)()" in text
    assert "nodes.add(wrap_mg2(v))" in text


def test_texts_keep_their_lines_and_code_is_moved() -> None:
    """Names within f-strings are exchanged as well."""
    text = _small(
        VALUE,
        "from mg2_l import Value as V, add_to_class\n\n@add_to_class(V)\ndef exp(self):\n"
        "    long = (f'é {V(2).data} '\n            f'{V(3).data}')\n"
        '    return long, f"""\n {V(4).data}\n"""\n',
    )
    assert "\n                f'{Value(3).data}')\n" in text
    assert _run(text + "\nfound = Value(1).exp()")["found"] == ("é 2 3", "\n 4\n")


VALUE = """
class Value:
    def __init__(self, data):
        self.data = data

def add_to_class(cls):
    def attach(function):
        setattr(cls, function.__name__, function)
        return function
    return attach
"""


def test_helpers_that_are_alike_are_one() -> None:
    helper = "def twice(x):\n    return x + x\n"
    method = "@add_to_class(Value)\ndef {0}(self):\n    return twice(self.data)\n"
    text = _small(
        VALUE,
        f"from mg2_l import Value, add_to_class\n{helper}{method.format('tanh')}",
        f"from mg3_l import Value, add_to_class\n{helper}{method.format('exp')}",
    )
    assert text.count("def twice") == 1 and "twice_" not in text
    assert _run(text + "\nfound = Value(2).exp() + Value(3).tanh()")["found"] == 10


def test_what_only_old_definitions_need_is_left_behind() -> None:
    text = _small(
        VALUE + "\nimport json\n\ndef old(x):\n    return json.dumps(x)\n\n"
        "@add_to_class(Value)\ndef exp(self):\n    return old(self)\n\n"
        "@add_to_class(Value)\ndef exp(self):\n    return 1\n"
    )
    assert "json" not in text and "old" not in text and "add_to_class" not in text


def test_python_s_own_names_are_not_taken() -> None:
    """One lesson has a `max` of its own, the other means Python's."""
    text = _small(
        VALUE + "\ndef max(x):\n    return x\n\n@add_to_class(Value)\ndef same(self):\n"
        "    return max(self.data)\n",
        "from mg2_l import Value, add_to_class\n@add_to_class(Value)\ndef relu(self):\n"
        "    return max(0, self.data)\n",
    )
    assert _run(text + "\nfound = Value(-2).relu(), Value(-3).same()")["found"] == (0, -3)


def test_imports_of_the_same_name_are_told_apart() -> None:
    text = _small(
        VALUE + "\nfrom math import exp\n@add_to_class(Value)\ndef a(self):\n    return exp(0)\n",
        "from mg2_l import Value, add_to_class\nfrom cmath import exp\n"
        "@add_to_class(Value)\ndef b(self):\n    return exp(0)\n",
    )
    assert _run(text + "\nfound = Value(1).a(), Value(1).b()")["found"] == (1.0, 1 + 0j)


def test_stars_and_whole_lessons_are_looked_through() -> None:
    text = _small(
        VALUE + "\nfrom math import *\n\n@add_to_class(Value)\ndef exp(self):\n"
        "    return floor(self.data)\n",
        "from mg2_l import *\nimport mg2_l as before\n\n@add_to_class(before.Value)\n"
        "def twin(self):\n    return before.Value(self.data)\n",
    )
    assert "before" not in text
    assert _run(text + "\nfound = Value(2.5).twin().exp()")["found"] == 2


def test_a_class_that_goes_on_with_itself_is_one_class() -> None:
    """`class Value(Value):` in every lesson, as notebooks like to do it."""
    text = _small(
        VALUE,
        'from mg2_l import *\n\nclass Value(Value):\n    """More."""\n\n'
        "    # twice as much\n    def exp(self):\n        return Value(self.data * 2)\n",
        "import mg3_l\n\nclass Value(mg3_l.Value):\n    half = 0.5\n\n"
        "    def exp(self):\n        return Value(self.data * self.half)\n",
    )
    assert text.count("class Value:") == text.count("class") == 1 and "More" not in text
    assert _run(text + "\nfound = Value(4).exp().exp().data")["found"] == 1


def test_a_class_that_needs_its_earlier_self_keeps_it() -> None:
    text = _small(
        VALUE,
        "from mg2_l import Value\n\nclass Value(Value):\n    def __init__(self, data):\n"
        "        super().__init__(2 * data)\n",
        "import dataclasses\nfrom mg3_l import Value\n\ndef same(cls):\n    return cls\n\n"
        "Value = same(Value)\nTHREE = 3\nTHREE += 1\nValue.three = property(lambda self: THREE)\n",
    )
    assert _run(text + "\nfound = Value(4).data, Value(1).three")["found"] == (8, 4)


def test_a_class_restated_in_one_go_replaces_the_pieces() -> None:
    """And what was decided when a lesson was read is decided again."""
    text = _small(
        VALUE + "\n@add_to_class(Value)\ndef exp(self):\n    return lost()\n",
        "try:\n    import nothing_of_this_name as fast\nexcept ImportError:\n    fast = None\n\n"
        "if fast is None:\n    def number(x):\n        return x\n"
        "else:\n    number = fast.number\n\n"
        "class Value:\n    __slots__ = ('data',)\n\n    def __init__(self, data):\n"
        "        self.data = number(data)\n\n    def __add__(self, o):\n"
        "        return Value(self.data + o)\n\n    __radd__ = __add__\n",
    )
    assert "lost" not in text and "add_to_class" not in text
    assert _run(text + "\nfound = (1 + Value(4)).data")["found"] == 5


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("def f(x):\n    from mg2_l import Value\n    return Value(x)\n\nValue.f = f", "line 13"),
        ("ZERO = Value(0)\n\n@add_to_class(Value)\ndef f(self, x=ZERO):\n    return x", "ZERO"),
    ],
)
def test_what_cannot_be_merged_is_said(lines: str, words: str) -> None:
    with pytest.raises(MergeError, match=words) as raised:
        _small(f"{VALUE}\n{lines}\n")
    assert str(raised.value).startswith("mg2_l.py, line ")


def test_a_name_that_no_lesson_has_is_missed() -> None:
    with pytest.raises(MergeError, match="train is defined in none of the lessons"):
        _small(VALUE, wanted=("Value", "train"))


def test_a_thousand_parts_are_too_many() -> None:
    with pytest.raises(MergeError, match="nested too deeply"):
        _small(f"{VALUE}\nx = {' + '.join(['Value'] * 900)}\n")
