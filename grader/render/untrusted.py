"""Anyone's text made inert: no control characters, no direction marks, nothing invisible."""

import re

# Controls but tab and newline, invisible and direction marks, separators, tags, and what is no
# character at all (XML can't hold it).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def inert(text: str, longest: int | None = None) -> str:
    """The text with a replacement character for each that could hide or reorder others; escaping
    is the page's own business. Lines stay lines."""
    text = re.sub(r"\r\n?", "\n", text).encode("utf-8", "replace").decode("utf-8")
    text = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text.expandtabs(4))
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"
