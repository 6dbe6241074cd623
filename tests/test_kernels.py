"""Notebooks executed for real: what becomes of every kind of cell, limits, and the seal."""

import copy
import dataclasses
import json
import marshal
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.course import SUITES, load_course
from grader.kernels.perform import Performance, perform
from grader.model import Outcome
from grader.sandbox import Sandbox
from grader.sandbox.worker import Worker

LIMITS = dataclasses.replace(
    load_course().limits,
    cell_seconds=5.0,
    notebook_seconds=20.0,
    program_seconds=2.0,
    output_kib=64,
)
HASTY = dataclasses.replace(LIMITS, cell_seconds=0.5, notebook_seconds=2.0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS, "auto") as made:
        yield made


@pytest.fixture(scope="module")
def hasty(sandbox: Sandbox) -> Sandbox:
    """The same warm parent, with short limits."""
    made = copy.copy(sandbox)
    made.limits = HASTY
    return made


class Run:
    """A notebook of these cells, executed; and its names, asked for over the worker's channel."""

    def __init__(self, sandbox: Sandbox, *cells: str, before: str = "") -> None:
        named = [(f"n.ipynb[cell {n}]", code) for n, code in enumerate(cells, 1)]
        earlier = {"name": "earlier", "cells": [["earlier.py", before]], "keep_going": False}
        itself = {"name": "n", "cells": named, "keep_going": True}
        modules = [{**each, "ours": False} for each in (earlier, itself)]
        self.done: Performance = perform(sandbox, "kernel", named, {"modules": modules})
        self.errors: list[dict[str, Any]] = []
        if self.done.worker is not None:
            (_, told) = self._ask({"adopt": True})["loaded"]
            self.errors = told["errors"]

    @property
    def fault(self) -> tuple[Outcome, str]:
        assert self.done.fault is not None
        return self.done.fault.outcome, self.done.fault.message

    def value(self, name: str) -> Any:
        """What a name stands for; the exception's type where it is not there."""
        message = self._ask({"run": [marshal.dumps({"steps": [["name", name]], "shows": [0]})]})
        return message["values"][0] if "values" in message else message["error"]["type"]

    def shown(self, cell: int) -> str:
        """All that a cell printed or displayed, as text."""
        found = []
        for output in self.done.outputs[f"n.ipynb[cell {cell}]"]:
            data = output.get("data", {})
            found.append(output.get("text") or data.get("text/plain") or output.get("evalue", ""))
        return "".join(found)

    def raised(self, cell: int) -> str | None:
        """The type of what a cell raised."""
        named = [each for each in self.errors if each["frames"][-1][0] == f"n.ipynb[cell {cell}]"]
        return named[0]["type"] if named else None

    def close(self) -> None:
        if self.done.worker is not None:
            self.done.worker.close()

    def _ask(self, request: dict[str, Any]) -> Any:
        worker = self.done.worker
        assert isinstance(worker, Worker)
        deadline = time.monotonic() + 10.0
        identity = secrets.token_hex(4)
        worker.send({"id": identity, **request}, deadline)
        answer = worker.receive(deadline)
        assert answer["id"] == identity
        return answer


# Every kind of cell has an outcome. `{cell}: (what it raises, a part of what it shows)`

