"""tanh's backward step is judged apart from a wrong forward pass, and a wrong step never gets the
points of a right one."""

import shutil
from pathlib import Path

import pytest

from grader.model import ConceptResult, State
from grader.regions import Filled
from grader.splice import spliced
from tests.conftest import SOLUTIONS
from tests.naming import graded
from tests.test_variants import FILES

HEAD = '@add_to_class(Value)\ndef tanh(self):\n    """The hyperbolic tangent."""\n'
OUT = '    out = Value(2 * self.data, (self,), "tanh")\n'  # a wrong forward pass
STEP = "    def _backward():\n        self.grad = {slope} * out.grad\n"
END = "    out._backward = _backward\n    return out\n"
RIGHT = "(1 - out.data**2)"
FALSE = "(1 - out.data)"


def tanh(out: str = OUT, step: str = STEP, end: str = END, slope: str = RIGHT) -> str:
    """A spelling of tanh."""
    return HEAD + out + step.replace("{slope}", slope) + end


# Wrong forward passes around a right step.
RIGHT_STEPS = {
    "as taught": tanh(),
    "its number in t": tanh(
        '    t = 0.5\n    out = Value(t, (self,), "tanh")\n', slope="(1 - t**2)"
    ),
    "its number under another name": tanh(
        '    th = self.data**2\n    out = Value(th, (self,), "tanh")\n', slope="(1 - th**2)"
    ),
    "the result and self under other names": tanh(
        '    x = self.data\n    o = Value(x**2, (self,), "tanh")\n',
        STEP.replace("out", "o"),
        END.replace("out", "o"),
        "(1 - o.data**2)",
    ).replace("self", "this"),
    "its number and result under crossed names": tanh(
        '    x = self.data / 3\n    t = Value(x, (self,), "tanh")\n',
        STEP.replace("out", "t"),
        END.replace("out", "t"),
        "(1 - x * t.data)",
    ),
    "a comment at the margin": tanh(step=STEP.replace("():\n", "():\n# as in the lesson\n")),
    "tabs": tanh().replace("    ", "\t"),
    "an old wrong one above": tanh(slope=FALSE) + "\n" + tanh(),
    "a function of numbers below, of another name": tanh() + "\ndef tan(x):\n    return x\n",
    "an unknown name in the forward pass": tanh(
        OUT.replace("2 * self.data", "mth.tanh(self.data)")
    ),
}

# Wrong forward passes around a step that is wrong, or that nobody takes.
WRONG_STEPS = {
    "as taught": tanh(slope=FALSE),
    "an old right one above": tanh() + "\n" + tanh(slope=FALSE),
    "an old right one below that does not count": tanh(slope=FALSE)
    + "\ndef older():\n"
    + "".join(f"    {line}\n" for line in tanh().split("\n")[1:]),
    "a right one in another class": tanh(slope=FALSE)
    + "\nclass Other:\n"
    + "".join(f"    {line}\n" for line in tanh().split("\n")[1:]),
    "another one assigned": tanh()
    + tanh(slope=FALSE).replace(HEAD, "\ndef other(self):\n")
    + "Value.tanh = other\n",
    "another one set": tanh()
    + tanh(slope=FALSE).replace(HEAD, "\ndef other(self):\n")
    + 'setattr(Value, "tanh", other)\n',
    "a closure of another name": tanh(
        step=STEP + STEP.replace("_backward", "step").replace("{slope}", FALSE),
        end=END.replace("= _backward", "= step"),
    ),
    "a lambda": tanh(end=END.replace("= _backward", "= lambda: None")),
    "attached, then replaced": tanh(
        end="    out._backward = _backward\n" + END.replace("= _backward", "= lambda: None")
    ),
    "never attached": tanh(end="    return out\n"),
    "attached to self": tanh(end=END.replace("out._", "self._")),
    "attached inside itself": tanh(end=END.replace("    out._", "        out._")),
    "attached after the return": tanh(end="    return out\n    out._backward = _backward\n"),
    "called": tanh(end=END.replace("= _backward", "= _backward()")),
    "replaced by a second one": tanh(step=STEP + STEP.replace("{slope}", FALSE)),
    "a right one in a branch before it": tanh(
        step="    if True:\n"
        + STEP.replace("    ", "        ", 1).replace("        self", "            self")
        + STEP.replace("{slope}", FALSE)
    ),
    "the input in a variable called t": tanh(
        '    t = self.data\n    out = Value(2 * t, (self,), "tanh")\n', slope="(1 - t**2)"
    ),
    "a variable that nobody assigns": tanh(slope="(1 - t**2)"),
    "a variable that changes afterwards": tanh(
        '    t = 0.5\n    out = Value(t, (self,), "tanh")\n    t = self.data\n', slope="(1 - t**2)"
    ),
}  # fmt: skip

