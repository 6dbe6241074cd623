"""Ctrl-C and SIGTERM that wait."""

import signal
from collections.abc import Generator
from contextlib import contextmanager

SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM})


@contextmanager
def held() -> Generator[None]:
    """Both wait until what is done here is done; also in a process that is started meanwhile, until
    that one lets them through."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
