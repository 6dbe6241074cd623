"""What the searches in the source give back, before it is put into a concept's words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A kind of fact, its sentence with `{line}` in the place of the line, and that line."""

    kind: str
    sentence: str
    line: int
    file: str = ""
    names_hit: tuple[str, ...] = ()
