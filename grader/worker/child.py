"""What a forked child does: claim the pipe, lock, load a submission, answer programs.

The first request says which standard modules to import and which layers to lock by; only when the
child has answered that it is locked does the student's source come.
"""

import contextlib
import os
import random
import signal
import sys
from collections.abc import Mapping
from typing import Any

from . import faults, lock, process
from .evaluate import evaluate
from .load import Submission
from .protocol import read_frame, write_frame

CHANNEL = 3


def run(channel: int, output: int, limits: Mapping[str, int]) -> None:
    """Answer requests until the channel closes, then leave without running anyone's clean-up."""
    try:
        _claim(channel, output)
        _prepare(limits)
        _serve()
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
    os.closerange(CHANNEL + 1, 256)
    for name in ("stdout", "stderr"):
        stream = os.fdopen(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _prepare(settings: Mapping[str, int]) -> None:
    request = read_frame(CHANNEL)
    if request is None:
        return
    for name in request["import"]:
        with contextlib.suppress(ImportError):
            __import__(name)
    # The same submission draws the same weights in every run.
    random.seed(0)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(0)
    write_frame(CHANNEL, {"id": request["id"], "locked": lock.lock(request["layers"], settings)})


def _serve() -> None:
    submission = Submission()
    while True:
        request = read_frame(CHANNEL)
        if request is None:
            return
        answer: dict[str, Any] = {"id": request["id"]}
        if "load" in request:
            answer["loaded"] = submission.load(request["load"])
            _reply(answer)
        elif "names" in request:
            answer["names"] = [submission.has(name) for name in request["names"]]
            _reply(answer)
        else:
            for number, program in enumerate(request["run"]):
                try:
                    result: dict[str, Any] = {"values": evaluate(program, submission.lookup)}
                except BaseException as error:  # sys.exit() must not end the worker
                    result = {"error": faults.describe(error)}
                _reply(answer | {"n": number} | result)


def _reply(answer: dict[str, Any]) -> None:
    """What was printed so far leaves before the answer does, so that it is told apart."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the student may have closed or replaced it
            stream.flush()
    write_frame(CHANNEL, answer)
