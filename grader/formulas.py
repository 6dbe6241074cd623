"""Formulas for people who read a lesson as a script: the notebook's TeX in plain characters.

Only what the lessons use: fractions, powers, indices, sums, and the commands in the table below.
What is not known stays as it is, and shows.
"""

import re
from collections.abc import Iterator

_COMMANDS = {
    "cdot": "·", "partial": "∂", "sum": "Σ", "eta": "η", "alpha": "α", "approx": "≈", "dots": "…",
    "leftarrow": "←", "tanh": "tanh", "sin": "sin", "cos": "cos", "ln": "ln ", "max": "max",
    "exp": "exp", "quad": " ", "qquad": "\n", ",": " ", ";": " ", " ": " ",
}  # fmt: skip
_UP = dict(zip("0123456789+-nmxij", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵐˣⁱʲ", strict=True))
_DOWN = dict(zip("ijnmpx", "ᵢⱼₙₘₚₓ", strict=True))
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}^_])|([^\\{}^_]+)", re.DOTALL)
_DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_INLINE = re.compile(r"\$([^$]+)\$")
_NAME = re.compile(r"[A-Za-z]\d?")


def in_script(text: str) -> str:
    """A lesson in the percent format with the formulas of its Markdown in plain characters."""
    lines: list[str] = []
    for cell in re.split(r"^(?=# %%)", text, flags=re.MULTILINE):
        lines.append(_plain_cell(cell) if cell.startswith("# %% [markdown]") else cell)
    return "".join(lines)


def plain(tex: str) -> str:
    """A formula in plain characters; a new line where it is in several parts."""
    found = _Reader(" ".join(tex.split())).all()
    for untidy, tidy in ((r"∂ ", "∂"), (r"(Σ.)ⁿ", r"\1"), (r" {2,}", " "), (r" ?\n ?", "\n")):
        found = re.sub(untidy, tidy, found)
    return found.strip()


def _plain_cell(cell: str) -> str:
    cell = _DISPLAY.sub(_displayed, cell)
    return _INLINE.sub(_within_a_line, cell)


def _displayed(match: re.Match[str]) -> str:
    tex = re.sub(r"\n#", "\n", match[1])
    return "\n#     ".join(["", *plain(tex).split("\n")]).removeprefix("\n# ")


def _within_a_line(match: re.Match[str]) -> str:
    found = plain(match[1])
    return f"`{found}`" if _NAME.fullmatch(found) else found


class _Reader:
    """Reads a formula from left to right."""

    def __init__(self, tex: str) -> None:
        self._tokens = [match[0] for match in _TOKEN.finditer(tex)]

    def all(self) -> str:
        """Everything up to the end of the group."""
        return "".join(self._parts())

    def _parts(self) -> Iterator[str]:
        fraction = False
        while self._tokens:
            token = self._tokens.pop(0)
            if token == "}":
                return
            before, fraction = fraction, token == "\\frac"
            if token == "{":
                yield self.all()
            elif token == "^":
                yield _raised(self._group())
            elif token == "_":
                yield _lowered(self._group())
            elif token == "\\frac":
                yield (" · " if before else "") + _divided(self._group(), self._group())
            elif token == "\\text":
                yield self._group()
            elif token.startswith("\\"):
                yield _COMMANDS.get(token[1:], token)
            else:
                yield token

    def _group(self) -> str:
        """What stands in braces, or else the next letter."""
        if not self._tokens:
            return ""
        token = self._tokens.pop(0)
        if token == "{":
            return self.all()
        if not token.startswith("\\"):
            if len(token) > 1:
                self._tokens.insert(0, token[1:])
            return token[0]
        return _COMMANDS.get(token[1:], token)


def _raised(power: str) -> str:
    if all(letter in _UP for letter in power):
        return "".join(map(_UP.__getitem__, power))
    return f"^{power}" if power.replace(".", "").isalnum() else f"^({power})"


def _lowered(index: str) -> str:
    """`x1` as the code has it; `pᵢ`; `p_target`."""
    if index.isdigit():
        return index
    first = index.partition("=")[0]
    return _DOWN.get(first, f"_{index}")


def _divided(above: str, below: str) -> str:
    above, below = above.replace("∂ ", "∂"), below.replace("∂ ", "∂")
    parts = [f"({each})" if re.search(r"[ +]|\d[a-z]", each) else each for each in (above, below)]
    return (" / " if parts != [above, below] else "/").join(parts)
