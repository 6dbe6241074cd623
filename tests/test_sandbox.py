"""Real zygotes and workers: whatever student code does ends as an outcome, and leaves nothing."""

import dataclasses
import gc
import os
import signal
import time
from pathlib import Path

import pytest

from grader.course import Limits
from grader.expressions import Draft
from grader.model import Outcome
from grader.sandbox import Engine, Sandbox, Source

LIMITS = Limits(
    program_seconds=5.0,
    lesson_seconds=30.0,
    cell_seconds=10.0,
    notebook_seconds=30.0,
    memory_mib=256,
    output_kib=64,
    file_kib=1024,
)
HASTY = dataclasses.replace(LIMITS, program_seconds=0.4)
WORKS = "def works():\n    return 7\n"


@pytest.fixture(scope="module", params=["auto", "none"])
def sandbox(request):
    """With all the layers that the system offers, and with resource limits alone."""
    with Sandbox(LIMITS, request.param) as opened:
        yield opened


@pytest.fixture(scope="module")
def unlocked():
    with Sandbox(LIMITS, "none") as opened:
        yield opened


@pytest.fixture(scope="module")
def hasty():
    with Sandbox(HASTY) as opened:
        yield opened


def engine(sandbox, code, **more):
    return Engine(sandbox, "plain", [Source("student", (("student.py", WORKS + code),))], **more)


def calling(*names):
    """One program a name: what calling it without arguments gives."""
    drafts = []
    for name in names:
        draft = Draft()
        drafts.append(draft.show(draft.call(name)).program())
    return drafts


def outcomes(replies):
    return ["values" if each.fault is None else str(each.fault.outcome) for each in replies]


def after(sandbox, code, *names):
    """The replies to calls, and then to one more call on the same engine."""
    student = engine(sandbox, code)
    try:
        replies = student.evaluate(calling(*names))
        [last] = student.evaluate(calling("works"))
        assert last.values == (7,)  # a fresh worker, or the same one
        return replies
    finally:
        student.close()


def processes():
    """Every process: its parent, and its state."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                _, _, fields = (entry / "stat").read_text().rpartition(")")
            except OSError:
                continue
            state, parent = fields.split()[:2]
            found[int(entry.name)] = (int(parent), state)
    return found


def descendants(root):
    table = processes()
    found, waiting = set(), [root]
    while waiting:
        one = waiting.pop()
        children = {pid for pid, (parent, _) in table.items() if parent == one}
        found |= children
        waiting += children
    return found


def gone(pid, within=5.0):
    """Whether a process has ended (a zombie has not gone)."""
    deadline = time.monotonic() + within
    while pid in processes():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_programs_are_answered_one_by_one(sandbox):
    replies = after(sandbox, "def fails():\n    return 1 / 0\n", "works", "fails", "works")
    assert outcomes(replies) == ["values", "error", "values"]
    fault = replies[1].fault
    assert fault.message == "ZeroDivisionError: division by zero"
    assert str(fault.place) == "student.py, line 4, in fails"
    assert fault.place.text == "return 1 / 0"


@pytest.mark.parametrize(
    ("body", "outcome", "message"),
    [
        ("raise ValueError('no')", "error", "ValueError: no"),
        ("import sys; sys.exit(3)", "error", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "error", "KeyboardInterrupt"),
        ("raise GeneratorExit('x')", "error", "GeneratorExit: x"),
        ("works2()", "error", "NameError: name 'works2' is not defined"),
        ("return broken()", "error", "RecursionError: maximum recursion depth exceeded"),
        ("import os; os._exit(0)", "crashed", "ended the Python process"),
        ("import os; os.abort()", "crashed", "ended the Python process"),
        (
            "import functools as f, itertools as i; "  # deeper in C than its stack is
            "list(f.reduce(lambda inner, _: i.chain(inner), range(400_000), ()))",
            "crashed",
            "ended the Python process (SIGSEGV)",
        ),
        ("import os; os.close(3)", "crashed", "ended the Python process"),
    ],
    ids=lambda each: each[:40],
)
def test_bad_ends(sandbox, body, outcome, message):
    replies = after(sandbox, f"def broken():\n    {body}\n", "works", "broken", "works")
    assert outcomes(replies)[:2] == ["values", outcome]
    assert replies[1].fault.message.startswith(message)
    # What follows a dead worker is not answered by it; after an exception all is well.
    assert len(replies) == (2 if outcome == "crashed" else 3)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "while True:\n        try:\n            while 1: pass\n        except BaseException: pass",
        "sum(range(10**12))",  # in C, where no signal handler gets a turn
        "import signal; signal.pthread_sigmask(0, range(1, 60))\n    while True: pass",
        "import os, time; os.read(3, 10**6); time.sleep(60)",
    ],
    ids=lambda each: each[:40],
)
def test_what_never_ends_is_stopped(hasty, body):
    started = time.monotonic()
    replies = after(hasty, f"def hangs():\n    {body}\n", "works", "hangs", "works")
    assert outcomes(replies) == ["values", "timeout"]
    assert replies[1].fault.message == "took too long and was stopped"
    assert time.monotonic() - started < 20


def test_loading_that_never_ends_is_stopped(hasty):
    student = engine(hasty, "while True: pass")
    [loaded] = student.load()
    assert (loaded.ok, loaded.fault.outcome) == (False, Outcome.TIMEOUT)
    [reply] = student.evaluate(calling("works"))
    assert reply.fault.outcome is Outcome.TIMEOUT
    student.close()


def test_a_lesson_has_a_budget(hasty):
    student = engine(hasty, "def hangs():\n    while True: pass\n", seconds=1.0)
    started = time.monotonic()
    for _ in range(3):
        [reply] = student.evaluate(calling("hangs"))
        assert reply.fault.outcome is Outcome.TIMEOUT
    spent = time.monotonic()
    for name in ("works", "hangs", "works"):
        [reply] = student.evaluate(calling(name))
        assert reply.fault.outcome is Outcome.TIMEOUT
        assert reply.fault.message == "the time for this lesson was used up"
    assert spent - started < 20
    assert time.monotonic() - spent < 10
    student.close()


def test_printing_is_told_apart_by_request(sandbox):
    code = """
