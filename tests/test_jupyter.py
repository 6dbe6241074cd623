"""mggrade in a notebook: a real kernel runs the cells, `%mggrade` says what they are worth."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import psutil
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from grader.authoring.notebook import notebook
from grader.course import load_course
from grader.errors import UsageError
from grader.jupyter.choice import is_whole_micrograd, lesson_of
from grader.jupyter.process import Grader
from grader.jupyter.session import defining
from grader.model import CheckResult, ConceptResult, Isolation, Outcome, Report, State
from grader.progress import load
from grader.render.cell import render_cell, render_hint_cell
from tests.conftest import EXERCISES, ROOT, SOLUTIONS

COURSE = load_course()
MG2, MG3 = "mg2_chain_rule", "mg3_backpropagation"
TERSE = ROOT / "tests" / "engines" / "correct" / "terse.py"


def code_cells(lesson: str) -> list[str]:
    text = (SOLUTIONS / f"{lesson}.py").read_text(encoding="utf-8")
    cells = jupytext.reads(text, fmt="py:percent").cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def write_notebook(folder: Path, lesson: str) -> Path:
    text = (SOLUTIONS / f"{lesson}.py").read_text(encoding="utf-8")
    if lesson.startswith("mg8"):  # its own demonstration trains for half a minute
        assert "range(5, 31, 5)" in text
        text = text.replace("range(5, 31, 5)", "range(5, 6, 5)").replace("steps=5", "steps=1")
    path = folder / f"{lesson}.ipynb"
    path.write_text(notebook(lesson[:3], text), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def environment(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For processes in other folders: this very grader, this run's cache, nobody's profile."""
    own = tmp_path_factory.mktemp("ipython")
    made = os.environ | {
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": str(cache),
        "IPYTHONDIR": str(own),
        "JUPYTER_RUNTIME_DIR": str(own),
        "COLUMNS": "80",
    }
    warm = [sys.executable, "-m", "grader", "check", str(SOLUTIONS), "--quiet"]
    subprocess.run(warm, env=made, check=True)  # PyTorch is asked once for all that follows
    return made


