"""What a forked child does: claim the pipe, lock, load a submission, answer programs.

The first request says which standard modules to import and which layers to lock by, and whether to
become a notebook's kernel; only when the child has answered that it is locked does the student's
source come.
"""

import contextlib
import json
import marshal
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from . import faults, load, lock, process
from .evaluate import evaluate
from .load import Submission
from .protocol import Decode, read_frame, write_frame
from .streams import Printed

CHANNEL = 3
MOST_DESCRIPTORS = 4096  # that a zygote may have open: three, and one for each grader


def prepare() -> Printed:
    """What every child needs and can as well find made: the streams to the output pipe, which takes
    the place of the pipe that they are made for here; what the locks are made of."""
    printed = Printed()
    kept = os.dup(1)
    reading, writing = os.pipe()
    os.dup2(writing, 1)
    for name in ("stdout", "stderr"):
        stream = printed.stream()
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.dup2(kept, 1)
    for descriptor in (kept, reading, writing):
        os.close(descriptor)
    lock.prepare()
    return printed


def run(channel: int, output: int, limits: Mapping[str, int], printed: Printed) -> None:
    """Answer requests until the channel closes, then leave without running anyone's clean-up."""
    try:
        _claim(channel, output)
        request = read_frame(CHANNEL)
        if request is not None and "kernel" in request:
            _be_kernel(request, limits, printed)
        elif request is not None:
            decode = _prepare(request, limits)
            _serve(Submission(), printed, decode)
    finally:
        os._exit(0)


def _claim(channel: int, output: int) -> None:
    """Own group, known descriptors: 0 nothing, 1 and 2 the output pipe, 3 the channel."""
    os.setsid()
    with contextlib.suppress(OSError, AttributeError):  # Linux only
        process.die_with_parent(os.getppid())
    signal.set_wakeup_fd(-1)
    channel, output = os.dup(channel), os.dup(output)  # out of the way of 0 to 3
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2), (channel, CHANNEL)):
        os.dup2(source, target, inheritable=False)
    os.closerange(CHANNEL + 1, MOST_DESCRIPTORS)


def _prepare(request: Mapping[str, Any], settings: Mapping[str, int]) -> Decode:
    """What is read from now on is to be decoded by."""
    _import(request["import"])
    holding = lock.lock(request["layers"], settings)
    audited = lock.is_audited(request["layers"], holding)
    write_frame(CHANNEL, {"id": request["id"], "locked": holding, "json": audited})
    return json.loads if audited else marshal.loads


def _import(names: Sequence[str]) -> None:
    for name in names:
        with contextlib.suppress(ImportError):
            __import__(name)
    _seed()


def _seed() -> None:
    """The same lesson draws the same weights in every run, whatever ran before it."""
    random.seed(0)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(0)


def _serve(submission: Submission, printed: Printed, decode: Decode = marshal.loads) -> None:
    while (request := read_frame(CHANNEL, decode)) is not None:
        _answer(request, submission, printed, decode)


def _answer(
    request: Mapping[str, Any], submission: Submission, printed: Printed, decode: Decode
) -> None:
    answer: dict[str, Any] = {"id": request["id"]}
    if "load" in request or "extend" in request:
        more = "extend" in request
        loaded = submission.extend(request["extend"]) if more else submission.load(request["load"])
        _seed()
        _reply(answer | {"loaded": loaded})
    elif "names" in request:
        _reply(answer | {"names": [submission.has(name) for name in request["names"]]})
    elif "compile" in request:
        _reply(answer | {"compiled": load.compiled(*request["compile"])})
    else:
        for number, packed in enumerate(request["run"]):
            program = decode(packed)  # one after the other: each takes the memory of the last
            try:
                result: dict[str, Any] = {"values": evaluate(program, submission.lookup)}
            except BaseException as error:  # sys.exit() must not end the worker
                result = {"error": faults.describe(error)}
            _reply(answer | {"n": number} | result, printed)


def _be_kernel(request: Mapping[str, Any], settings: Mapping[str, int], printed: Printed) -> None:
    """Become a notebook's kernel. Two more requests are known then: `begin`, with the sources as
    in `load`, before the cells come over Jupyter's channels; and `adopt`, after them."""
    from . import kernel, notebook

    connection, layers = request["kernel"], request["layers"]
    running = kernel.Kernel(connection)
    holding = kernel.lock_before(layers, connection)
    running.bind()
    notebook.settle(running.shell)
    _import(request["import"])
    submission = Submission(running.shell.transform_cell)
    cells = notebook.Cells(running.shell)
    settings = {**settings, "mapped_bytes": running.mapped_bytes}
    locked = kernel.lock_after(layers, settings, holding)
    write_frame(CHANNEL, {"id": request["id"], "locked": locked})

    def answer() -> None:
        asked = read_frame(CHANNEL)
        if asked is None:
            os._exit(0)
        if "begin" in asked:
            name = submission.begin(asked["begin"])[-1]
            name = "__main__" if asked["begin"].get("main") else name
            cells.expect(name, asked["begin"]["modules"][-1]["cells"])
            write_frame(CHANNEL, {"id": asked["id"]})
        elif "adopt" in asked:
            kernel.leave_streams(printed)
            with contextlib.suppress(Exception):
                running.fall_silent()
            loaded = submission.adopt(running.shell.user_module, cells.errors)
            _reply({"id": asked["id"], "loaded": loaded})
            _serve(submission, printed)  # and never back to the event loop, with its own times
            os._exit(0)

    def answer_or_end() -> None:
        try:
            answer()
        except BaseException:  # an event loop would go on, and the other side wait in vain
            os._exit(1)

    running.run(CHANNEL, answer_or_end)


def _reply(answer: dict[str, Any], printed: Printed | None = None) -> None:
    """What was printed so far leaves before the answer does, which tells the mark behind it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # the student may have closed or replaced it
            continue
    mark = printed.mark() if printed is not None else None
    write_frame(CHANNEL, answer if mark is None else answer | {"printed": mark})