import sys
print("loading")
def one():
    print("one")
    print("to the errors", file=sys.stderr, end="")
def two():
    import os
    os.write(1, b"two\\n")
    os.write(2, "größer \\u2192 \\x1b[31m\\n".encode())
"""
    student = engine(sandbox, code)
    printed = [student.evaluate(calling(name))[0].output for name in ("one", "works", "two")]
    student.close()
    assert printed == [
        "loading\none\nto the errors",
        "",
        "two\ngrößer → �[31m\n",
    ]


def test_what_pytorch_says_of_a_sealed_process_is_not_the_student_s(sandbox):
    """It looks for the processor in a file that is out of reach."""
    code = """
import sys
def one():
    print("Error in cpuinfo: failed to parse processor information from /proc/cpuinfo")
    print("mine")
"""
    student = engine(sandbox, code)
    assert student.evaluate(calling("one"))[0].output == "mine\n"
    student.close()


def test_a_flood_of_output_is_capped_and_drained(sandbox):
    code = """
def flood():
    for _ in range(20_000):
        print("x" * 99)
    return 5
def invalid():
    import os
    os.write(1, b"\\xff\\xfe" * 9)
"""
    replies = after(sandbox, code, "flood", "invalid", "flood")
    assert [each.values for each in replies] == [(5,), (None,), (5,)]
    assert 0 < len(replies[0].output) <= LIMITS.output_kib * 1024
    assert replies[2].output == ""  # the room was used up


def test_endless_printing_is_stopped(hasty):
    replies = after(hasty, "def flood():\n    while True: print('x' * 999)\n", "flood")
    assert outcomes(replies) == ["timeout"]
    assert len(replies[0].output) <= LIMITS.output_kib * 1024


@pytest.mark.parametrize(
    "body",
    ["sys.stdout.close()", "sys.stdout = None", "os.close(1); os.close(2)", "sys.stdout = 7"],
)
def test_output_may_be_closed_or_replaced(sandbox, body):
    code = f"import os, sys\ndef spoil():\n    {body}\n    return 5\n"
    replies = after(sandbox, code, "spoil", "works")
    assert [each.values for each in replies] == [(5,), (7,)]


# What student code may write to the grader's channel. `frame` makes a frame of a message.
FORGERIES = [
    "write(b'nonsense')",
    "write(b'\\xff\\xff\\xff\\xff')",
    "frame([1, 2])",
    "frame(None)",
    "frame({})",
    "frame({'id': 'guessed', 'n': 0, 'values': [42]})",
    "frame({'id': ID, 'n': 1, 'values': [42]})",
    "frame({'id': ID, 'n': 0, 'values': []})",
    "frame({'id': ID, 'n': 0, 'values': [42, 42]})",
    "frame({'id': ID, 'n': 0, 'values': 42})",
    "frame({'id': ID, 'n': 0})",
    "frame({'id': ID, 'n': 0, 'error': 'x'})",
    "write(struct.pack('!I', 3) + b'{}}')",
    "write(struct.pack('!I', 400000) + b'[' * 400000)",
    "write(struct.pack('!I', 9002) + b'[' * 4501 + b']' * 4501)",
    "frame({'id': ID, 'n': 0, 'values': [nest(450)]})",
    "write(struct.pack('!I', 6000) + b'9' * 6000)",
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_forged_on_the_channel_is_never_a_value(sandbox, forgery):
    """ID stands for the request's id, which a stack walk finds; no forgery of it helps."""
    code = f"""
import json, os, struct, sys
def write(data):
    os.write(3, data)
def frame(message):
    body = json.dumps(message).encode()
    write(struct.pack("!I", len(body)) + body)
def nest(depth):
    made = 42
    for _ in range(depth):
        made = [made]
    return made
def request_id():
    walk = sys._getframe()
    while "request" not in walk.f_locals:
        walk = walk.f_back
    return walk.f_locals["request"]["id"]
def forge():
    ID = request_id()
    {forgery}
    return 6
"""
    student = engine(sandbox, code)
    replies = student.evaluate(calling("forge", "works"))
    assert outcomes(replies) == ["protocol"]
    assert replies[0].values is None
    assert replies[0].fault.message.endswith("over the grader's channel")
    [last] = student.evaluate(calling("works"))
    assert last.values == (7,)
    student.close()