ALL = {f"right: {name}": code for name, code in RIGHT_STEPS.items()} | {
    f"wrong: {name}": code for name, code in WRONG_STEPS.items()
}


@pytest.fixture(scope="module")
def concepts(
    tmp_path_factory: pytest.TempPathFactory, cache: Path
) -> dict[str, dict[str, ConceptResult]]:
    """What each of the spellings gets, by concept."""
    folder = tmp_path_factory.mktemp("spellings")
    paths = {name: _hand_in(folder / f"{n}", code) for n, (name, code) in enumerate(ALL.items())}
    return {
        name: {each.id: each for each in report.concepts}
        for name, report in graded(paths, ["mg3"], cache).items()
    }


@pytest.mark.parametrize("name", ALL)
def test_the_forward_pass_is_wrong_in_all_of_them(
    name: str, concepts: dict[str, dict[str, ConceptResult]]
) -> None:
    lost = {each.id for each in concepts[name].values() if each.state != "passed"}
    assert "mg3.tanh" in lost
    assert lost <= {"mg3.tanh", "mg3.tanh-backward"}


@pytest.mark.parametrize("name", RIGHT_STEPS)
def test_a_right_step_keeps_its_points(
    name: str, concepts: dict[str, dict[str, ConceptResult]]
) -> None:
    step = concepts[f"right: {name}"]["mg3.tanh-backward"]
    assert (step.state, step.earned) == (State.PASSED, 4)
    assert step.carried and step.diagnosis is None


@pytest.mark.parametrize("name", WRONG_STEPS)
def test_a_wrong_step_gets_none(name: str, concepts: dict[str, dict[str, ConceptResult]]) -> None:
    step = concepts[f"wrong: {name}"]["mg3.tanh-backward"]
    assert step.state in (State.FAILED, State.ERROR)
    assert step.earned < 4 and not step.carried


REFERENCE = (SOLUTIONS / FILES["mg3"]).read_text(encoding="utf-8")


def _filled(code: str) -> Filled:
    return Filled(code, tuple(range(1, code.count("\n") + 2)))


@pytest.mark.parametrize("concept", ["mg3.tanh", "mg3.add-backward", "mg3.backward", "mg9.x"])
def test_what_is_no_closure_in_another_concepts_function_stays(concept: str) -> None:
    filled = _filled(tanh())
    assert spliced(filled, REFERENCE, concept) is filled


@pytest.mark.parametrize(
    "code", ["", "x = (", "\x00", "def tanh(self):\n    return 1\n", "(" * 9000]
)
def test_where_there_is_no_closure_nothing_changes(code: str) -> None:
    filled = _filled(code)
    assert spliced(filled, REFERENCE, "mg3.tanh-backward") is filled


@pytest.mark.parametrize("terms", [500, 1500, 2000, 9000])
def test_an_endless_expression_changes_nothing(terms: int) -> None:
    deep = "x = self.data" + " + 1" * terms
    filled = _filled(tanh(f"    {deep}\n{OUT}", slope="x"))
    assert spliced(filled, REFERENCE, "mg3.tanh-backward") is filled


def test_every_line_still_knows_where_it_came_from() -> None:
    """A fault in the closure is shown at the student's own line."""
    code = f"import math\n\n{tanh(slope='MINE')}"
    found = spliced(_filled(code), REFERENCE, "mg3.tanh-backward")
    lines = found.text.split("\n")
    assert found.text.startswith(code) and len(lines) == len(found.origins)
    own = code.split("\n")
    there = [(line, origin) for line, origin in zip(lines, found.origins, strict=True)]
    mine = [(line, origin) for line, origin in there if "MINE" in line]
    assert [own[origin - 1].strip() for _, origin in mine] == [mine[0][0].strip()] * 2
    assert {origin for _, origin in there} <= set(range(1, len(own) + 1))


def _hand_in(folder: Path, code: str) -> Path:
    folder.mkdir()
    for file in FILES.values():
        shutil.copy(SOLUTIONS / file, folder)
    start = REFERENCE.index("@add_to_class(Value)\ndef tanh")
    end = REFERENCE.index("    return out\n", start) + len("    return out\n")
    text = REFERENCE[:start] + code + REFERENCE[end:]
    (folder / FILES["mg3"]).write_text(text, encoding="utf-8")
    return folder