class Kernel:
    """A kernel in a folder, and what its cells show."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.manager, self.client = start_new_kernel(
            kernel_name="python3", cwd=str(folder), env=environment
        )

    def run(self, source: str) -> "Shown":
        shown = Shown()
        reply = self.client.execute_interactive(source, timeout=60, output_hook=shown.take)
        shown.status = reply["content"]["status"]
        return shown

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


class Shown:
    """The outputs of one cell."""

    def __init__(self) -> None:
        self.data: dict[str, str] = {}
        self.stdout = self.stderr = self.error = self.status = ""

    def take(self, message: dict[str, Any]) -> None:
        content = message["content"]
        match message["msg_type"]:
            case "execute_result":
                self.data = content["data"]
            case "stream" if content["name"] == "stdout":
                self.stdout += content["text"]
            case "stream":
                self.stderr += content["text"]
            case "error":
                self.error += "\n".join(content["traceback"])

    @property
    def text(self) -> str:
        return self.data["text/plain"]

    @property
    def html(self) -> str:
        return self.data["text/html"]


@pytest.fixture
def kernel(tmp_path: Path, environment: dict[str, str]) -> Iterator[Kernel]:
    """Beside lesson 2, done, as a notebook; the extension is loaded."""
    write_notebook(tmp_path, MG2)
    made = Kernel(tmp_path, environment)
    try:
        loaded = made.run("%load_ext grader")
        assert (loaded.status, loaded.stderr) == ("ok", "")
        yield made
    finally:
        made.close()


def test_a_known_mistake_is_named_in_text_and_in_html(kernel: Kernel) -> None:
    for number, cell in enumerate(code_cells(MG3), 2):
        assert kernel.run(cell.replace("1 - out.data**2", "1 - self.data**2")).status == "ok"
        if "def tanh(" in cell:
            place = f"{MG3}.ipynb, cell {number}, line 10"
    shown = kernel.run("%mggrade mg3.tanh-backward")
    assert (shown.status, shown.stderr) == ("ok", "")
    for said in (shown.text, shown.html.replace("&#39;", "'")):
        assert "\x1b" not in said
        assert "✗" in said and "failed" in said and "0 / 4" in said
        assert "tanh's local derivative was computed from its input" in " ".join(said.split())
        assert "a = Value(-0.33)" in said and "-0.846545" in said and "-0.853617" in said
        assert place in said
        assert "%mggrade mg3.tanh-backward --hint" in said
        assert "from mg3_backpropagation" not in said  # the session has it under its hands
    assert "<script" not in shown.html and "http" not in shown.html

    whole = kernel.run("%mggrade")
    assert "Score 18 / 22" in whole.text and "<strong>Score 18 / 22</strong>" in whole.html
    assert "more: %mggrade mg3.tanh-backward" in whole.text

    mended = next(cell for cell in code_cells(MG3) if "def tanh(" in cell)
    assert kernel.run(mended).status == "ok"
    shown = kernel.run("%mggrade mg3.tanh-backward")
    assert "4 / 4" in shown.text and "✓" in shown.html

    assert "missing" in kernel.run(f"{mended}\n\nmissing").error
    assert "missing" in kernel.run("%mggrade mg3").text  # a note
    kernel.run(mended)
    assert "missing" not in kernel.run("%mggrade mg3").text  # it no longer counts
    assert load(kernel.folder).of("mg3.tanh-backward").attempts > 1
    loaded = kernel.run("import sys\n'torch' in sys.modules, 'pytest' in sys.modules")
    assert loaded.text == "(False, False)"  # nothing is graded in here


def test_hints_come_one_at_a_time(kernel: Kernel) -> None:
    hints = COURSE.concept("mg3.tanh").hints
    for number, hint in enumerate(hints, 1):
        shown = kernel.run("%mggrade mg3.tanh --hint")
        assert f"Hint {number} of 3" in shown.text
        assert hint[:30] in shown.text and hint[:20] in shown.html.replace("&#39;", "'")
    assert "All 3 hints are taken" in kernel.run("%mggrade mg3.tanh --hint").text
    assert (kernel.folder / ".mggrade" / "progress.json").is_file()
    # without a concept: for what is next in the lesson
    for cell in code_cells(MG3)[:2]:
        kernel.run(cell)
    kernel.run('def neuron_gradients(*all):\n    raise NotImplementedError("mg3.by-hand")')
    shown = kernel.run("%mggrade --hint")
    assert "mg3.by-hand" in shown.text and "Hint 1 of 3" in shown.text


def test_what_cannot_be_done_is_said_in_one_line(kernel: Kernel) -> None:
    for line, said in (
        ("%mggrade", "no cell that was run in this session defines anything of the course"),
        ("%mggrade mg5", "nothing of mg5 is here: no mg5_pytorch.ipynb or .py beside this"),
        ("%mggrade mg33", "no lesson 'mg33'; did you mean 'mg3'?"),
        ("%mggrade tanh-backward", "did you mean 'mg3.tanh-backward'?"),
        ("%mggrade mg3 --seed x", "neither a whole number from 0 up nor 'random'"),
        ("%mggrade mg3 --all", "--all is for hints"),
        ("%mggrade --nonsense", "no such option"),
        ("%mggrade 'mg3", "No closing quotation; write for example"),
    ):
        shown = kernel.run(line)
        assert (shown.status, shown.data, shown.error) == ("ok", {}, "")
        assert shown.stderr.startswith("mggrade: ") and said in shown.stderr
        assert shown.stderr.count("\n") == 1
    assert "Examples:" in kernel.run("%mggrade --help").stdout


def test_help_and_completion(kernel: Kernel) -> None:
    content = kernel.client.inspect("%mggrade", reply=True, timeout=30)["content"]
    assert "%mggrade mg3.tanh-backward --hint" in content["data"]["text/plain"]
    line = "%mggrade mg3.t"
    content = kernel.client.complete(line, len(line), reply=True, timeout=30)["content"]
    assert {"mg3.tanh", "mg3.tanh-backward", "mg3.topological-order"} == set(content["matches"])


def test_lessons_are_imported_from_notebooks_and_again_when_they_change(kernel: Kernel) -> None:
    use = "from mg2_chain_rule import Value\n(Value(2.0) * Value(3.0)).data"
    assert kernel.run(use).text == "6.0"
    path = kernel.folder / f"{MG2}.ipynb"
    good = path.read_text(encoding="utf-8")

    path.write_text(good.replace("self.data * other.data", "self.data - other.data"))
    assert kernel.run(use).text == "-1.0"

    book = nbformat.reads(good, as_version=4)
    number = next(n for n, cell in enumerate(book.cells, 1) if "def add_to_class" in cell.source)
    book.cells[number - 1].source += "\n\nmissing + 1"
    line = book.cells[number - 1].source.count("\n") + 1
    nbformat.write(book, path)
    shown = kernel.run(use)
    assert shown.status == "error"
    assert f"{MG2}.ipynb, cell {number}, line {line}: NameError" in shown.error
    assert "siblings.py" not in shown.error  # no frame of ours

    book.cells[number - 1].source = "x ="
    nbformat.write(book, path)
    shown = kernel.run(use)
    assert f"cell {number}, line 1: SyntaxError: invalid syntax" in shown.error
    assert "siblings.py" not in shown.error

    path.write_text("{}")
    shown = kernel.run(use)
    assert "is not a notebook" in shown.error and "siblings.py" not in shown.error

    path.write_text(good)
    shutil.copy(SOLUTIONS / f"{MG2}.py", kernel.folder)
    shown = kernel.run(use)
    assert (shown.text, shown.stderr.count("the notebook is taken")) == ("6.0", 1)
    path.touch()
    assert "is taken" not in kernel.run(use).stderr
    assert kernel.run("%unload_ext grader").status == "ok"
    assert "not found" in kernel.run("%mggrade mg2").stderr
    kernel.run("import sys; del sys.modules['mg2_chain_rule']")
    assert kernel.run("import mg2_chain_rule; mg2_chain_rule.__file__").text.endswith(".py'")


def test_earlier_lessons_count_as_they_are_on_disk(kernel: Kernel) -> None:
    path = kernel.folder / f"{MG2}.ipynb"
    path.write_text(path.read_text().replace("self.data * other.data", "self.data - other.data"))
    kernel.run("from mg2_chain_rule import Value, add_to_class")
    shown = kernel.run("%mggrade mg2.mul mg2.add")
    assert "Score 2 / 4" in shown.text


def test_a_micrograd_of_ones_own_is_graded_as_a_whole(kernel: Kernel) -> None:
    kernel.run(TERSE.read_text(encoding="utf-8"))
    assert "Complete" in kernel.run("%mggrade").text
    assert "4 / 4" in kernel.run("%mggrade mg3.tanh-backward").text
    assert not (kernel.folder / ".mggrade").exists()  # not the course's exercises


def test_the_solution_notebooks_run_to_their_end(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """With their check cells: every concept passes, none with help."""
    paths = [write_notebook(tmp_path, lesson.file) for lesson in COURSE.lessons]

    def run(path: Path) -> Any:
        book = nbformat.read(path, as_version=4)
        client = NotebookClient(
            book, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
        )
        return client.execute(env=environment)

    with ThreadPoolExecutor(2) as pool:
        books = list(pool.map(run, paths))
    for lesson, book in zip(COURSE.lessons, books, strict=True):
        shown = {
            cell.source.removeprefix("%mggrade "): cell.outputs
            for cell in book.cells
            if cell.source.startswith("%mggrade ")
        }
        assert set(shown) == {concept.id for concept in lesson.concepts}
        for concept in lesson.concepts:
            (output,) = shown[concept.id]
            assert f"{concept.points} / {concept.points}" in output.data["text/plain"]
            assert "PyTorch agrees" in output.data["text/plain"], concept.id
            assert "reference" not in output.data["text/plain"], concept.id


def test_an_exercise_notebook_says_what_is_to_do(kernel: Kernel) -> None:
    shutil.copy(EXERCISES / "notebooks" / f"{MG3}.ipynb", kernel.folder)
    for cell in nbformat.read(kernel.folder / f"{MG3}.ipynb", as_version=4).cells:
        if cell.cell_type == "code" and "__main__" not in cell.source:
            shown = kernel.run(cell.source)
            if cell.source.startswith("%mggrade"):
                assert "todo" in shown.text and "todo" in shown.html


def test_a_terminal_gets_plain_text(tmp_path: Path, environment: dict[str, str]) -> None:
    write_notebook(tmp_path, MG2)
    result = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--simple-prompt"],
        input="%load_ext grader\n%mggrade mg2\n%mggrade mg2.add\n",
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Score 14 / 14" in result.stdout and "Plus · mg2.add" in result.stdout
    assert "<div" not in result.stdout and "\x1b[3" not in result.stdout.split("Score 14")[1]
    assert max(map(len, result.stdout.splitlines())) <= 90


def test_the_grading_process_is_kept_and_started_again_when_it_has_ended(tmp_path: Path) -> None:
    """An interrupt of another cell ends it, as everything that the kernel has started."""
    asked = {"folder": str(tmp_path), "notebook": None, "cells": [], "width": 80}
    grader = Grader()
    try:
        processes = []
        for line in ("mg3.tanh --hint", "mg2.add --hint", "mg3.tanh --hint"):
            answer = grader.ask({**asked, "arguments": line.split()})
            assert "Hint" in repr(answer)
            (process,) = psutil.Process().children()
            processes.append(process.pid)
            if len(processes) == 2:
                process.send_signal(signal.SIGINT)
                process.wait(10)
        assert processes[0] == processes[1] != processes[2]
        with pytest.raises(UsageError, match="no lesson 'mg33'"):
            grader.ask({**asked, "arguments": ["mg33"]})
    finally:
        grader.close()
    assert psutil.Process().children() == []


def test_importing_the_package_stays_light() -> None:
    code = "import grader, sys; print({'IPython', 'click', 'torch', 'rich'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert result.stdout.strip() == "set()"


def test_of_what_was_run_only_that_counts_which_still_defines_something() -> None:
    gap = 'def f(x):\n    raise NotImplementedError("mg1.slope")'
    done = "def f(x):\n    return x"
    loop = "for step in range(3):\n    print(f(step))"
    demo = 'if __name__ == "__main__":\n    x = f(3)'
    assert defining(["%load_ext grader", gap, loop, demo, done, "f(3)", "%mggrade"]) == [
        "", "", "", "", done, "", "",
    ]  # fmt: skip
    assert defining([gap, done, gap]) == ["", done, gap]  # the last one is what there is
    assert defining(["x = 1", done, "x = 1", "y = ("]) == ["", done, "x = 1", ""]
    assert defining([done, done], raised={1}) == ["", done]
    again = "class Value:\n    pass"
    attached = "@add_to_class(Value)\ndef f(x): ..."
    assert defining([again, attached, again]) == [again, attached, again]
    assert defining([gap, attached]) == [gap, attached]  # another f
    patched = "for name in ('f', 'g'):\n    setattr(Value, name, f)"
    assert defining([patched]) == [patched]


def test_which_lesson_a_session_is_about() -> None:
    def chosen(code: str, notebook: str | None = None, asked: tuple[str, ...] = ()) -> str | None:
        return lesson_of(COURSE, code, notebook, asked)

    plus = "@add_to_class(Value)\ndef __add__(self, other): ..."
    for lesson in COURSE.lessons:
        for folder, suffix in ((SOLUTIONS, ".py"), (EXERCISES, ".py")):
            code = (folder / f"{lesson.file}{suffix}").read_text(encoding="utf-8")
            assert chosen(code) == lesson.id
    assert chosen("x = 1") is None
    assert chosen("x = 1", MG3) == "mg3"
    assert chosen(plus, asked=("mg4",)) == "mg4"
    assert chosen(f"from {MG3} import Value\n{plus}") == "mg4"
    assert chosen('raise NotImplementedError("mg6.loss")') == "mg6"
    assert is_whole_micrograd(COURSE, TERSE.read_text(encoding="utf-8"))
    assert not is_whole_micrograd(COURSE, "\n".join(code_cells(MG2)))
    assert not is_whole_micrograd(COURSE, "\n".join(code_cells(MG3)))


def test_html_shows_anyones_text_as_text() -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b[31m"
    check = CheckResult(
        "test_a.py::test_a", "mg3.tanh", Outcome.ERROR, attack, attack, attack, 1.0, 2.0,
        output=attack,
    )  # fmt: skip
    concept = ConceptResult(
        "mg3.tanh", "mg3", attack, State.ERROR, 0.0, 2, False, False,
        (check, CheckResult("b", "mg3.tanh", Outcome.PASSED)),
    )  # fmt: skip
    report = Report(
        "course", "1.0", "0", 1986, Isolation("full"), attack, (concept,), 0.0, 2, 0.0, 0, False,
        (attack,),
    )  # fmt: skip
    for html in (render_cell(report, {}), render_hint_cell(attack, "mg3.tanh", [attack])):
        assert "<script" not in html and "<img" not in html
        assert "&lt;script&gt;alert(1)" in html
        assert "\u202e" not in html and "\x1b" not in html
