"""A training's losses as two lines of small bars, the student's and PyTorch's, on one scale."""

import math
from collections.abc import Iterator, Sequence

from rich.text import Text

from grader.model import Curve
from grader.render.lines import scalar

BARS = "▁▂▃▄▅▆▇█"
NO_NUMBER = "×"


def curve_lines(curve: Curve, width: int) -> Iterator[Text]:
    """`yours    █▇▅▃   5.1 → 0.2`, and the same for PyTorch."""
    known = [each for each in (*curve.yours, *curve.expected) if math.isfinite(each)]
    if not known:
        return
    low, high = min(known), max(known)
    named = [("yours    ", curve.yours, "red"), ("PyTorch  ", curve.expected, "green")]
    ends = [_ends(losses) for _, losses, _ in named]
    room = max(8, width - len("PyTorch  ") - 2 - max(map(len, ends)))
    for (name, losses, style), end in zip(named, ends, strict=True):
        bars = "".join(_bar(each, low, high) for each in _sampled(losses, room))
        if losses:
            yield Text(name).append(bars, style).append(f"  {end}")


def _sampled(losses: Sequence[float], most: int) -> list[float]:
    """At most so many of them, the first and the last always among them."""
    if len(losses) <= most:
        return list(losses)
    return [losses[round(n * (len(losses) - 1) / (most - 1))] for n in range(most)]


def _bar(loss: float, low: float, high: float) -> str:
    if not math.isfinite(loss):
        return NO_NUMBER
    share = (loss - low) / (high - low) if high > low else 0.0
    return BARS[min(len(BARS) - 1, int(share * len(BARS)))]


def _ends(losses: Sequence[float]) -> str:
    if not losses:
        return ""
    return f"{scalar(losses[0])} → {scalar(losses[-1])}"
