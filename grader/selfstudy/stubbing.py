"""A concept's gap put back into a learner's own code, and all else left as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from grader.regions import stubs
from grader.selfstudy.units import Name, Unit, find, holding, indent_of, moved
from grader.source_tree import parse


@dataclass(frozen=True)
class Restored:
    """A text with gaps put back. `along` are the other concepts whose gaps had to come back with
    it, because their code stands in one function and can't be told apart; `missing` are the
    functions that are not there."""

    text: str
    along: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def functions(exercise: str, concept: str) -> list[Name]:
    """The functions that hold a concept's gaps in the exercise."""
    return [(each.owner, each.name) for each in holding(exercise.split("\n"), concept)]


def with_gap(text: str, exercise: str, concept: str) -> Restored | None:
    """The text, a file or a cell, with the gaps of a concept as they are in the exercise.

    None where it has none of the functions that they belong to.
    """
    ours = exercise.split("\n")
    along: dict[str, None] = {}
    missing = []
    wanted = holding(ours, concept)
    result = text
    for unit in wanted:
        theirs = find(result.split("\n"), (unit.owner, unit.name))
        if theirs is None:
            missing.append(unit.name)
            continue
        result, others = _with_unit(result, theirs, ours[unit.first : unit.last], unit, concept)
        along |= dict.fromkeys(others)
    if len(missing) == len(wanted):
        return None
    return Restored(result, tuple(along), tuple(missing))


def _with_unit(
    text: str, theirs: Unit, pristine: Sequence[str], ours: Unit, concept: str
) -> tuple[str, tuple[str, ...]]:
    """The text with one function's gap, and what came along."""
    lines = text.split("\n")
    own, head = lines[theirs.head : theirs.last], ours.head - ours.first
    by = indent_of(own[0]) - indent_of(pristine[head])
    body = _aligned(own[1:], list(moved(pristine[head + 1 :], by)), concept)
    if body is not None:
        kept = "\n".join([*lines[: theirs.head], own[0], *body, *lines[theirs.last :]])
        if parse(text) is None or parse(kept) is not None:
            return kept, ()
    there = {stub.concept for stub in stubs("\n".join(own))}
    others = [stub.concept for stub in stubs("\n".join(pristine)) if stub.concept != concept]
    whole = [*lines[: theirs.head], *moved(pristine[head:], by), *lines[theirs.last :]]
    return "\n".join(whole), tuple(each for each in dict.fromkeys(others) if each not in there)


def _aligned(own: list[str], pristine: list[str], concept: str) -> list[str] | None:
    """The learner's lines of a function, with the gap in the place of what they wrote there.

    The lines that the exercise gives are looked for in the learner's; what stands between two of
    them was written for the gaps between the same two. None where several gaps stand there and
    can't be told apart.
    """
    gaps = {stub.line - 1: stub.concept for stub in stubs("\n".join(pristine))}
    given = [row for row, line in enumerate(pristine) if line.strip() and row not in gaps]
    written = [row for row, line in enumerate(own) if line.strip()]
    matcher = SequenceMatcher(
        None, [pristine[row] for row in given], [own[row] for row in written], autojunk=False
    )
    anchors = [
        (given[block.a + step], written[block.b + step])
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]
    result: list[str] = []
    ends = (len(pristine), len(own))
    for (before, above), (after, below) in pairwise([(-1, -1), *anchors, ends]):
        here = {row: gaps[row] for row in range(before + 1, after) if row in gaps}
        mine = own[above + 1 : below]
        if concept not in here.values():
            result += mine
        elif set(here.values()) == {concept}:
            result += pristine[before + 1 : after]
        else:
            only = all(row in here or not pristine[row].strip() for row in range(before + 1, after))
            parts = list(_by_depth(mine, [indent_of(pristine[row]) for row in here]))
            if not only or len(parts) != len(here):
                return None
            for (row, whose), part in zip(here.items(), parts, strict=True):
                result += [pristine[row]] if whose == concept else part
        if after < len(pristine):
            result.append(own[below])
    return result


def _by_depth(lines: list[str], depths: Sequence[int]) -> Iterator[list[str]]:
    """The lines of gaps that follow one another, each less deep than the one before; fewer parts
    where that is not so."""
    rest = lines
    for depth, following in pairwise([*depths, None]):
        end = len(rest)
        if following is not None:
            if depth is None or following >= depth:
                return
            shallow = (r for r, line in enumerate(rest) if line.strip() and indent_of(line) < depth)
            end = next(shallow, end)
        yield rest[:end]
        rest = rest[end:]