def test_an_answer_before_its_question_is_refused(sandbox):
    """Written while the module loads, for a request that is still to come."""
    code = """
import json, os, struct
body = json.dumps({"id": "any", "n": 0, "values": [42]}).encode()
os.write(3, struct.pack("!I", len(body)) + body)
"""
    student = engine(sandbox, code)
    [loaded] = student.load()
    assert loaded.fault.outcome is Outcome.PROTOCOL
    [reply] = student.evaluate(calling("works"))
    assert (reply.values, reply.fault.outcome) == (None, Outcome.PROTOCOL)
    student.close()


def test_a_second_answer_does_not_stand_for_the_next_question(sandbox):
    code = """
import json, os, struct, sys
def twice():
    walk = sys._getframe()
    while "request" not in walk.f_locals:
        walk = walk.f_back
    for n in (0, 1):
        body = json.dumps({"id": walk.f_locals["request"]["id"], "n": n, "values": [42]}).encode()
        os.write(3, struct.pack("!I", len(body)) + body)
"""
    student = engine(sandbox, code)
    student.evaluate(calling("twice"))
    replies = student.evaluate(calling("works"))
    assert outcomes(replies) == ["protocol"]
    student.close()


def test_a_memory_bomb_is_an_error_of_its_own_program(sandbox):
    code = "def bomb():\n    return len([0] * 10**9)\ndef slow():\n    return len(b'x' * 2**40)\n"
    replies = after(sandbox, code, "bomb", "works", "slow", "works")
    assert outcomes(replies) == ["error", "values", "error", "values"]
    assert replies[0].fault.type == "MemoryError"


def test_a_list_too_long_to_send_is_an_outcome(sandbox):
    code = "def long():\n    return ['x' * 2_000] * 9_000\n"
    [reply] = after(sandbox, code, "long")
    assert outcomes([reply]) in (["protocol"], ["crashed"], ["error"])


def test_no_file_can_be_written(sandbox, tmp_path):
    target = tmp_path / "score.json"
    code = f"def write():\n    with open({str(target)!r}, 'w') as file: file.write('100')\n"
    [reply] = after(sandbox, code, "write")
    assert outcomes([reply]) == ["error"]
    assert not target.exists() or target.read_text() == ""


FORKS = """
import os, signal, time
def forks():
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        {start}
        os.write(writing, b"x")
        time.sleep(600)
        os._exit(0)
    os.read(reading, 1)
    return pid
def hangs():
    while True: pass
"""


@pytest.mark.parametrize("start", ["pass", "os.setsid()", "signal.signal(signal.SIGTERM, print)"])
def test_a_child_of_a_student_s_process_dies_with_it(unlocked, start):
    student = engine(unlocked, FORKS.format(start=start), layers=())
    [reply] = student.evaluate(calling("forks"))
    [pid] = reply.values
    assert pid in processes()
    student.close()
    assert gone(pid)


def test_a_child_dies_also_when_its_parent_is_stopped_for_its_time():
    with Sandbox(HASTY, "none") as opened:
        student = engine(opened, FORKS.format(start="os.setsid()"), layers=())
        replies = student.evaluate(calling("forks", "hangs"))
        assert outcomes(replies) == ["values", "timeout"]
        assert gone(replies[0].values[0])


