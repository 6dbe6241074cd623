"""Repeatable addresses in a process whose memory has a history of its own.

Python iterates a set of objects in an order that depends on their addresses. A worker is forked
from the same memory every time; a kernel has run threads and cells before it answers programs, and
its small free places lie scattered. So they are filled up: what is made from then on comes from
fresh pools, one after the other, and the same program has the same order of sets in every run.

The allocator is CPython's (Objects/obmalloc.c): pools of 16 KiB in arenas of 1 MiB, one size of
block in each pool, in steps of 16 bytes, after a header of 48.
"""

import gc

POOL, HEADER, STEP, LARGEST = 16 * 1024, 48, 16, 512
OVERHEAD = 33  # of a bytes object
MOST = 64 << 20  # bytes to be spent at the most
IN_A_ROW = 48  # of the 64 pools that an arena has


def level() -> list[bytes]:
    """Fill up; what is returned must be kept."""
    gc.collect()  # also empties the lists of free objects that types keep for themselves
    gc.freeze()
    kept: list[bytes] = []
    _use_up_pools(kept)
    for size in range(HEADER, LARGEST + 1, STEP):
        _finish_pool(size, kept)
    return kept


def _use_up_pools(kept: list[bytes]) -> None:
    """Take pools until they come in a row: then they are new, and nobody's before."""
    in_row, last, spent = 0, 0, 0
    while in_row < IN_A_ROW and spent < MOST:
        made = bytes(LARGEST - OVERHEAD)
        kept.append(made)
        spent += LARGEST
        pool = id(made) // POOL
        if pool != last:
            in_row = in_row + 1 if pool == last + 1 else 0
            last = pool


def _finish_pool(size: int, kept: list[bytes]) -> None:
    """Fill the places of this size, up to the end of a pool that was empty before."""
    capacity, in_row, last, spent = (POOL - HEADER) // size, 0, 0, 0
    while in_row < capacity and spent < MOST:
        made = bytes(size - OVERHEAD)
        kept.append(made)
        spent += size
        place = id(made)
        if place % POOL == HEADER:
            in_row = 1
        else:
            in_row = in_row + 1 if place == last + size and in_row else 0
        last = place
