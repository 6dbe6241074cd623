"""Facts that are certain from the source alone: what a line does, and never how it should look.

A fact is told where it concerns the concept in question, and kept back wherever the code might
mean it. The kinds: those of the modules that it imports.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.diagnosis.closures import of_closures
from grader.diagnosis.gradients import of_gradients
from grader.diagnosis.loops import of_loops
from grader.diagnosis.slips import of_statements
from grader.diagnosis.spelling import of_names
from grader.diagnosis.walks import of_walks
from grader.source_tree import (
    Definition,
    SourceTree,
    inner_functions,
    read_tree,
    stores_gradient,
)


@dataclass(frozen=True)
class Fact:
    """One sentence, and the line that it speaks of. `names_hit` are the names concerned."""

    kind: str
    sentence: str
    file: str
    line: int
    names_hit: tuple[str, ...]


def facts(
    files: Sequence[tuple[str, str]], names: Sequence[str], operator: str | None
) -> list[Fact]:
    """What is certain about a concept's code, what concerns the operator first.

    files: (file, code) pairs, a notebook's cells as `mg3.ipynb[cell 4]`.
    names: the concept's names (`Value.tanh`, `Neuron`); without any, all that is defined counts.
    operator: where the gradients part (`tanh`, `+`), if that is known.

    Nothing is said where a file can't be parsed.
    """
    try:
        return _facts(files, names, operator)
    except RecursionError:  # an expression of a thousand parts
        return []


def _facts(
    files: Sequence[tuple[str, str]], names: Sequence[str], operator: str | None
) -> list[Fact]:
    tree = read_tree(files)
    if not tree.whole:
        return []
    method = method_of(operator) if operator else None
    wanted = tuple(dict.fromkeys([*([method] if method else []), *names]))
    targets = _targets(tree, wanted)
    several = len({cell.module for cell in tree.cells}) > 1
    found = [
        Fact(kind, _placed(sentence, file, line, several), file, line, hit)
        for kind, sentence, file, line, hit in _all(tree, targets, wanted)
    ]
    return list({(fact.kind, fact.file, fact.line): fact for fact in found}.values())


def where(
    files: Sequence[tuple[str, str]], names: Sequence[str], *, closure: bool = False
) -> tuple[str, int] | None:
    """File and line of the first of these names that is defined; its last definition counts.

    closure: the line of the function inside that passes the gradient on, where there is one.
    """
    tree = read_tree(files)
    for name in names:
        found = tree.find(name)
        if found is None:
            continue
        inner = inner_functions(found.function) if closure and found.function else ()
        steps = [each for each in inner if each.name == "_backward" or stores_gradient(each)]
        return found.file, steps[-1].lineno if steps else found.line
    return None


def method_of(operator: str) -> str:
    """`Value.__add__` for `+`, `Value.tanh` for `tanh`."""
    return f"Value.{_METHODS.get(operator, operator)}"


_METHODS = {
    "+": "__add__",
    "*": "__mul__",
    "-": "__sub__",
    "/": "__truediv__",
    "**": "__pow__",
    "neg": "__neg__",
    "ReLU": "relu",
}


def _targets(tree: SourceTree, wanted: Sequence[str]) -> list[Definition]:
    """The definitions that these names stand for now; of a class, its methods as well."""
    if not wanted:
        latest = {each.full_name: each for each in tree.definitions if each.owner}
        return list(latest.values())
    found: dict[str, Definition] = {}
    for name in wanted:
        definition = tree.find(name)
        if definition is None:
            continue
        found[definition.full_name] = definition
        methods = {each.full_name: each for each in tree.definitions if each.owner == name}
        found |= methods
    return list(found.values())


def _all(
    tree: SourceTree, targets: Sequence[Definition], wanted: Sequence[str]
) -> Iterator[tuple[str, str, str, int, tuple[str, ...]]]:
    for target in targets:
        if target.function is None:
            continue
        hit = tuple(name for name in wanted if name in (target.full_name, target.owner))
        findings = (
            *of_closures(tree, target),
            *of_gradients(target),
            *of_loops(target),
            *of_statements(tree, target),
            *of_walks(target),
        )
        for finding in findings:
            yield finding.kind, finding.sentence, target.file, finding.line, hit
    for slip in of_names(tree, wanted):
        yield slip.kind, slip.sentence, slip.file, slip.line, slip.names_hit


def _placed(sentence: str, file: str, line: int, several: bool) -> str:
    """The sentence with `{line}` filled in: `line 12`, `cell 4, line 12`, `nn.py, line 12`."""
    module, _, cell = file.partition("[cell ")
    parts = [module] if several else []
    parts += [f"cell {cell.rstrip(']')}"] if cell else []
    return sentence.replace("{line}", ", ".join([*parts, f"line {line}"]))
