"""Every way in which an editor saves is seen, and nothing else is."""

import queue
import shutil

import pytest

from grader.watch.files import Files

PATIENCE = 20


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "exercises"
    folder.mkdir()
    for name in ("mg1.py", "mg2.py"):
        (folder / name).write_text("x = 1\n")
    return folder


class Seen:
    """What was reported, as names."""

    def __init__(self, path, deep=False):
        self._woken = queue.Queue()
        self.files = Files(path, lambda: self._woken.put(None), deep)

    def __enter__(self):
        self.files.__enter__()
        return self

    def __exit__(self, *exception):
        self.files.__exit__(*exception)

    def next(self):
        self._woken.get(timeout=PATIENCE)
        return {each.rpartition("/")[2] for each in self.files.take()}

    def until(self, *names):
        """Changes until all these names were told; a save may come as more than one."""
        told = set()
        while not told.issuperset(names):
            told |= self.next()
        return told


def test_every_way_to_save(folder):
    file = folder / "mg1.py"
    with Seen(folder) as seen:
        file.write_text("x = 2\n")
        assert seen.until("mg1.py") == {"mg1.py"}
        new = folder / "mg1.py.tmp"
        new.write_text("x = 3\n")
        new.replace(file)  # VS Code and many others
        assert seen.until("mg1.py") == {"mg1.py"}
        file.rename(folder / "mg1.py~")  # vim, with a backup
        file.write_text("x = 4\n")
        (folder / "mg1.py~").unlink()
        assert seen.until("mg1.py") == {"mg1.py"}
        file.unlink()
        assert seen.until("mg1.py") == {"mg1.py"}
        (folder / "mg2.py").rename(file)
        assert seen.until("mg1.py", "mg2.py") == {"mg1.py", "mg2.py"}


def test_what_is_no_code_is_passed_over(folder):
    with Seen(folder) as seen:
        for name in ("4913", ".mg1.py.swp", "mg1.py~", "notes.txt", ".hidden.py"):
            (folder / name).write_text("x")
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "mg1.py").write_text("x")
        (folder / "mg1.py").read_text()
        (folder / "mg2.py").write_text("x = 2\n")
        assert seen.until("mg2.py") == {"mg2.py"}


def test_a_folder_that_is_replaced(folder):
    with Seen(folder) as seen:
        shutil.rmtree(folder)
        assert seen.until("mg1.py", "mg2.py")
        folder.mkdir()
        (folder / "mg1.py").write_text("x = 2\n")
        seen.until("mg1.py")
        (folder / "mg1.py").write_text("x = 3, again\n")
        assert seen.until("mg1.py") == {"mg1.py"}


def test_a_single_file_in_a_crowd(folder):
    with Seen(folder / "mg1.py") as seen:
        (folder / "mg2.py").write_text("x = 2\n")
        (folder / "mg1.py").write_text("x = 2, too\n")
        assert seen.until("mg1.py") == {"mg1.py"}


def test_folders_below_where_that_is_asked_for(folder):
    (folder / "micrograd").mkdir()
    (folder / "venv").mkdir()
    with Seen(folder, deep=True) as seen:
        (folder / "venv" / "other.py").write_text("x")
        (folder / "micrograd" / "engine.py").write_text("x")
        assert seen.until("engine.py") == {"engine.py"}


def test_without_the_systems_help(folder, monkeypatch):
    """No watches left, a network drive: a look now and then finds what was saved."""
    import watchfiles

    def no_watches(*paths, **options):
        raise OSError("No space left on device")

    monkeypatch.setattr(watchfiles, "watch", no_watches)
    with Seen(folder) as seen:
        (folder / "mg1.py").write_text("x = 2, too\n")
        assert seen.until("mg1.py") == {"mg1.py"}
