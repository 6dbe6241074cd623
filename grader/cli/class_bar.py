"""The bar of a class run: how far it is, how quick, how long still, whose work is in hand."""

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.classroom.session import Tally

SETTLED = 3  # so many must have been graded before the time that is left is worth a guess
WIDE = 27  # so that the names beside it stay where they are


@contextmanager
def progress_bar(quiet: bool) -> "Generator[Callable[[Tally], None]]":
    """One line on a terminal, gone in the end; nothing in a pipe or in CI."""
    if quiet or not sys.stderr.isatty() or os.environ.get("CI"):
        yield lambda tally: None
        return
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    from grader.cli.output import console

    screen = console(stderr=True)
    far = Column(min_width=WIDE if screen.width > 2 * WIDE else None, no_wrap=True)
    names = Column(ratio=1, no_wrap=True)
    with Progress(
        BarColumn(20),
        TextColumn("{task.fields[far]}", markup=False, table_column=far),
        TextColumn("{task.fields[names]}", style="dim", markup=False, table_column=names),
        console=screen, transient=True, expand=True, refresh_per_second=5,
    ) as bar:  # fmt: skip
        task = bar.add_task("", total=None, far="", names="")
        first: list[tuple[float, int]] = []  # what came before is the graders' start

        def progress(tally: "Tally") -> None:
            now, graded = time.monotonic(), tally.done - tally.kept
            if graded and not first:
                first.append((now, graded))
            began, before = first[0] if first else (now, 0)
            far = how_far(tally, graded - before, now - began)
            bar.update(task, total=tally.total, completed=tally.done, far=far, names=whose(tally))

        yield progress


def how_far(tally: "Tally", graded: int, seconds: float) -> str:
    """`120/300  8.2/s  0:22 left`, from how many were graded in so many seconds."""
    told = [f"{tally.done:{len(str(tally.total))}}/{tally.total}"]
    if graded >= SETTLED and seconds > 0:
        rate = graded / seconds
        minutes, rest = divmod(round((tally.total - tally.done) / rate), 60)
        hours, minutes = divmod(minutes, 60)
        left = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
        told += [f"{rate:.1f}/s", f"{left} left"]
    return "  ".join(told)


def whose(tally: "Tally") -> str:
    """The names of those whose work is in hand."""
    from grader.render.lines import safe

    return ", ".join(map(safe, tally.in_hand))
