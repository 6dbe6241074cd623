"""Reading what was handed in: lessons, single files, strangers' folders."""

import dataclasses
import json
import shutil

import pytest

from grader.course import load_course
from grader.errors import SubmissionError
from grader.submission import read_submission

from .conftest import EXERCISES, ROOT, SOLUTIONS

COURSE = load_course()
ENGINE = "class Value:\n    pass\n"


def write(folder, **files):
    """Files by name; `nn__layers_py` is `nn/layers.py`."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py").replace("_ipynb", ".ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def names(folder):
    return [module.name for module in read_submission(folder, COURSE).own]


def test_a_folder_of_lessons_in_course_order():
    submission = read_submission(SOLUTIONS, COURSE)
    assert list(submission.lessons) == [lesson.id for lesson in COURSE.lessons]
    assert (submission.own, submission.notes) == ((), ())
    module = submission.lessons["mg3"]
    assert (module.name, module.notebook, module.problem) == ("mg3_backpropagation", False, None)
    assert module.text == (SOLUTIONS / "mg3_backpropagation.py").read_text(encoding="utf-8")


def test_a_folder_of_notebooks():
    submission = read_submission(EXERCISES / "notebooks", COURSE)
    assert list(submission.lessons) == [lesson.id for lesson in COURSE.lessons]
    assert all(module.notebook for module in submission.lessons.values())
    assert all("[cell " in name for name, _ in submission.lessons["mg1"].cells)


def test_one_lesson_is_a_lesson_and_brings_no_neighbours():
    submission = read_submission(SOLUTIONS / "mg4_activation.py", COURSE)
    assert list(submission.lessons) == ["mg4"]


def test_lessons_make_everything_else_in_the_folder_invisible(tmp_path):
    write(tmp_path, mg1_derivatives_py="x = 1", engine_py=ENGINE, deep__mg2_chain_rule_py="x = 1")
    submission = read_submission(tmp_path, COURSE)
    assert (list(submission.lessons), submission.own) == (["mg1"], ())


@pytest.mark.parametrize("name", ["mg3.py", "mg3_backpropagation_old.py", "MG3_Backpropagation.py"])
def test_only_the_exact_name_is_a_lesson(tmp_path, name):
    (tmp_path / name).write_text(ENGINE)
    assert read_submission(tmp_path, COURSE).lessons == {}


def test_a_strangers_file_is_taken_whatever_its_name(tmp_path):
    write(tmp_path, my_micrograd_py="anything")
    (module,) = read_submission(tmp_path / "my_micrograd.py", COURSE).own
    assert (module.name, module.text) == ("my_micrograd", "anything")


def test_a_strangers_folder_engines_first(tmp_path):
    write(
        tmp_path, a_nn_py="from z_engine import Value\nclass MLP:\n    pass\n", z_engine_py=ENGINE
    )
    assert names(tmp_path) == ["z_engine", "a_nn"]


def test_a_package_has_dotted_names():
    folder = ROOT / "tests" / "engines" / "correct" / "package"
    assert names(folder) == ["micrograd.engine", "micrograd.nn", "micrograd"]


def test_what_is_imported_is_taken_and_the_rest_is_told(tmp_path):
    write(
        tmp_path,
        engine_py=f"import helpers\n{ENGINE}",
        helpers_py="PI = 3\n",
        demo_py="print('hello')\n",
        class_not_at_the_margin_py="if True:\n    class MLP:\n        pass\n",
    )
    submission = read_submission(tmp_path, COURSE)
    assert [module.name for module in submission.own] == ["engine", "helpers"]
    assert {note.partition(" ")[0] for note in submission.notes} == {
        "demo.py", "class_not_at_the_margin.py"
    }  # fmt: skip


@pytest.mark.parametrize(
    "left_out",
    [
        *("test_engine_py", "conftest_py", "setup_py", "random_py", "tests__engine_py"),
        *("venv__engine_py", "__pycache__/engine.py", ".hidden/engine.py", "docs__engine_py"),
    ],
)
def test_what_is_no_part_of_a_micrograd(tmp_path, left_out):
    write(tmp_path, **{left_out: ENGINE, "mine_py": ENGINE})
    assert names(tmp_path) == ["mine"]


def test_without_a_value_it_is_no_micrograd(tmp_path):
    write(tmp_path, nn_py="class MLP:\n    pass\n")
    with pytest.raises(SubmissionError, match="nothing to grade here"):
        read_submission(tmp_path, COURSE)


def test_unreadable_files_beside_a_micrograd_are_told(tmp_path):
    write(tmp_path, engine_py=ENGINE)
    (tmp_path / "nn.py").write_bytes(b"class MLP: pass # \xff")
    submission = read_submission(tmp_path, COURSE)
    assert [module.name for module in submission.own] == ["engine"]
    assert "nn.py is not UTF-8" in submission.notes[0]


def test_too_many_files(tmp_path):
    for number in range(201):
        (tmp_path / f"file{number}.py").write_text(ENGINE)
    with pytest.raises(SubmissionError, match=r"more than 200 Python files.*alone"):
        read_submission(tmp_path, COURSE)


@pytest.mark.parametrize(("size", "fits"), [(1024, True), (1025, False)])
def test_the_limit_of_a_file(tmp_path, size, fits):
    course = dataclasses.replace(COURSE, limits=dataclasses.replace(COURSE.limits, file_kib=1))
    (tmp_path / "mg1_derivatives.py").write_bytes(b"#" * size)
    problem = read_submission(tmp_path, course).lessons["mg1"].problem
    assert (problem is None) == fits


def test_outputs_of_a_notebook_are_not_its_code(tmp_path):
    notebook = json.loads((EXERCISES / "notebooks" / "mg1_derivatives.ipynb").read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"data": {"image/png": "A" * 2**20}}]
    (tmp_path / "mg1_derivatives.ipynb").write_text(json.dumps(notebook))
    assert read_submission(tmp_path, COURSE).lessons["mg1"].problem is None


def test_a_locked_folder(tmp_path, monkeypatch):
    def locked(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("grader.submission.open_folder", locked)
    with pytest.raises(SubmissionError, match=r"can't be read .Permission denied.; mend"):
        read_submission(tmp_path, COURSE)


def test_reading_changes_nothing(tmp_path):
    shutil.copytree(SOLUTIONS, tmp_path / "mine")
    before = sorted(tmp_path.rglob("*"))
    read_submission(tmp_path / "mine", COURSE)
    assert sorted(tmp_path.rglob("*")) == before