KINDS: dict[str, tuple[str | None, str]] = {
    "print('hello')\n6 * 7": (None, "hello\n42"),
    "1 / 0": ("ZeroDivisionError", "division by zero"),
    "name = input('who? ')": ("EOFError", "EOF when reading a line"),
    "import getpass\ngetpass.getpass()": ("EOFError", "EOF when reading a line"),
    "!pip install graphviz\nafter_shell = 1": (None, "(not run while grading: !pip install"),
    "files = !ls\nafter_getoutput = len(files)": (None, "(not run while grading: !ls"),
    "%%bash\nexit 1": (None, "(not run while grading: %%bash"),
    "%%writefile engine.py\nx = 1": (None, "(not run while grading: %%writefile"),
    "%load engine.py": (None, "(not run while grading: %load"),
    "%run other.ipynb": (None, "(not run while grading: %run"),
    "%pip install numpy": (None, "(not run while grading: %pip"),
    "%load_ext grader\n%mggrade mg3": (None, ""),
    "%load_ext nothing_of_the_kind\nafter_load_ext = 1": (
        None,
        "(not run while grading: %load_ext",
    ),
    "%no_such_magic\nafter_magic = 1": (None, "(not run while grading: %no_such_magic"),
    "%%no_such_cell_magic\nnever = 1": (None, "(not run while grading: %%no_such_cell_magic"),
    "%time timed = 5": (None, "Wall time"),
    "%%time\nalso_timed = 6": (None, "Wall time"),
    "%timeit -n1 -r1 pass": (None, "loop"),
    "%%capture kept\nprint('caught')": (None, ""),
    "exit()\nafter_exit = 1": (None, "(not run while grading: exit()"),
    "quit\nafter_quit = 1": (None, ""),
    "import sys\nsys.exit(3)": ("SystemExit", ""),
    "raise KeyboardInterrupt": ("KeyboardInterrupt", ""),
    "import asyncio\nawaited = await asyncio.sleep(0.01, 'slept')": (None, ""),
    "display([1, 2])\nfrom IPython.display import HTML\nHTML('<b>bold</b>')": (None, "[1, 2]"),
    "get_ipython().user_ns['set_by_name'] = 3": (None, ""),
    "import math\nmath.sin?": (None, ""),
    "import ipywidgets\nipywidgets.interact(print, x=3)\nafter_widgets = 1": (None, ""),
    "import graphviz\ngraphviz.Digraph().render('g')\nafter_graphviz = 1": (None, ""),
    "import torch\ntorch.tensor(1.0)": ("ImportError", "the point is to build it yourself"),
    "import grader\ngrader.check('.')": ("ImportError", "can't be used from an exercise"),
    "def broken(:": ("SyntaxError", ""),
    "for letter in 'abc':\n  x = letter\n   y = 1": ("IndentationError", ""),
    "import threading\nlist_of = []\nt = threading.Thread(target=list_of.append, args=(1,))\n"
    "t.start(); t.join()\nafter_thread = len(list_of)": (None, ""),
    "import numpy.polynomial, wave\nafter_imports = 1": (None, ""),
    "from earlier import handed_down": (None, ""),
    "whose = __name__": (None, ""),
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\n"
    "plotted = len(plt.get_fignums())": (None, "<Figure size"),
}
LEFT = {
    "after_shell": 1, "after_getoutput": 0, "after_load_ext": 1, "after_magic": 1, "timed": 5,
    "also_timed": 6, "after_exit": 1, "after_quit": 1, "awaited": "slept", "set_by_name": 3,
    "after_widgets": 1, "after_graphviz": 1, "after_thread": 1, "after_imports": 1,
    "handed_down": "mg2", "whose": "n", "plotted": 0, "never": "NameError", "name": "NameError",
}  # fmt: skip


@pytest.fixture(scope="module")
def tour(sandbox: Sandbox) -> Iterator[Run]:
    run = Run(sandbox, *KINDS, before="handed_down = 'mg2'")
    yield run
    run.close()


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_of_cell_has_its_outcome(code: str, tour: Run) -> None:
    number = list(KINDS).index(code) + 1
    raised, shown = KINDS[code]
    assert tour.raised(number) == raised
    assert shown in tour.shown(number)


def test_the_cells_after_it_still_run_and_leave_their_names(tour: Run) -> None:
    assert {name: tour.value(name) for name in LEFT} == LEFT


def test_an_exception_is_told_with_its_cell_and_line(tour: Run) -> None:
    number = list(KINDS).index("import torch\ntorch.tensor(1.0)") + 1
    error = next(each for each in tour.errors if each["type"] == "ImportError")
    assert error["frames"] == [[f"n.ipynb[cell {number}]", 2, "<module>", "torch.tensor(1.0)"]]


def test_nothing_but_the_notebooks_own_is_in_a_traceback(tour: Run) -> None:
    for number in range(1, len(KINDS) + 1):
        text = json.dumps(tour.done.outputs[f"n.ipynb[cell {number}]"])
        assert str(Path(__file__).parent.parent) not in text, text[:3000]


def test_a_reset_takes_the_names_that_were_there(sandbox: Sandbox) -> None:
    run = Run(sandbox, "before = 1", "%reset -f", "after = 2", "%reset", "last = 3")
    assert run.errors == []
    assert [run.value(name) for name in ("before", "after", "last")] == ["NameError", 2, 3]
    run.close()


def test_sets_keep_the_order_of_their_members(sandbox: Sandbox) -> None:
    nodes = "class Node:\n    pass\nnodes = [Node() for _ in range(100)]\n"
    run = Run(sandbox, nodes, "display, called = [*{*nodes}] == nodes, [*set(nodes)] == nodes")
    assert (run.value("display"), run.value("called")) == (True, True)


