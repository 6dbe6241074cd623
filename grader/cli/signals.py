"""Ctrl-C and SIGTERM: CI ends a job with the latter, and should get the same partial report."""

import signal
from collections.abc import Generator
from contextlib import contextmanager

from grader.stopping import stop


@contextmanager
def sigterm_interrupts() -> Generator[None]:
    """SIGTERM raises Stopped here, a KeyboardInterrupt, as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def undisturbed() -> Generator[None]:
    """Neither signal ends what is done here, a matter of milliseconds."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
