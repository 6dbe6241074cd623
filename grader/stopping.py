"""What Ctrl-C and its like raise in the command's own process."""

from types import FrameType
from typing import NoReturn


class Stopped(KeyboardInterrupt):
    """As good as a KeyboardInterrupt, but for one thing. Once one of these has passed through an
    `exec` of text (every dataclass has one when it is imported), Python ends by the signal instead
    of its exit code, whoever has caught it; it does not mind a subclass."""


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """A handler of signals. Raises Stopped."""
    raise Stopped
