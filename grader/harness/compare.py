"""Compare a student's values with PyTorch's, and say in words where they differ."""

import math
from dataclasses import dataclass

from grader.course import Tolerance
from grader.model import Plain


@dataclass(frozen=True)
class Difference:
    """The first place where two results differ: `where` is `[2]` or `['a']`, or empty."""

    where: str
    sentence: str
    expected: Plain
    actual: Plain


def difference(expected: Plain, actual: Plain, tolerance: Tolerance) -> Difference | None:
    """None where `actual` agrees with `expected`; lists and dictionaries are walked."""
    if type(expected) is float and type(actual) is float:  # nearly always, and quickly told
        room = max(tolerance.absolute, tolerance.relative * abs(expected))
        if abs(actual - expected) <= room < math.inf:
            return None
    return _difference(expected, actual, tolerance, "")


def _difference(
    expected: Plain, actual: Plain, tolerance: Tolerance, where: str
) -> Difference | None:
    if isinstance(expected, list):
        if not isinstance(actual, list):
            return _wrong_kind(where, "a list", expected, actual)
        if len(expected) != len(actual):
            sentence = f"has {len(actual)} entries instead of {len(expected)}"
            return Difference(where, sentence, expected, actual)
        for number, (left, right) in enumerate(zip(expected, actual, strict=True)):
            found = _difference(left, right, tolerance, f"{where}[{number}]")
            if found:
                return found
        return None
    if isinstance(expected, dict) and isinstance(expected.get("dict"), dict):
        return _of_dictionaries(expected, actual, tolerance, where)
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return _of_numbers(float(expected), actual, tolerance, where)
    if expected != actual or type(expected) is not type(actual):
        return _wrong_kind(where, show(expected), expected, actual)
    return None


def _of_dictionaries(
    expected: dict[str, Plain], actual: Plain, tolerance: Tolerance, where: str
) -> Difference | None:
    wanted = expected["dict"]
    given = actual.get("dict") if isinstance(actual, dict) else None
    if not isinstance(given, dict) or not isinstance(wanted, dict):
        return _wrong_kind(where, "a dictionary", expected, actual)
    for key in wanted:
        if key not in given:
            return Difference(where, f"has no key {key!r}", expected, actual)
        found = _difference(wanted[key], given[key], tolerance, f"{where}[{key!r}]")
        if found:
            return found
    return None


def _of_numbers(
    expected: float, actual: Plain, tolerance: Tolerance, where: str
) -> Difference | None:
    if isinstance(actual, bool) or not isinstance(actual, int | float):
        return _wrong_kind(where, "a number", expected, actual)
    try:
        number = float(actual)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        return Difference(where, f"is {show(actual)}, which is no usable number", expected, actual)
    if abs(number - expected) <= max(tolerance.absolute, tolerance.relative * abs(expected)):
        return None
    mine, wanted = _apart(actual, expected)
    return Difference(where, f"is {mine}, PyTorch says {wanted}", expected, actual)


def _wrong_kind(where: str, wanted: str, expected: Plain, actual: Plain) -> Difference:
    return Difference(where, f"is {describe(actual)}, not {wanted}", expected, actual)


def _apart(actual: int | float, expected: float) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to tell them apart."""
    for digits in range(6, 17):
        texts = _number(actual, digits), _number(expected, digits)
        if texts[0] != texts[1]:
            return texts
    return repr(actual), repr(expected)


def show(value: Plain) -> str:
    """A value for people: numbers to six significant digits, the rest short."""
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int | float):
        return _number(value, 6)
    if isinstance(value, list):
        parts = [show(each) for each in value[:6]] + (["…"] if len(value) > 6 else [])
        return f"[{', '.join(parts)}]"
    if isinstance(value, dict):
        entries = value.get("dict")
        if isinstance(entries, dict):
            return f"{{{', '.join(f'{key!r}: {show(each)}' for key, each in entries.items())}}}"
        return describe(value)
    return repr(value if len(value) <= 60 else f"{value[:57]}...")


def _number(value: int | float, digits: int) -> str:
    if isinstance(value, int):
        text = repr(value)
        return text if len(text) <= 40 else f"{text[:20]}… ({len(text)} digits)"
    if value == 0 or not math.isfinite(value):
        return repr(value)
    text = f"{value:.{digits}g}"
    return text if any(sign in text for sign in ".e") else f"{text}.0"


def describe(value: Plain) -> str:
    """What kind of thing this is: `None`, `the text 'abc'`, `a Value`."""
    if value is None:
        return "None"
    if isinstance(value, bool):
        return f"the boolean {value}"
    if isinstance(value, str):
        return f"the text {show(value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        if "dict" in value:
            return "a dictionary"
        name = str(value.get("object", "object"))
        if name in _KINDS:
            return _KINDS[name]
        return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
    return show(value)


_KINDS = {
    "complex": "a complex number",
    "dict": "a dictionary",
    "huge int": "an int beyond 2**63",
    "builtin_function_or_method": "a function",
    "method": "a method that was not called",
}