def test_cells_that_are_alike_are_told_apart_by_their_place(sandbox: Sandbox) -> None:
    run = Run(sandbox, "1 / 0", "ok = 1", "1 / 0", "get_ipython().run_cell('1 / 0')", "ok = 2")
    assert [each["frames"][0][0] for each in run.errors if each["frames"]] == [
        f"n.ipynb[cell {n}]" for n in (1, 3)
    ]
    run.close()


# Limits


def test_a_cell_that_takes_too_long_is_interrupted_and_the_next_ones_run(hasty: Sandbox) -> None:
    run = Run(hasty, "x = 1", "while True: pass", "import time\ntime.sleep(60)", "y = 2")
    assert run.done.slow == ("n.ipynb[cell 2]", "n.ipynb[cell 3]")
    assert [each["type"] for each in run.errors] == ["KeyboardInterrupt"] * 2
    assert (run.value("x"), run.value("y")) == (1, 2)
    run.close()


@pytest.mark.parametrize(
    "code",
    [
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "while True:\n  try:\n    print(end='')\n  except BaseException: pass",
        "sum(range(10**13))",
    ],
    ids=["ignores signals", "swallows", "in C"],
)
def test_a_cell_that_can_not_be_interrupted_ends_the_kernel(code: str, hasty: Sandbox) -> None:
    run = Run(hasty, "x = 1", code)
    assert run.done.worker is None
    assert run.fault == (Outcome.TIMEOUT, "n.ipynb, cell 2 took too long and could not be stopped")


def test_a_notebook_has_a_limit_as_a_whole(hasty: Sandbox) -> None:
    run = Run(hasty, *["import time\ntime.sleep(0.4)"] * 9)
    assert run.fault == (Outcome.TIMEOUT, "took longer than 2 s")


@pytest.mark.parametrize(
    ("code", "outcome", "told"),
    [
        ("import os\nos._exit(0)", Outcome.CRASHED, "ended the Python process in n.ipynb, cell 2"),
        (
            "import ctypes\nctypes.string_at(0)",
            Outcome.CRASHED,
            "ended the Python process (SIGSEGV) in n.ipynb, cell 2",
        ),
        (
            "import os\nos.write(3, b'\\0\\0\\0\\x02{}')",
            Outcome.PROTOCOL,
            "sent something that nobody asked for over the grader's channel in n.ipynb, cell 2",
        ),
        (
            "k = get_ipython().kernel\nk.session.key = b'other'\nprint(1)",
            Outcome.PROTOCOL,
            "sent something that is no Jupyter message over the grader's channel",
        ),
    ],
    ids=["exit", "segfault", "early message", "other signature"],
)
def test_a_kernel_that_ends_or_lies(
    code: str, outcome: Outcome, told: str, sandbox: Sandbox
) -> None:
    run = Run(sandbox, "x = 1", code, "y = 2")
    assert run.done.worker is None
    assert run.fault == (outcome, told)


def test_floods_are_bounded(sandbox: Sandbox) -> None:
    run = Run(
        sandbox,
        "for _ in range(2000): print('x' * 1000)",
        "import os\nfor _ in range(200): os.write(1, b'y' * 10000)",
        "display({'z': 'z' * 30_000_000})",
        "after = 1",
    )
    kept = json.dumps(list(run.done.outputs.values()))
    assert len(kept) < 4 * LIMITS.output_kib * 1024
    assert run.done.fault is not None or run.value("after") == 1
    run.close()


def test_memory_is_bounded(sandbox: Sandbox) -> None:
    run = Run(sandbox, "big = bytearray(8 << 30)", "after = 1")
    assert [each["type"] for each in run.errors] == ["MemoryError"]
    assert run.value("after") == 1
    run.close()


# The seal

