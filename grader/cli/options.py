"""The values of options that need reading: lists of ids, seeds, thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from grader.model import Report

LARGEST_SEED = 2**31


@dataclass(frozen=True)
class Threshold:
    """What --fail-under asks for: points, or a percentage of what can be had."""

    amount: Decimal
    percent: bool

    def met(self, report: "Report") -> bool:
        """Whether the score, without the bonus, reaches it.

        Where only bonus lessons were graded, their points are compared instead.
        """
        earned, possible = self._counted(report)
        needed = self.amount * possible / 100 if self.percent else self.amount
        return earned >= needed

    def shortfall(self, report: "Report") -> str:
        """`the score, 8 of 14, is under --fail-under 60%`."""
        earned, possible = self._counted(report)
        return f"the score, {earned:g} of {possible:g}, is under --fail-under {self}"

    def __str__(self) -> str:
        return f"{self.amount}%" if self.percent else str(self.amount)

    def _counted(self, report: "Report") -> tuple[Decimal, Decimal]:
        earned, possible = report.counted
        return Decimal(str(earned)), Decimal(possible)


class ThresholdType(click.ParamType[Threshold]):
    """`60` is points, `60%` a percentage."""

    name = "points|percent%"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Threshold:
        """Read one; fails for what is no number from 0 up, or more than 100 %."""
        if isinstance(value, Threshold):
            return value
        text = str(value).strip()
        percent = text.endswith("%")
        try:
            amount = Decimal(text.removesuffix("%").strip())
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount < 0 or (percent and amount > 100):
            self.fail(f"{text!r} is neither points (60) nor a percentage (60%)", param, ctx)
        return Threshold(amount, percent)


class SeedType(click.ParamType[int]):
    """A whole number from 0 up; `random` draws one."""

    name = "n|random"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read one; fails for anything else."""
        text = str(value).strip()
        if text == "random":
            import secrets

            return secrets.randbelow(LARGEST_SEED)
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            self.fail(f"{text!r} is neither a whole number from 0 up nor 'random'", param, ctx)
        return int(text)


class IdType(click.ParamType[str]):
    """An id of the course, which the shell can complete; the command looks whether there is one.

    `several`: more of them may follow, after commas.
    """

    name = "id"

    def __init__(self, *, lessons: bool = False, concepts: bool = False, several: bool = False):
        self._lessons, self._concepts, self._several = lessons, concepts, several

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """The ids that begin like this, with their titles; of a list, its last one."""
        from click.shell_completion import CompletionItem

        from grader.course import load_course

        before, comma, last = incomplete.rpartition(",") if self._several else ("", "", incomplete)
        course = load_course()
        known = [(each.id, each.title) for each in course.lessons] if self._lessons else []
        known += [(each.id, each.title) for each in course.concepts] if self._concepts else []
        return [
            CompletionItem(f"{before}{comma}{each}", help=title)
            for each, title in known
            if each.startswith(last)
        ]


# What a command works on, where it isn't the usual place.
PATH = click.argument("path", required=False, type=click.Path(path_type=Path))


def split_ids(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """`--lesson mg3 --lesson mg4,mg5` is three ids; an empty one is a mistake worth telling."""
    ids = [each.strip() for value in values for each in value.split(",")]
    if not all(ids):
        raise click.BadParameter("an id is missing; write for example mg3,mg4", ctx, param)
    return tuple(ids)


def read_seed(path: Path) -> int:
    """The secret seed in a file. Raises UsageError."""
    from grader.intake import Unreadable, read_file

    try:
        text = read_file(path, 4096).decode("ascii", "replace").strip()
    except Unreadable as error:
        raise UsageError(f"{path} {error}") from None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise UsageError(f"{path}: a seed is a whole number of at most 18 digits, on one line")
    return int(text)