def test_nothing_is_left_when_a_sandbox_closes(unlocked):
    before = descendants(os.getpid())
    with Sandbox(LIMITS, "none") as opened:
        forks = FORKS.format(start="os.setsid()")
        engines = [engine(opened, forks, layers=()) for _ in range(3)]
        for student in engines:  # none of them is closed
            [reply] = student.evaluate(calling("forks"))
            assert reply.values[0] in processes()
        [crashed] = engine(opened, "import os\ndef dies(): os._exit(1)\n").evaluate(calling("dies"))
        assert crashed.fault.outcome is Outcome.CRASHED
        started = descendants(os.getpid()) - before
        assert len(started) >= 7  # a zygote, three workers, three children
    assert all(gone(pid) for pid in started)
    assert descendants(os.getpid()) - before == set()


def test_descriptors_do_not_leak(unlocked):
    def count():
        return len(list(Path("/proc/self/fd").iterdir()))

    after(unlocked, "import os\ndef dies(): os._exit(1)\n", "dies")
    gc.collect()
    before = count()
    for _ in range(5):
        after(unlocked, "import os\ndef dies(): os._exit(1)\n", "works", "dies")
    assert count() == before


def test_a_dead_zygote_is_replaced():
    with Sandbox(LIMITS, "none") as opened:
        code = "import os, signal, time\ndef kills():\n"
        code += "    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(600)\n"
        student = engine(opened, code, layers=())
        replies = student.evaluate(calling("works", "kills"))
        assert outcomes(replies) == ["values", "crashed"]
        [last] = student.evaluate(calling("works"))
        assert last.values == (7,)
        student.close()


def test_a_zygote_that_is_killed_from_outside_is_replaced():
    with Sandbox(LIMITS) as opened:
        before = descendants(os.getpid())
        student = engine(opened, "")
        assert student.evaluate(calling("works"))[0].values == (7,)
        for pid in descendants(os.getpid()) - before:
            if processes().get(pid, (0, ""))[0] == os.getpid():
                os.kill(pid, signal.SIGKILL)
        met = [outcomes(student.evaluate(calling("works")))[0] for _ in range(4)]
        assert set(met) <= {"crashed", "values"}
        assert met[-1] == "values"
        student.close()


def test_workers_share_nothing(sandbox):
    code = "import builtins\nbuiltins.seen = getattr(builtins, 'seen', 0) + 1\n"
    code += "def seen(): return builtins.seen\n"
    for _ in range(2):
        [reply] = after(sandbox, code, "seen")
        assert reply.values == (1,)


def test_the_same_submission_draws_the_same_numbers_in_every_worker(sandbox):
    code = "import random\nclass V: pass\ndef draws():\n"
    code += "    return [random.random(), hash('text'), [id(each) for each in (V(), V())]]\n"
    first, second = (after(sandbox, code, "draws")[0].values for _ in range(2))
    assert first[0][:2] == second[0][:2]


def test_student_code_sees_nothing_of_the_grader(sandbox):
    code = """
import os, sys
def modules(): return sorted(name for name in sys.modules if name.startswith("grader"))
def environment(): return sorted(name for name in os.environ if name != "LC_CTYPE")
def arguments(): return list(sys.argv[1:])
def folders(): return [each for each in sys.path if "grader" in each]
"""
    replies = after(sandbox, code, "modules", "environment", "arguments", "folders")
    assert [each.values[0] for each in replies] == [[], ["PYTHONHASHSEED"], [], []]


def test_descriptors_of_a_worker_are_its_four(unlocked):
    code = "import os\ndef open_ones():\n    found = []\n    for n in range(64):\n"
    code += "        try:\n            os.fstat(n)\n            found.append(n)\n"
    code += "        except OSError: pass\n    return found\n"
    [reply] = after(unlocked, code, "open_ones")
    assert reply.values[0] == [0, 1, 2, 3]


def test_what_a_submission_defines(sandbox):
    code = """
number = 7
class Value:
    def __init__(self, data): self.data, self.grad = data, 0.0
    def tanh(self): return self
    def __add__(self, other): return self
"""
    student = engine(sandbox, code)
    names = ["works", "number", "Value", "Value.tanh", "Value.relu", "Value.grad", "Value.__add__"]
    names += ["Value.__mul__", "Value.__repr__", "Value.__init__", "missing"]
    assert dict(zip(names, student.has(names), strict=True)) == {
        "works": True,
        "number": False,
        "Value": True,
        "Value.tanh": True,
        "Value.relu": False,
        "Value.grad": True,
        "Value.__add__": True,
        "Value.__mul__": False,
        "Value.__repr__": False,
        "Value.__init__": True,
        "missing": False,
    }
    student.close()


def test_looking_for_names_that_never_ends_is_a_fault(hasty):
    student = engine(
        hasty, "class Value:\n    def __init__(self, data):\n        while True: pass\n"
    )
    found = student.has(["works", "Value.grad"])
    assert found.outcome is Outcome.TIMEOUT
    student.close()