ATTEMPTS = {
    "read a suite": f"open({str(next(SUITES.glob('test_*.py')))!r})",
    "read the grader": f"open({str(SUITES.parent / 'grade.py')!r})",
    "read the passwords": "open('/etc/passwd')",
    "read its parent": "open(f'/proc/{os.getppid()}/environ', 'rb').read(1)",
    "write": "open('/tmp/mggrade-kernel', 'w')",
    "write beside its sockets": "open(get_ipython().kernel.parent.ip + '-new', 'w')",
    "fork": "os.fork()",
    "run a program": "os.execv('/bin/true', ['true'])",
    "run a shell": "os.posix_spawn('/bin/true', ['true'], {})",
    "start a process": "__import__('subprocess').run(['true'])",
    "connect": "socket.socket().connect(('127.0.0.1', 9))",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "change a mode": "os.chmod('/nowhere', 0o777)",
    "remove": "os.unlink(get_ipython().kernel.parent.ip + '-1')",
    "go elsewhere": "os.chdir('/tmp')",
    "send a datagram": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'', '/x')",
}
TRY = """
import os, socket
def attempt(what):
    try:
        eval(what)
    except (PermissionError, ImportError) as error:
        return "denied"
    except BaseException as error:
        return type(error).__name__
    return "allowed"
found = {name: attempt(what) for name, what in ATTEMPTS.items()}
"""
ELSEWHERE = """
import threading
elsewhere, done = {}, threading.Event()
def in_the_thread():
    elsewhere.update({name: attempt(what) for name, what in ATTEMPTS.items()})
    done.set()
get_ipython().kernel.iopub_thread.schedule(in_the_thread)
done.wait(5)
threads = [*elsewhere]
"""


@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_from_within_nothing_can_be_reached(isolation: str) -> None:
    """In the main thread and in those that serve Jupyter's channels; without the kernel's layers
    the interpreter refuses."""
    with Sandbox(LIMITS, isolation) as sandbox:
        run = Run(sandbox, f"ATTEMPTS = {ATTEMPTS!r}\n{TRY}", ELSEWHERE)
        assert run.errors == []
        for where in ("found", "elsewhere"):
            found = run.value(where)["dict"]
            assert found == dict.fromkeys(ATTEMPTS, "denied")
        run.close()


def test_the_layers_are_reported(sandbox: Sandbox) -> None:
    Run(sandbox, "x = 1").close()
    assert sandbox.missing == ()


def test_no_tcp_and_a_folder_for_nobody_else(sandbox: Sandbox) -> None:
    """Sockets of the kernel's process are Unix sockets in a private folder, gone afterwards."""
    run = Run(
        sandbox,
        "import os\nfolder = os.path.dirname(get_ipython().kernel.parent.ip)\n"
        "mode = os.stat(folder).st_mode & 0o777\npid = os.getpid()",
    )
    assert run.value("mode") == 0o700
    links = [str(link.readlink()) for link in Path(f"/proc/{run.value('pid')}/fd").iterdir()]
    inodes = {match[1] for link in links if (match := re.fullmatch(r"socket:\[(\d+)\]", link))}
    internet = [
        line.split()[9]
        for table in ("tcp", "tcp6", "udp", "udp6")
        if (path := Path("/proc/net") / table).exists()
        for line in path.read_text().splitlines()[1:]
    ]
    assert inodes and not inodes & set(internet)
    assert not Path(run.value("folder")).exists()
    run.close()


# As jupyter_client sees it


def test_it_is_listed_among_the_provisioners() -> None:
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    listed = KernelProvisionerFactory.instance().get_provisioner_entries()
    assert listed["mggrade-sealed"] == "grader.kernels.provisioner:SealedProvisioner"


def test_any_jupyter_program_can_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a kernel specification that names it; an interrupt and a restart work as ever."""
    from jupyter_client.manager import KernelManager

    folder = tmp_path / "kernels" / "sealed"
    folder.mkdir(parents=True)
    metadata = {"kernel_provisioner": {"provisioner_name": "mggrade-sealed"}}
    spec = {"argv": [], "display_name": "Sealed", "language": "python", "metadata": metadata}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    manager = KernelManager(kernel_name="sealed")
    manager.start_kernel()
    try:
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=30)
        assert _executed(client, "21 * 2") == "42"
        assert _executed(client, "open('/etc/passwd')") == "PermissionError"
        assert _executed(client, "kept = 1\n1") == "1"
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=30)
        assert _executed(client, "kept") == "NameError"
        client.stop_channels()
    finally:
        manager.shutdown_kernel(now=True)
    assert not manager.is_alive()


def _executed(client: Any, code: str) -> Sequence[str]:
    """The result of a cell as text, or the name of what it raised."""
    found: list[str] = []

    def hook(message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "execute_result":
            found.append(content["data"]["text/plain"])
        elif message["msg_type"] == "error":
            found.append(content["ename"])

    client.execute_interactive(code, output_hook=hook, timeout=20)
    return found[0]
